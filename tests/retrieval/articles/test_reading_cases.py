"""Texts as people really have them: hard-wrapped, Markdown, with footnotes, speakers, odd separators and dates."""

import datetime as dt
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.articles.passages import passage_lines
from retrieval.documents.reader import read_document
from retrieval.index.analysis import analyse
from retrieval.library import Library
from retrieval.models import Article, Passage
from retrieval.reading.articles import read_article
from retrieval.reading.sentences import passages
from tests.support.documents import BEFORE, web_page, word

SHARED = Path(__file__).resolve().parents[4] / "shared" / "cases" / "documents"
REAL_TEXTS = Path(__file__).resolve().parents[4] / "shared" / "eval" / "real-texts.tar.xz"
JUDGMENTS = Path(__file__).parents[2] / "judgments"
EXPECTED: dict[str, list[str]] = json.loads((JUDGMENTS / "cases.json").read_text("utf-8"))
LINES: dict[str, dict[str, list[int]]] = json.loads((JUDGMENTS / "lines.json").read_text("utf-8"))
FILLER = {
    "It runs for ten years.", "Both may end it.", "The talks go on.", "Nobody objected.", "One more sentence is here.",
    "The last sentence.", "Nobody objected to it.", "It is new.",
}  # fmt: skip


def article(text: str, file: str = "a.txt") -> Article:
    found = read_article(file, text.encode())
    assert isinstance(found, Article)
    return found


def shown(text: str, file: str = "a.txt") -> list[str]:
    return [passage.shown for passage in passages(article(text, file))]


@pytest.mark.parametrize("name", EXPECTED)
def test_inputs_that_once_came_out_wrong_come_out_right(name: str) -> None:
    if not SHARED.is_dir():
        pytest.skip(f"no folder of cases at {SHARED}")
    found = passages(article((SHARED / name).read_text(encoding="utf-8"), name))
    assert [passage.shown for passage in found if passage.shown not in FILLER] == EXPECTED[name]


def test_of_two_hundred_judged_lines_of_real_texts_no_content_is_dropped() -> None:
    if not REAL_TEXTS.is_file():
        pytest.skip(f"no real texts at {REAL_TEXTS}")
    wrong = []
    with tarfile.open(REAL_TEXTS) as archive:
        for member in archive:
            name = Path(member.name).name
            if name in LINES and (file := archive.extractfile(member)):
                found = article(file.read().decode(), name)
                quoted = {line for p in passages(found) for line in lines_of(found, p)}
                wrong += [(name, line) for line in LINES[name].get("content", []) if line not in quoted]
                wrong += [(name, line) for line in LINES[name].get("around", []) if line in quoted]
    assert wrong == []


def lines_of(found: Article, passage: Passage) -> range:
    return range(passage.line, passage.line + found.text[passage.start : passage.end].count("\n") + 1)


# --- names at the ends of an article: by-lines, lists and signatures

BODY = "\n\n".join(
    f"The ministers met in Hanoi for the {nth} time." for nth in "first second third fourth fifth".split()
)


def test_the_end_of_a_long_list_of_names_is_content() -> None:
    names = "\n\n".join("Ana Lima|Bo Chen|Carl Ito|Dora Pham|Eva Sato|Finn Tran".split("|"))
    assert shown(f"Ports accord\n\n{BODY}\n\n{names}\n\nThe board meets in May.\n")[-2] == "Finn Tran"


def test_a_name_over_an_office_signs_and_is_content() -> None:
    signed = "Ana Lima\n\nPrime Minister of the Republic of the Isles"
    assert shown(f"Ports accord\n\n{BODY}\n\n{signed}\n")[-2:] == signed.split("\n\n")
    assert "Ana Lima" not in shown(f"Ports accord\n\n{BODY}\n\nAna Lima\n\nShe writes from Hanoi.\n")


def test_the_kind_of_a_document_is_no_name() -> None:
    assert shown(f"Ocean Month\n\nA PROCLAMATION\n\n{BODY}\n")[1] == "A PROCLAMATION"


@pytest.mark.parametrize(
    "line", ["(New Position)", "(Reappointment)", "[ENDS]", "(Applause.)", "End text.", "Release type: Transcript"]
)
def test_remarks_in_brackets_and_the_kind_of_a_release_are_never_quoted(line: str) -> None:
    assert line not in shown(f"Nominations\n\n{BODY}\n\n{line}\n\n{BODY}\n")


