"""A folder of articles: what can be read is read and dated, what cannot is named with its reason and cure."""

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.settings import SEEDS
from retrieval.errors import ArticlesError
from retrieval.library import Library
from retrieval.models import Article, SkippedFile
from retrieval.reading.articles import read_folder
from tests.support.desk import policydesk, write

Folder = Callable[..., Path]
BODY = (
    "\n\nThe minister signed the accord. It will last.\n\nMore is to follow.\n\nThe talks go on.\n\nNobody objected.\n"
)


@pytest.fixture
def desk_folder(folder: Folder) -> Path:
    """A folder with one good article in it, so that whatever else is in it must be reported."""
    return folder(good="A good article\n\nIt says something.\n")


def only_skipped(root: Path) -> SkippedFile:
    """The one file that was not used; the good article was."""
    articles, skipped = read_folder(root)
    assert "good.txt" in [article.file for article in articles]
    assert len(skipped) == 1
    assert skipped[0].cure
    return skipped[0]


def only_article(folder: Folder, text: str | bytes) -> Article:
    articles, skipped = read_folder(folder(article=text))
    assert not skipped
    assert len(articles) == 1
    return articles[0]


# --- bad input: named, with the reason and the cure, and the rest is read


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"Caf\xe9 society", "it is not UTF-8 (byte 4 of 12)"),
        ("Headline\n".encode("utf-16"), "it holds NUL bytes"),
        (b"Headline\n\n\0\0", "it holds NUL bytes"),
        (b"", "it is empty"),
        (b" \n\t\xc2\xa0\n", "it is empty"),
        (b"\xef\xbb\xbf", "it is empty"),
        (b"---\n* * *\n", "it holds no words"),
        ("\u200b\n".encode(), "it holds no words"),
        (b"---\ntitle: only this\n---\n", "it is empty"),
    ],
)
def test_a_file_without_readable_text_is_skipped_with_the_reason(
    desk_folder: Path, content: bytes, reason: str
) -> None:
    write(desk_folder / "bad.txt", content)
    skipped = only_skipped(desk_folder)
    assert skipped.file == "bad.txt"
    assert skipped.reason.startswith(reason)


def test_a_file_over_the_limit_is_skipped_and_one_of_exactly_the_limit_is_read(folder: Folder) -> None:
    root = folder(good="x" * 99 + "\n", big="x" * 101)
    articles, skipped = read_folder(root, max_bytes=100)
    assert [article.file for article in articles] == ["good.txt"]
    assert (skipped[0].file, skipped[0].reason) == ("big.txt", "it is larger than 100 bytes")
    assert "POLICYDESK_MAX_ARTICLE_BYTES" in skipped[0].cure


def test_a_link_that_leads_nowhere_is_skipped(desk_folder: Path) -> None:
    (desk_folder / "broken.txt").symlink_to("nowhere.txt")
    assert only_skipped(desk_folder).reason == "it cannot be read (No such file or directory)"


def test_a_link_that_leads_to_itself_is_skipped(desk_folder: Path) -> None:
    (desk_folder / "loop.txt").symlink_to("loop.txt")
    assert only_skipped(desk_folder).reason == "it cannot be read (Too many levels of symbolic links)"


