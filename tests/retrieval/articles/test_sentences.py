"""An article's passages are its sentences, each a slice with its line; furniture of the page is never quoted."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retrieval.library import Library
from retrieval.models import Article
from retrieval.reading.sentences import passages
from tests.support.desk import JUDGMENTS

EXPECTED: dict[str, list[str]] = json.loads((JUDGMENTS / "sentences.json").read_text(encoding="utf-8"))
BOUNDARIES: list[dict[str, Any]] = [
    json.loads(line) for line in (JUDGMENTS / "boundaries.jsonl").read_text(encoding="utf-8").splitlines()
]

HEAD = "Japan signs a deal\n\nThe ministers met in Hanoi on Friday. They signed.\n\nNobody spoke of money.\n\n"
MIDDLE = (
    "The accord is the first of its kind.\n\nIt runs for ten years.\n\nBoth sides can end it.\n\nThe talks go on.\n\n"
)


def article(text: str) -> Article:
    return Article(file="a.txt", title="A", text=text, sha256="")


def quoted(text: str) -> list[str]:
    return [passage.text for passage in passages(article(text))]


def places(line: str) -> tuple[str, str, str]:
    """An article with the line near its top, in its middle, and at its end."""
    start, _, rest = HEAD.partition("\n\n")
    return f"{start}\n\n{line}\n\n{rest}{MIDDLE}", f"{HEAD}{MIDDLE}{line}\n\n{MIDDLE}", f"{HEAD}{MIDDLE}{line}\n"


@pytest.mark.parametrize("file", EXPECTED)
def test_the_five_articles_split_into_the_expected_sentences(seeds: Library, file: str) -> None:
    assert [passage.text for passage in seeds.passages if passage.file == file] == EXPECTED[file]


def test_sentences_end_where_careful_readers_say_they_do() -> None:
    wrong = [(case["tags"], quoted(case["text"])) for case in BOUNDARIES if is_wrong(case) and "known" not in case]
    assert wrong == []


def test_the_boundaries_that_are_known_to_be_wrong_are_few_and_still_are() -> None:
    known = [case for case in BOUNDARIES if "known" in case]
    assert [case["text"] for case in known if not is_wrong(case)] == []
    assert len(known) <= 0.02 * len(BOUNDARIES)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("She flew to the U.S. Palau will host the talks.", 2),
        ("She spoke at the U.N. Fiji has signed.", 2),
        ("She wrote to the E.U. Chancellor Orr agreed.", 2),
        ("She spoke for the U.K. Prime Minister Aro.", 1),
        ("She spoke of the U.S. Japan policy.", 1),
        ("The U.S. Vietnam ties are new.", 1),
        ("The U.S. Senate has voted.", 1),
        ("The U.S. Congress members met.", 1),
    ],
)
def test_a_dotted_country_ends_a_sentence_where_another_country_or_its_office_begins_one(
    text: str, sentences: int
) -> None:
    assert len(quoted(text)) == sentences


def is_wrong(case: dict[str, Any]) -> bool:
    return bool(quoted(case["text"]) != case["sentences"])


# --- places


TEXTS = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("\n\r\t\v\f\x1c\x85\u2028\u2029\u00a0\u3000\ufeff .!?…。“”\"'’()[]#-•*:©|/0123456789AaBb"),
    ),
    max_size=400,
)


@given(TEXTS)
@example("\ufeff# A\r\n\r\n- b. C\r  d\u00a0e. “F.” . G")
@example("---\ntitle: a\n---\nText. More.")
def test_whatever_the_text_passages_are_slices_in_order_with_their_line(text: str) -> None:
    found = passages(article(text))
    assert all(text[p.start : p.end] == p.text and p.text.strip() == p.text != "" for p in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert [p.line for p in found] == [line_of(text, p.start) for p in found]


def line_of(text: str, place: int) -> int:
    """The line as an editor counts it: CR LF is one line end, so are CR and LF alone, and nothing else is."""
    return (text[:place].replace("\r\n", "\n").replace("\r", "\n")).count("\n") + 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_line_is_right_whatever_ends_the_lines(end: str) -> None:
    text = f"\ufeffHeadline{end}{end}One sentence. Another one.{end}A third."
    assert [(p.text, p.line) for p in passages(article(text))] == [
        ("Headline", 1),
        ("One sentence.", 3),
        ("Another one.", 3),
        ("A third.", 4),
    ]


def test_a_hard_wrapped_sentence_keeps_its_newline_and_has_the_line_it_starts_on() -> None:
    text = (
        "Headline\n\nThe ministers signed the long awaited agreement on the\n"
        "transfer of equipment, and they agreed to meet again in\nthe spring. Then they left.\n"
    )
    found = passages(article(text))
    assert [p.line for p in found] == [1, 3, 5]
    assert found[1].text.endswith(
        "agreement on the\ntransfer of equipment, and they agreed to meet again in\nthe spring."
    )


def test_a_non_breaking_space_stays_in_the_quote() -> None:
    assert quoted("Headline\n\nJapan agreed to\u00a0supply radar\u00a0to Manila. It did.")[1:] == [
        "Japan agreed to\u00a0supply radar\u00a0to Manila.",
        "It did.",
    ]


# --- what is never quoted


@pytest.mark.parametrize(
    "line",
    [
        "1,234 views",
        "5 min read",
        "12 comments",
        "Leave a reply",
        "Leave a Comment",
        "Comments are closed.",
        "Related Posts",
        "Related articles:",
        "Share this:",
        "Loading...",
        "Tags: Japan, Vietnam",
        "Read more: Another deal",
        "Subscribe to our newsletter",
        "Advertisement",
        "© 2023 The Japan Times",
        "Copyright 2023 Kyodo News. All rights reserved.",
        "(c) 2023 Nikkei Inc.",
        "All rights reserved.",
        "Photo: Reuters",
        "(Photo by Yuji Nitta)",
        "Photo by Yuji Nitta",
        "[Image: NHK]",
        "Image credit: Jane Doe",
        "Photo courtesy of the Ministry of Defense",
        "AP Photo/Jae Hong",
        "(Reuters file photo)",
        "Credit: Jane Doe/AFP",
    ],
)
def test_furniture_and_credits_are_never_quoted(line: str) -> None:
    assert [passage for text in places(line) for passage in quoted(text) if passage in line or line in passage] == []


@pytest.mark.parametrize(
    "line", ["Aufrufe: 170", "Views: 1,234", "Lượt xem: 2.345", "閲覧数：12", "Vues : 12", "Просмотры: 15k"]
)
def test_counters_near_the_top_and_the_end_are_never_quoted_in_any_language(line: str) -> None:
    top, middle, end = places(line)
    assert (line in quoted(top), line in quoted(end)) == (False, False)
    assert line in quoted(middle)  # within the text a number with its name may be content


@pytest.mark.parametrize("line", ["Reuters", "The Japan Times", "By Jane Doe", "Jane Doe and John Smith"])
def test_bare_bylines_near_the_top_and_the_end_are_never_quoted(line: str) -> None:
    top, _, end = places(line)
    assert line not in quoted(top)
    assert line not in quoted(end)


@pytest.mark.parametrize(
    ("caption", "credit"),
    [
        ("The ministers shake hands in Hanoi on Oct. 10.", " \u00a0©\u00a0Reuters"),
        ("The ministers shake hands in Hanoi on Monday.", " (Photo by Yuji Nitta)"),
        ("The ministers shake hands in Hanoi on Monday.", " Photo: VNA"),
        ("The ministers shake hands in Hanoi on Monday.", " | REUTERS"),
        ("The ministers shake hands in Hanoi on Monday.", " AP Photo/Jae Hong"),
        ("The ministers shake hands in Hanoi", " (AP Photo/Jae Hong)"),
        ("The ministers shake hands in Hanoi", " [Photo provided by the ministry]"),
    ],
)
def test_a_caption_is_quoted_without_its_credit(caption: str, credit: str) -> None:
    for text in places(caption + credit):
        assert caption in quoted(text)
        assert not [passage for passage in quoted(text) if credit.strip(" \u00a0") in passage]


def test_a_credit_is_left_out_at_the_end_of_however_long_a_line() -> None:
    found = quoted(f"Headline\n\n{'They met in Hanoi. ' * 5_000}They parted. (Photo by Yuji Nitta)")
    assert found[1:] == ["They met in Hanoi."] * 5_000 + ["They parted."]


@pytest.mark.parametrize(
    "sentence",
    [
        "Photos of the ship were published by the ministry.",
        "Images of the base show new ships.",
        "Pictures by satellite showed the base.",
        "Credit: the word has two meanings here.",
        "The fund holds a loan (credit lines of two billion yen)",
        "The photo of the year shows Hanoi.",
        "Sharing intelligence is the next step.",
        "Read the joint statement in full, he said.",
        "Trade grew: 24 percent in a year.",
        "Copyrighted works are protected by the pact.",
        "The vote: 170 to 12.",
        "Assassination of Martin Luther King, Jr. / Riots",
    ],
)
def test_a_sentence_that_only_resembles_furniture_is_quoted_whole(sentence: str) -> None:
    assert [sentence in quoted(text) for text in places(sentence)] == [True, True, True]


def test_front_matter_is_never_quoted() -> None:
    assert quoted("---\ntitle: A title\ndescription: A line.\n---\nHeadline\n\nText here.") == [
        "Headline",
        "Text here.",
    ]


def test_headings_and_list_items_are_quoted_without_their_marks() -> None:
    text = (
        f"# Headline\n\n{MIDDLE}## What changes\n\n- One thing.\n- Another thing\n1. A third.\n• A fourth\n\n{MIDDLE}"
    )
    found = quoted(text)
    assert [p for p in found if p not in MIDDLE] == [
        "Headline",
        "What changes",
        "One thing.",
        "Another thing",
        "A third.",
        "A fourth",
    ]


# --- texts made to be slow


@pytest.mark.parametrize(
    "text",
    [
        "word " * 2_000_000,
        "a" + "." * 200_000,
        "a" + " " * 200_000 + "b",
        "a" + "\u00a0" * 200_000 + "b",
        "a. " + ". " * 200_000 + "x",
        "a" + "?!" * 100_000,
        'a."' * 60_000,
        "Photo by A " * 20_000,
        "(Photo " * 30_000,
        "日本。" * 60_000,
        "\n" * 200_000 + "a",
    ],
    ids=["ten-megabytes", "dots", "spaces", "nbsp", "stray", "marks", "quotes", "credits", "parens", "cjk", "newlines"],
)
def test_a_text_made_to_be_slow_is_split_all_the_same(text: str) -> None:
    assert passages(article(text))


@pytest.mark.parametrize(
    "sentence",
    [
        "Copyright law was among the matters on which the two delegations agreed to go on talking in spring.",
        "More on this was to be said at a meeting of the two foreign ministers in Hanoi, which was put off twice.",
        "Subscribe is what the five signatories did when they accepted the terms of the earlier treaty without change.",
    ],
)
def test_a_sentence_that_begins_like_furniture_is_quoted(sentence: str) -> None:
    assert quoted(f"Headline\n\nThe first paragraph stands here.\n\n{sentence}\n")[-1] == sentence


@pytest.mark.parametrize(
    "line", ["関連記事", "無断転載を禁じます", "Bài viết liên quan", "Xem thêm: Biển Đông", "Bình luận (12)"]
)
def test_furniture_in_japanese_and_vietnamese_is_not_quoted(line: str) -> None:
    assert line not in quoted(f"Headline\n\nThe first paragraph stands here.\n\n{line}\n")