@pytest.mark.parametrize("line", ["(4 of 5)", "(The act is signed by both.)", "(ports.example.org)"])
def test_other_lines_in_brackets_are_content(line: str) -> None:
    assert line in shown(f"Nominations\n\n{BODY}\n\n{line}\n\n{BODY}\n")


@pytest.mark.parametrize(
    ("mark", "seen"),
    [
        ('<span class="u">Sec</span>.\n<span class="u">2</span>. <span class="u">Policy</span>.', "Sec. 2. Policy."),
        ("<u>Sec</u>. <u>2</u>. Policy of\nPorts.", "Sec. 2. Policy of Ports."),
        ("a. First, we met in Hanoi.", "a. First, we met in Hanoi."),
    ],
)
def test_the_mark_of_a_section_stays_with_its_heading(mark: str, seen: str) -> None:
    text = f"# Order\n\nIt is ordered:\n\n{mark} The ports are to be made safe.\n"
    assert shown(text, "a.md")[2:] == [seen, "The ports are to be made safe."]


def test_a_figure_within_marks_goes_on_with_its_word() -> None:
    text = "By law it is ordered:\n\n<u>Section</u>\n<u>1</u>. <u>Purpose</u>. The ports are to be\nmade safe.\n"
    assert shown(text, "a.md")[1] == "Section 1. Purpose."


# --- lines broken at a width

WRAPPED = (
    "The two governments met in the capital on Monday to speak about the safety\n"
    "of their ports, and agreed that the coast guards of both would train the\n"
    "crews of patrol boats. The Ministry of Foreign Affairs of the Republic of\n"
    "Palau welcomed the plan.\n"
)


def test_sentences_go_on_over_the_ends_of_wrapped_lines() -> None:
    _, first, second = shown(f"Ports\n\n{WRAPPED}")
    assert first.startswith("The two governments met in the capital on Monday to speak about the safety of their ports")
    assert first.endswith("and agreed that the coast guards of both would train the crews of patrol boats.")
    assert second == "The Ministry of Foreign Affairs of the Republic of Palau welcomed the plan."


@pytest.mark.parametrize("mark", ["> ", ">> ", "    "])
def test_quoted_mail_and_text_set_in_are_read_as_the_text(mark: str) -> None:
    quoted = "".join(mark + line for line in WRAPPED.splitlines(keepends=True))
    assert shown(f"Ports\n\n{quoted}")[1:] == shown(f"Ports\n\n{WRAPPED}")[1:]


def test_paragraphs_whose_first_lines_are_set_in_need_no_blank_line_between_them() -> None:
    first, second = (
        "   " + WRAPPED,
        "   A second paragraph begins here, and it is as long as the first one is, and it\nends.\n",
    )
    assert shown(f"Ports\n\n{first}{second}")[-1].startswith("A second paragraph begins here")


def test_text_in_capitals_is_wrapped_too() -> None:
    assert shown(f"PORTS\n\n{WRAPPED.upper()}")[1:] == [text.upper() for text in shown(f"Ports\n\n{WRAPPED}")[1:]]


def test_a_sentence_goes_on_over_a_page_s_end() -> None:
    text = WRAPPED.replace("would train the\n", "would train the\n\f\n")
    assert shown(f"Ports\n\n{text}")[1:] == shown(f"Ports\n\n{WRAPPED}")[1:]


SPEECH = "\n".join(f"The delegation of the Isles thanks host {n} for the ports and for the boats." for n in range(20))


@pytest.mark.parametrize(
    ("pages", "seen"),
    [
        (("of the 14\n\n\nports of", "of all 15\n\nthe ports"), ["of the ports of", "of all the ports"]),
        (("of the United 14\n\nNations of", "of 15\n\nAsia and"), ["of the United Nations of", "of Asia and"]),
    ],
)
def test_page_numbers_that_count_on_are_not_shown_and_their_sentences_go_on(
    pages: tuple[str, str], seen: list[str]
) -> None:
    text = "".join(f"{SPEECH}\nWe should like to speak today {cut} Palau.\n" for cut in pages)
    found = shown(f"Statement\n\n{text}{SPEECH}\n")
    assert [line for line in found if "today" in line] == [
        f"We should like to speak today {cut} Palau." for cut in seen
    ]