def test_a_link_that_leaves_the_folder_is_not_followed(desk_folder: Path, tmp_path: Path) -> None:
    write(tmp_path / "secret.txt", "Not for the desk")
    (desk_folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    assert only_skipped(desk_folder).reason == "it is a link that leaves the articles folder"


def test_a_link_to_a_sibling_folder_with_a_similar_name_leaves_the_folder(desk_folder: Path) -> None:
    sibling = desk_folder.with_name(desk_folder.name + "-private")
    write(sibling / "secret.txt", "Not for the desk")
    (desk_folder / "link.txt").symlink_to(sibling / "secret.txt")
    assert only_skipped(desk_folder).reason == "it is a link that leaves the articles folder"


def test_a_link_within_the_folder_is_an_article_like_any_other(desk_folder: Path) -> None:
    (desk_folder / "again.txt").symlink_to("good.txt")
    assert [article.file for article in read_folder(desk_folder)[0]] == ["again.txt", "good.txt"]


def test_a_folder_of_articles_may_itself_be_a_link(desk_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(desk_folder)
    assert [article.file for article in read_folder(tmp_path / "link")[0]] == ["good.txt"]


@pytest.mark.parametrize("target", [".", "..", "/"])
def test_a_linked_folder_is_reported_and_not_walked(desk_folder: Path, target: str) -> None:
    (desk_folder / "more").symlink_to(target)
    assert only_skipped(desk_folder).reason == "it is a link to a folder"


def test_a_pipe_named_like_an_article_does_not_stop_the_desk(desk_folder: Path) -> None:
    os.mkfifo(desk_folder / "x.txt")
    assert only_skipped(desk_folder).reason == "it is not a regular file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_skipped(desk_folder: Path) -> None:
    write(desk_folder / "private.txt", "Private")
    (desk_folder / "private.txt").chmod(0)
    assert only_skipped(desk_folder).reason == "it cannot be read (Permission denied)"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list everything")
def test_a_sub_folder_without_permission_is_reported(desk_folder: Path) -> None:
    (desk_folder / "private").mkdir(mode=0)
    assert only_skipped(desk_folder).reason == "its files cannot be listed"


def test_a_name_with_control_characters_is_shown_harmless(desk_folder: Path) -> None:
    write(desk_folder / "a\x1b[31m\nb.txt", "Text")
    assert only_skipped(desk_folder).file == r"a\x1b[31m\nb.txt"


def test_a_name_that_reverses_the_writing_direction_is_shown_harmless(desk_folder: Path) -> None:
    write(desk_folder / "a\u202etxt.exe.txt", "Text")
    assert only_skipped(desk_folder).file == r"a\u202etxt.exe.txt"


def test_a_name_that_is_not_utf8_is_shown_with_its_bytes(desk_folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(desk_folder) + b"/caf\xe9.txt")).write_text("Text", encoding="utf-8")
    skipped = only_skipped(desk_folder)
    assert (skipped.file, skipped.cure) == (r"caf\udce9.txt", "rename it")


@pytest.mark.parametrize("name", ["日本　ベトナム.txt", "hội nghị.txt", "a\u00a0b.txt", "été 🙂.txt"])
def test_names_in_any_language_with_any_kind_of_space_are_fine(desk_folder: Path, name: str) -> None:
    write(desk_folder / name, "An article\n\nWith text.")
    assert name in [article.file for article in read_folder(desk_folder)[0]]


@pytest.mark.parametrize("name", ["report.pdf", "notes.DOCX", "page.html", "page.htm"])
def test_a_document_that_was_dropped_into_the_folder_names_the_command_that_reads_it(
    desk_folder: Path, name: str
) -> None:
    (desk_folder / name).write_bytes(b"%PDF-1.7")
    skipped = only_skipped(desk_folder)
    assert skipped.reason == f"it is a {Path(name).suffix.lower()} file that has not been read"
    assert skipped.cure == "add it with `policydesk add FILE`, or remove it"


@pytest.mark.parametrize("name", ["report.doc", "picture.png", "README", "a.txt~", "a.json"])
def test_other_files_are_reported_as_such(desk_folder: Path, name: str) -> None:
    (desk_folder / name).write_bytes(b"%PDF-1.7")
    skipped = only_skipped(desk_folder)
    assert (skipped.file, skipped.reason) == (name, "it is not a .txt or .md file")


def test_hidden_files_and_folders_are_left_alone(desk_folder: Path) -> None:
    for hidden in (".DS_Store", ".draft.txt", ".git/config.txt", ".hidden/a.txt"):
        write(desk_folder / hidden, "Text")
    articles, skipped = read_folder(desk_folder)
    assert ([article.file for article in articles], skipped) == (["good.txt"], [])


def test_sub_folders_and_endings_in_capitals_are_included_in_the_order_of_names(folder: Folder) -> None:
    root = folder(**{"2023/b.MD": "# B\n\nText.", "A.TXT": "A\n\nText.", "2023/a.txt/deep.txt": "C\n\nText."})
    assert [article.file for article in read_folder(root)[0]] == ["2023/a.txt/deep.txt", "2023/b.MD", "A.TXT"]


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("title: [A", "its front matter is not valid YAML"),
        ("title: &a: b", "its front matter is not valid YAML"),
        ("title: " + "[" * 1000 + "]" * 1000, "its front matter is not valid YAML"),
        ("- one\n- two", "its front matter has no keys"),
        ("Just a sentence.", "its front matter has no keys"),
        ("date: 2023-02-30", "the date in its front matter is not a day"),
        ("date: 2023", "the date in its front matter is not a day"),
        ("date: yesterday", "the date in its front matter is not a day"),
        ("date: 25/25/2023", "the date in its front matter is not a day"),
        ("date: 2999-01-01", "the date in its front matter is not a day"),
    ],
)
def test_malformed_front_matter_is_reported(desk_folder: Path, front: str, reason: str) -> None:
    write(desk_folder / "front.md", f"---\n{front}\n---\nHeadline\n\nText.\n")
    assert only_skipped(desk_folder).reason.startswith(reason)