def test_a_figure_before_a_blank_line_that_counts_no_pages_is_kept() -> None:
    apart = SPEECH.replace("\n", "\n\n")
    text = f"{apart}\n\nThe members of the union were twelve, and rose to 43\n\nin all of the ports.\n"
    assert shown(f"Statement\n\n{text}")[-2:] == [
        "The members of the union were twelve, and rose to 43", "in all of the ports."
    ]  # fmt: skip
    short = "Ports\n\n" + "The union thanks its hosts for the ports and for the boats that they have sent, and\n" * 6
    short += "hopes that the number of its members rises to 43\n\nThe ports are safe.\n"
    assert shown(short)[-1] == "The ports are safe."
    assert shown(short)[-2].endswith("rises to 43")
    articles = (
        f"What the parties have agreed on is in Article 14\n\nPorts\n\n{apart}\n\nThis is Article 15\n\nBoats sail.\n"
    )
    assert shown(f"Statement\n\n{articles}")[-2:] == ["This is Article 15", "Boats sail."]


@pytest.mark.parametrize("file", ["a.txt", "a.md"])
def test_the_number_of_an_article_stays_where_its_sentence_goes_on_behind_a_blank_line(file: str) -> None:
    text = "# Ports\n\nThe rules of the union of the ports are set out in Article 43\n\nof the treaty of the union.\n"
    assert "The rules of the union of the ports are set out in Article 43 of the treaty of the union." in shown(
        text, file
    )


def test_a_page_number_on_a_line_of_its_own_is_never_quoted() -> None:
    assert "15" not in shown(f"Statement\n\n{SPEECH}\n15\n\n\n{SPEECH}\n")
    assert "A/37/PV.27" not in shown(f"Statement\n\n{SPEECH}\n\nA/37/PV.27\n\n{SPEECH}\n")
    assert "2" in shown(f"Boats\n\n{SPEECH}\n\nPalau\n\n2\n\nFiji\n\n3\n\n{SPEECH}\n")


def test_a_sentence_goes_on_over_the_only_page_s_end_of_a_text() -> None:
    text = f"{SPEECH}\nThe members of the Assembly have long called on the 43\n\nSecretary-General to act.\n{SPEECH}\n"
    seen = "The members of the Assembly have long called on the Secretary-General to act."
    assert seen in shown(f"Statement\n\n{text}")


def test_a_sentence_goes_on_over_the_name_of_a_page() -> None:
    text = f"{SPEECH}\nCongress has done right to provide funding now, rather than\n\n[[Page S8588]]\n\nnext spring.\n"
    assert shown(f"Bills\n\n{text}")[-1] == "Congress has done right to provide funding now, rather than next spring."
    assert "[[Page E1551]]" not in shown(f"Bills\n\n{SPEECH}\n\n[[Page E1551]]\n\n{SPEECH}\n")


def test_a_page_number_behind_a_sentence_is_no_part_of_it() -> None:
    text = f"Statement\n\n{SPEECH} 14\n\n\n{SPEECH} 15\n\n\n{SPEECH}\n"
    assert not [line for line in shown(text) if line[-1] != "." and line != "Statement"]


def test_a_sentence_goes_on_behind_the_head_of_a_page() -> None:
    text = f"{SPEECH}\nThe country is so closely linked to Latin 4 General Assembly 21st plenary meeting\n\nAmerica.\n"
    assert shown(f"Statement\n\n{text}")[-1] == "The country is so closely linked to Latin America."


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85", "\v", "\f"])
def test_separators_that_editors_do_not_count_end_lines_and_leave_line_numbers(end: str) -> None:
    found = passages(article(f"Headline{end}The ministers met.{end}They signed.\nNobody objected."))
    assert [(p.shown, p.line) for p in found] == [
        ("Headline", 1), ("The ministers met.", 1), ("They signed.", 1), ("Nobody objected.", 2)
    ]  # fmt: skip


def test_lines_that_are_paragraphs_stay_apart() -> None:
    text = "Headline\n\nJapan sends boats\nVietnam trains crews\nPalau pays for both\n"
    assert shown(text)[1:] == ["Japan sends boats", "Vietnam trains crews", "Palau pays for both"]


# --- speakers


def test_a_speaker_is_known_until_the_next_and_is_no_part_of_the_quote() -> None:
    text = (
        "Remarks\n\nTHE PRESIDENT: We met. We agreed.\n\nIt is a good day.\n\nQ:  What of the boats?\n\n"
        "Mr. WANG (China): They are ours.\n\nMs. Tanaka: They are not.\n"
    )
    assert [(p.speaker, p.shown) for p in passages(article(text))] == [
        (None, "Remarks"),
        ("THE PRESIDENT", "We met."),
        ("THE PRESIDENT", "We agreed."),
        ("THE PRESIDENT", "It is a good day."),
        ("Q", "What of the boats?"),
        ("Mr. WANG (China)", "They are ours."),
        ("Ms. Tanaka", "They are not."),
    ]


def test_a_speaker_s_short_word_near_the_end_is_content() -> None:
    text = "Remarks\n\nQ: Will you sign?\n\nTHE PRESIDENT: No.\n\nQ: Why?\n\nTHE PRESIDENT: Never\n"
    assert shown(text) == ["Remarks", "Will you sign?", "No.", "Why?", "Never"]


def test_a_library_knows_who_speaks() -> None:
    text = "Remarks\n\nTHE PRESIDENT: We agreed on patrol boats.\n\nMs. Tanaka: The boats sail in May.\n"
    library = Library.from_analysis([analyse(article(text))])
    assert [passage.speaker for passage in library.passages] == [None, "THE PRESIDENT", "Ms. Tanaka"]


def spoken(text: str) -> list[tuple[str | None, str]]:
    return [(passage.speaker, passage.shown) for passage in passages(article(text))]


def test_a_question_behind_one_space_ends_the_speech_before_where_speakers_are_named() -> None:
    text = "Remarks\n\nTHE PRESIDENT: We met.\n\nQ Mr. President, why?\n\nQ Why?\n\nTHE PRESIDENT: We must.\n"
    assert spoken(text)[1:] == [
        ("THE PRESIDENT", "We met."), ("Q", "Mr. President, why?"), ("Q", "Why?"), ("THE PRESIDENT", "We must."),
    ]  # fmt: skip
    assert spoken("Letters\n\nQ Division moved to Hanoi.\n")[1:] == [(None, "Q Division moved to Hanoi.")]


def test_a_label_on_a_line_of_its_own_names_who_speaks_next_and_is_never_quoted() -> None:
    text = "Remarks\n\nPRIME MINISTER:\n\nWe met.\n\nJOURNALIST:\n\nWhy?\n\nPRIME MINISTER:\n\nWe must.\n"
    text += "\nJOURNALIST:\n\nThank you.\n"
    assert spoken(text)[1:] == [
        ("PRIME MINISTER", "We met."), ("JOURNALIST", "Why?"), ("PRIME MINISTER", "We must."),
        ("JOURNALIST", "Thank you."),
    ]  # fmt: skip


def test_an_office_named_once_takes_the_floor_though_other_words_stand_before_it() -> None:
    text = "Remarks\n\nMODERATOR: Minister.\n\nEXTERNAL AFFAIRS MINISTER SINGH: Welcome to Delhi.\n\nWe met.\n"
    assert spoken(text)[1:] == [
        ("MODERATOR", "Minister."), ("EXTERNAL AFFAIRS MINISTER SINGH", "Welcome to Delhi."),
        ("EXTERNAL AFFAIRS MINISTER SINGH", "We met."),
    ]  # fmt: skip
    assert spoken("Ports\n\nSTATEMENT BY THE PRESIDENT: We met.\n")[1][0] is None


def test_a_label_in_capitals_on_a_line_of_its_own_is_never_quoted_though_it_comes_once() -> None:
    read = article("Remarks\n\nPRIME MINISTER:\n\nWe met in Hanoi.\n")
    assert [passage.text for passage in passages(read)] == ["Remarks", "We met in Hanoi."]


def test_a_label_in_capitals_that_is_no_known_speaker_ends_the_speech_before() -> None:
    text = "Remarks\n\nTHE PRESIDENT: We met.\n\nRUSTY HOOK: They did.\n\nNobody objected.\n"
    assert spoken(text)[2:] == [(None, "RUSTY HOOK: They did."), (None, "Nobody objected.")]


def test_a_name_entered_under_an_office_is_no_speech() -> None:
    text = "Ports\n2017-02-12\nPrime Minister: Turner, Malcolm\nRelease type: Media Release\n\nThe ports are safe.\n"
    assert spoken(text) == [(None, "Ports"), (None, "The ports are safe.")]