def test_front_matter_that_is_never_closed_is_reported(desk_folder: Path) -> None:
    write(desk_folder / "front.md", "---\ntitle: Headline\n\nText that goes on.\n")
    assert only_skipped(desk_folder).reason == "its front matter is not closed"


def test_front_matter_that_unfolds_without_end_is_not_unfolded(folder: Folder) -> None:
    nested = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    assert only_article(folder, f"---\n{nested}title: *a29\n---\nHeadline\n\nText.\n").title == "Headline"


@pytest.mark.parametrize(
    ("stated", "url"),
    [
        ("https://example.org/ports?id=3", "https://example.org/ports?id=3"),
        ("HTTP://example.org", "HTTP://example.org"),
        ("javascript:alert(1)", None),
        ("https://[bad", None),
        ("https://example.org/<b>", None),
        ("ports/2024", None),
        (f"https://example.org/{'a' * 2_000}", None),
    ],
)
def test_the_published_original_is_an_address_that_a_link_can_be_made_of(
    folder: Folder, stated: str, url: str | None
) -> None:
    assert only_article(folder, f'---\nurl: "{stated}"\n---\nHeadline\n\nText.\n').url == url


def test_front_matter_makes_nothing_but_text(folder: Folder, tmp_path: Path) -> None:
    command = f"!!python/object/apply:os.system ['touch {tmp_path / 'made'}']"
    assert only_article(folder, f"---\npublisher: {command}\n---\nHeadline\n").publisher is None
    assert not (tmp_path / "made").exists()


def test_a_horizontal_rule_at_the_top_is_not_front_matter(folder: Folder) -> None:
    assert only_article(folder, "---\n\nHeadline\n\nText.\n").title == "Headline"


@pytest.mark.parametrize("contents", [{}, {"a.pdf": b"%PDF"}, {"a": b"", "b": b"\xff", "c": b"\0", "d": b" "}])
def test_without_a_usable_article_the_folder_is_refused_with_the_reason(
    folder: Folder, contents: dict[str, bytes]
) -> None:
    with pytest.raises(ArticlesError, match="No usable article in") as refused:
        read_folder(folder(**contents))
    assert "\n" not in str(refused.value)
    assert "put UTF-8 .txt or .md files there" in str(refused.value)


@pytest.mark.parametrize("name", ["missing", "file.txt"])
def test_a_missing_folder_ends_the_command_line_with_one_clear_line(tmp_path: Path, name: str) -> None:
    write(tmp_path / "file.txt", "Text")
    ended = policydesk("ask", "Who signed?", "--articles", tmp_path / name)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f"policydesk: No folder of articles at {tmp_path / name}: create it")
    assert ended.stderr.count("\n") == 1


def test_a_folder_without_usable_articles_ends_the_command_line_with_one_clear_line(folder: Folder) -> None:
    ended = policydesk("sources", "--articles", folder(a=b"\xff"))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "(a.txt: it is not UTF-8 (byte 1 of 1))" in ended.stderr
    assert ended.stderr.count("\n") == 1


# --- the text: decoded, otherwise untouched