@pytest.mark.parametrize("line", ["Background: the plan is old.", "Note: this is a draft.", "Trade grew: 24 percent."])
def test_a_word_before_a_colon_is_no_speaker(line: str) -> None:
    assert shown(f"Headline\n\nThe first sentence stands here.\n\n{line}\n\nThe last one.\n")[2] == line


# --- headings


def headings(text: str, file: str = "a.txt") -> dict[str, str | None]:
    return {passage.shown: passage.heading for passage in passages(article(text, file))}


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("# Accord\n\nIt was signed.\n\n## The *ports*\n\nThey are safe. They are new.\n\n- Hanoi\n", "a.md"),
        ("# Accord\n\nIt was signed.\n\n**The ports**\n\nThey are safe. They are new.\n\n- Hanoi\n", "a.md"),
        ("Accord\n\nIt was signed.\n\nThe ports\n\nThey are safe. They are new.\n\n- Hanoi\n", "a.txt"),
        ("Accord\n\nIt was signed.\n\n1. The ports\n\nThey are safe. They are new.\n\n- Hanoi\n", "a.txt"),
    ],
)
def test_a_passage_knows_the_nearest_heading_above_it(text: str, file: str) -> None:
    assert headings(text, file) == {
        "Accord": None,
        "It was signed.": "Accord",
        "The ports": "Accord",
        "They are safe.": "The ports",
        "They are new.": "The ports",
        "Hanoi": "The ports",
    }


def test_a_heading_in_capitals_may_go_over_two_lines() -> None:
    text = f"Ports\n\n{WRAPPED}\nMEETING OF THE COAST GUARDS OF BOTH COUNTRIES ON\nTHE SAFETY OF PORTS\n\n{WRAPPED}"
    last = passages(article(text))[-1]
    assert last.heading == "MEETING OF THE COAST GUARDS OF BOTH COUNTRIES ON THE SAFETY OF PORTS"


@pytest.mark.parametrize(
    "line", ["Mr. President,", "They said:", "and of the boats", "1. Ports\n\n2. Boats", "- Ports"]
)
def test_a_short_line_that_heads_nothing_is_no_heading(line: str) -> None:
    text = f"Accord\n\nIt was signed.\n\n{line}\n\nThey are safe.\n"
    assert headings(text)["They are safe."] == "Accord"


def test_a_sentence_in_bold_is_no_heading_but_a_marked_one_is() -> None:
    text = "# Accord\n\n**It was signed.**\n\nThey are safe.\n"
    assert headings(text, "a.md")["They are safe."] == "Accord"
    assert headings(text.replace("**It", "## It").replace("signed.**", "signed."), "a.md")["They are safe."] == (
        "It was signed."
    )


def test_what_is_never_quoted_heads_nothing() -> None:
    assert headings("Accord\n\nBy Ana Lima\n\nIt was signed.\n")["It was signed."] == "Accord"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", word("The ports", BEFORE, "# Next steps", "They meet again in the spring.")),
        ("a.html", web_page("<h2>Next steps</h2><p>They meet again in the spring.</p>")),
    ],
)
def test_headings_of_word_files_and_web_pages_are_known(name: str, content: bytes) -> None:
    found = headings(read_document(name, content).text)
    assert found["They meet again in the spring."] == "Next steps"
    assert found[BEFORE] == "The ports"


def test_a_library_knows_headings() -> None:
    text = "Accord\n\nIt was signed.\n\nThe ports\n\nThey are safe.\n"
    library = Library.from_analysis([analyse(article(text))])
    assert [passage.heading for passage in library.passages] == [None, "Accord", "Accord", "The ports"]


def test_passages_are_printed_with_speaker_and_heading(folder: Callable[..., Path]) -> None:
    root = folder(ports="Accord\n\nTHE PRESIDENT: It was signed in Hanoi.\n")
    _, last = map(json.loads, passage_lines(root, 10_000))
    assert (last["speaker"], last["heading"]) == ("THE PRESIDENT", "Accord")


# --- Markdown


def test_comments_code_images_and_links_of_contents_are_never_quoted() -> None:
    text = (
        "# Plan\n\n- [Aim](#aim)\n\n![A boat](boat.png)\n\n<!-- not to be\nquoted -->\n\n```\ncode = 1\n```\n\n"
        "The plan is [new](https://example.org).\n\n[1]: https://example.org/x\n"
    )
    assert shown(text, "a.md") == ["Plan", "The plan is new."]


def test_paragraphs_of_markdown_flow_and_tables_are_read_row_by_row() -> None:
    text = "# Plan\n\nIt goes to Palau\nand Fiji.\n\n| State | Boats |\n|---|---|\n| Palau | 2 |\n| Fiji | 3 |\n"
    assert shown(text, "a.md") == ["Plan", "It goes to Palau and Fiji.", "State | Boats", "Palau | 2", "Fiji | 3"]


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("---\nTITLE: Ports\nDate: 2023-11-29\n---\n", "Ports"),
        ("---\ntitle: Ports: a plan\ndate: 2023-11-29\n---\n", "Ports: a plan"),
        ('+++\ntitle = "Ports"\ndate = 2023-11-29\n+++\n', "Ports"),
        ("---\nheadline: Ports\npublished: '2023-11-29'\n---\n", "Ports"),
    ],
)
def test_front_matter_is_read_in_yaml_and_toml_and_keys_in_any_case(front: str, title: str) -> None:
    found = article(f"{front}The ministers met.\n", "a.md")
    assert (found.title, found.date) == (title, dt.date(2023, 11, 29))
    assert shown(f"{front}The ministers met.\n", "a.md") == ["The ministers met."]


def test_the_published_original_is_kept() -> None:
    assert article("---\nurl: https://example.org/a\n---\nText here.\n", "a.md").url == "https://example.org/a"


# --- dates and publishers


@pytest.mark.parametrize(
    "line",
    [
        "29/11/2023 - 10:30", "2023/11/29", "2023.11.29", "2023-11-29T10:30:00+09:00", "令和5年11月29日",
        "2023年11月29日（水）", "ngày 29 tháng 11 năm 2023", "Cập nhật ngày 29/11/2023", "Hanoi, 29 November 2023",
        "Posted by Jane Doe on November 29, 2023", "For Immediate Release: November 29, 2023",
        "Published on 29 November 2023 by Lisbon Herald", "29 November 2023. By Ana Lima, Basin Gazette.",
        "TOKYO, November 29, 2023 – The ministers met.",
    ],
)  # fmt: skip
def test_the_day_is_read_in_the_forms_that_have_one_reading(line: str) -> None:
    assert article(f"Ports accord\n\n{line}\n\nThe ministers met in Hanoi.\n").date == dt.date(2023, 11, 29)


@pytest.mark.parametrize(
    ("file", "title"),
    [
        ("2023-11-29-ports.txt", "Ports accord"), ("ports_20231129.txt", "Ports accord"),
        ("a.txt", "Current events: 29 November 2023"), ("a.txt", "Daily Briefing – November 29, 2023"),
    ],
)  # fmt: skip
def test_a_day_in_the_file_s_name_or_at_the_title_s_end_dates_an_article(file: str, title: str) -> None:
    assert article(f"{title}\n\nThe ministers met in Hanoi.\n", file).date == dt.date(2023, 11, 29)


def test_a_day_with_two_readings_is_none_unless_the_article_shows_the_order() -> None:
    assert article("Ports\n\n05/04/2023\n\nThe ministers met.\n").date is None
    assert article("Ports\n\n05/04/2023\n\nThey met again on 29/11/2022.\n").date == dt.date(2023, 4, 5)


@pytest.mark.parametrize(
    ("line", "publisher"),
    [
        ("Published on 6 May 2025 by Lisbon Herald", "Lisbon Herald"),
        ("12 March 2025. By Ana Lima, Basin Gazette.", "Basin Gazette"),
        ("Source: Ministry of Ports", "Ministry of Ports"),
    ],
)
def test_a_publisher_is_read_in_a_line_that_names_it(line: str, publisher: str) -> None:
    assert article(f"Ports accord\n\n{line}\n\nThe ministers met in Hanoi.\n").publisher == publisher


def test_words_held_together_by_a_space_that_breaks_no_line_leave_the_line_before_short() -> None:
    text = (
        "Report\n\nThe president raised concerns about practices in the north, the south,\n"
        "and the east, and about human rights more broadly. On ports, he laid out\n"
        "in detail that our one-port policy has not changed, the United\n"
        "States\u00a0opposes\u00a0any changes to the status quo by either of the two sides,\n"
        "and the world has an interest in peace and in stability in the strait.\n"
    )
    assert len(passages(article(text))) == 3