def test_a_byte_order_mark_is_kept_in_the_text_and_left_out_of_the_title(folder: Folder) -> None:
    article = only_article(folder, "\ufeffHeadline\n\nText.\n".encode())
    assert (article.text[0], article.title) == ("\ufeff", "Headline")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_text_keeps_its_line_ends(folder: Folder, end: str) -> None:
    text = f"Headline{end}{end}Text.{end}"
    article = only_article(folder, text.encode())
    assert (article.text, article.title) == (text, "Headline")


# --- title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("The headline\n\nText.", "The headline"),
        ("\n \n  The headline  \n\nText.", "The headline"),
        ("# The headline\n\nText.", "The headline"),
        ("### The headline\n\nText.", "The headline"),
        ("---\ntitle: 'The: headline'\n---\n# Another\n\nText.", "The: headline"),
        ("\ufeff---\ntitle: The headline\n---\nText.", "The headline"),
        ("---\r\ntitle: The headline\r\n---\r\nText.", "The headline"),
        ("---\ntitle: 2023\n---\nText.", "2023"),
        ('---\ntitle: "The\\nheadline"\n---\nText.', "The headline"),
        ("---\ntitle:\ntags: [a]\n---\nThe headline\n\nText.", "The headline"),
        ("Berlin, Nov. 29, 2023 / 02:53 AM\n\nThe headline\n\nText.", "The headline"),
        ("=====\nThe headline\n=====\nText.", "The headline"),
        ("協定に署名\n\n本文。", "協定に署名"),
    ],
)
def test_the_title_is_the_headline(folder: Folder, text: str, title: str) -> None:
    assert only_article(folder, text).title == title


def test_a_first_line_as_long_as_a_paragraph_is_cut_at_a_word_as_a_title(folder: Folder) -> None:
    title = only_article(folder, "A rather long opening paragraph " * 20).title
    assert 140 < len(title) <= 161
    assert title.endswith((" A…", " rather…", " long…", " opening…", " paragraph…"))


# --- date and publisher: none is better than a wrong one


@pytest.mark.parametrize(
    ("number", "date", "publisher"),
    [
        ("000", None, "The Yomiuri Shimbun"),
        ("001", dt.date(2023, 11, 29), None),
        ("002", None, None),
        ("003", None, "Kyodo"),
        ("004", None, None),  # 'Reuters' credits its photograph
    ],
)
def test_the_five_articles_are_dated_only_where_they_say_so(
    seeds: Library, number: str, date: dt.date | None, publisher: str | None
) -> None:
    article = next(article for article in seeds.articles if article.file.startswith(number))
    assert (article.date, article.publisher) == (date, publisher)


@pytest.mark.parametrize(
    "line",
    [
        "HANOI, Nov. 5, 2023 (Reuters) – Japan signed a deal.",
        "HANOI, Nov. 5, 2023 (Reuters) -- Japan signed a deal.",
        "HO CHI MINH CITY, Vietnam, 5 November 2023 (AP) — Japan signed a deal.",
        "Nov. 5, 2023",
        "November 5th, 2023",
        "Sunday, 5 November 2023 10:30",
        "Published: 5 Nov 2023",
        "Last updated on Nov 5, 2023 at 10:30",
        "2023-11-05",
        "ngày 5 tháng 11 năm 2023",
        "2023年11月5日",
    ],
)
def test_a_dateline_dates_the_article(folder: Folder, line: str) -> None:
    assert only_article(folder, "Headline\n\n" + line + BODY).date == dt.date(2023, 11, 5)


@pytest.mark.parametrize(
    "line",
    [
        "05/11/2023",
        "5.11.23",
        "November 5",
        "November 2023",
        "2023",
        "Feb. 30, 2023",
        "2023-13-05",
        "Nov. 5, 2999",
        "HANOI (Kyodo) – Japan signed a deal on Nov. 5, 2023.",
        "The deal was signed on Nov. 5, 2023.",
        "The deal was signed on Nov. 5, 2023",
        "ASEAN leaders met on Nov. 5, 2023 – a day early – in Hanoi.",
        "The accord – signed on Nov. 5, 2023 – is in force.",
    ],
)
def test_what_is_not_a_dateline_or_has_two_readings_dates_nothing(folder: Folder, line: str) -> None:
    assert only_article(folder, "Headline\n\n" + line + BODY).date is None


def test_a_date_in_the_headline_dates_nothing(folder: Folder) -> None:
    assert only_article(folder, "What changes on November 5, 2023, and what does not" + BODY).date is None


def test_a_date_deep_inside_the_article_dates_nothing(folder: Folder) -> None:
    assert only_article(folder, "Headline" + BODY * 2 + "\nNov. 5, 2023\n" + BODY * 2).date is None


def test_a_date_line_at_the_end_dates_the_article(folder: Folder) -> None:
    assert only_article(folder, "Headline" + BODY * 2 + "\nPublished Nov. 5, 2023\n").date == dt.date(2023, 11, 5)


@pytest.mark.parametrize(
    "date", ["2023-11-05", "'2023-11-05'", "2023-11-05T10:30:00Z", "5 November 2023", "2023年11月5日"]
)
def test_front_matter_dates_the_article_and_wins_over_the_text(folder: Folder, date: str) -> None:
    article = only_article(folder, f"---\ndate: {date}\npublisher: The Desk\n---\nHeadline\n\nNov. 1, 2020{BODY}")
    assert (article.date, article.publisher) == (dt.date(2023, 11, 5), "The Desk")


@pytest.mark.parametrize(
    ("text", "publisher"),
    [
        ("Headline\n\nTOKYO (Kyodo) – Japan signed." + BODY, "Kyodo"),
        ("Headline\n\nHANOI, Nov. 5, 2023 (Reuters) – Japan signed." + BODY, "Reuters"),
        ("Headline\n\nThe Japan Times" + BODY, "The Japan Times"),
        ("Headline\n\nReuters" + BODY, "Reuters"),
        ("Headline" + BODY * 2 + "\nKyodo News\n", "Kyodo News"),
        ("Headline" + BODY * 2 + "\nJust Like Old Times\n\nThey met again.\n", None),
        ("Headline\n\nReuters\nTwo ministers shake hands in Hanoi." + BODY, None),
        ("Headline\n\nTOKYO (The ministry) – Japan signed." + BODY, None),
        ("Headline\n\nBy Jane Doe" + BODY, None),
        ("Headline\n\nThe report was first published by Reuters." + BODY, None),
    ],
)
def test_the_publisher_is_whom_a_dateline_or_a_line_of_its_own_names(
    folder: Folder, text: str, publisher: str | None
) -> None:
    assert only_article(folder, text).publisher == publisher


# --- the library


def test_the_same_article_twice_is_fine(folder: Folder) -> None:
    text = "Headline\n\nJapan signed the accord in Hanoi.\n"
    library = Library.open(folder(a=text, b=text))
    hits = library.search(library.read("Who signed the accord?"), 10).hits
    assert [hit.passage.file for hit in hits] == ["a.txt", "b.txt"]


def test_the_hash_is_the_same_while_the_articles_are(folder: Folder) -> None:
    root = folder(a="Headline\n\nText.\n", b="Other\n\nText.\n")
    before = Library.open(root).hash
    write(root / "not-an-article.pdf", b"%PDF")
    (root / "a.txt").touch()
    assert Library.open(root).hash == before


@pytest.mark.parametrize("change", ["edit", "add", "remove", "rename", "swap"])
def test_the_hash_is_another_when_an_article_changes(folder: Folder, change: str) -> None:
    root = folder(a="Headline\n\nText.\n", b="Other\n\nText.\n")
    before = Library.open(root).hash
    if change == "edit":
        write(root / "a.txt", "Headline\n\nText!\n")
    elif change == "add":
        write(root / "c.txt", "Headline\n\nText.\n")
    elif change == "remove":
        (root / "a.txt").unlink()
    elif change == "rename":
        (root / "a.txt").rename(root / "c.txt")
    else:
        (root / "a.txt").rename(root / "c.txt")
        (root / "b.txt").rename(root / "a.txt")
        (root / "c.txt").rename(root / "b.txt")
    assert Library.open(root).hash != before


def test_the_five_articles_are_all_used() -> None:
    articles, skipped = read_folder(SEEDS)
    assert (len(articles), [file.file for file in skipped]) == (5, [])
