"""Documents that are sent: their sentences come out whole, with the page or paragraph they stand on."""

import datetime as dt
import sys

import docx
import pytest

from retrieval.documents.file_names import file_name
from retrieval.documents.models import Draft, Format, Omission, ReadingLimits
from retrieval.documents.reader import read_document
from retrieval.errors import DocumentError
from retrieval.models import Article, Original, Unit
from retrieval.reading.sentences import passages
from tests.support.documents import Run, column, pdf, saved, word, wrapped

FIRST = "Japan and Vietnam agreed to widen their cooperation on maritime security, the ministry said on Monday."
SECOND = "The implementation of the long-term plan begins in April and will cost 12.5 billion yen over five years."
THIRD = "Both sides stressed that the strait stays open to the ships of every nation that keeps to the rules."
LONG = "Officials of both ministries, who had met four times since the spring, will draw up a list of equipment"
REST = "that may be transferred, and report to their governments before the end of the year."


def sentences(draft: Draft) -> list[tuple[str, int]]:
    """The passages of a draft with the page or paragraph each starts on."""
    assert draft.unit
    original = Original(
        file=draft.name, sha256=draft.sha256, unit=draft.unit, starts=draft.starts, numbers=draft.numbers
    )
    article = Article(file="x", title=draft.title, text=draft.text, sha256="", original=original)
    return [(p.text, p.original.number) for p in passages(article) if p.original]


def report() -> bytes:
    """A report of three pages, with running lines, a word broken at a line's end, and a sentence over two pages."""

    def page(number: int, lines: list[str]) -> list[Run]:
        return [Run(72, 800, "Policy Review 2024", 9), *column(lines), Run(290, 30, f"Page {number} of 3", 9)]

    first = [Run(72, 760, "A wider partnership", 18), *page(1, wrapped([f"{FIRST} {THIRD}"], 60))]
    second = [
        "The imple-",
        "mentation of the long-",
        "term plan begins in April and will cost 12.5 billion yen",
        "over five years.",
        "",
    ]
    return pdf([first, page(2, [*second, *wrapped([LONG], 60)[:-1]]), page(3, wrapped([REST, FIRST], 60))])


# --- PDF


def test_the_sentences_of_a_pdf_are_whole_and_know_their_page() -> None:
    draft = read_document("report.pdf", report())
    assert (draft.format, draft.unit, draft.title) == (Format.PDF, Unit.PAGE, "A wider partnership")
    assert sentences(draft) == [
        ("A wider partnership", 1),
        (FIRST, 1),
        (THIRD, 1),
        (SECOND, 2),
        (f"{LONG} {REST}", 2),
        (FIRST, 3),
    ]


def test_running_lines_of_a_pdf_are_left_out_and_told() -> None:
    draft = read_document("report.pdf", report())
    assert "Policy Review" not in draft.text
    assert "Page" not in draft.text
    (dropped,) = draft.dropped
    assert (dropped.what, dropped.count, dropped.sample) == (Omission.RUNNING_LINES, 6, "Policy Review 2024")


def test_two_columns_are_read_one_after_the_other() -> None:
    left, right = wrapped([f"{FIRST} {LONG}"], 38)[:-1], wrapped([f"{REST} {THIRD}"], 38)
    draft = read_document("columns.pdf", pdf([column(left, 60) + column(right, 310)]))
    assert [text for text, _ in sentences(draft)] == [FIRST, f"{LONG} {REST}", THIRD]


def test_paragraphs_that_only_begin_further_in_are_told_apart() -> None:
    lines = wrapped([f"{FIRST} {LONG} and more", f"{THIRD} {THIRD}"], 50)
    runs, y, starts = [], 700.0, True
    for line in lines:
        if line:
            runs.append(Run(90 if starts else 72, y, line))
            y -= 14
        starts = not line
    draft = read_document("indented.pdf", pdf([runs]))
    assert draft.text.count("\n\n") == 1
    assert draft.text.startswith(f"{FIRST} {LONG} and more\n\n{THIRD}")


def test_a_title_that_only_a_program_gave_is_none() -> None:
    large = [Run(72, 780, "The accord, and", 20), Run(72, 756, "what it changes", 20), *column(wrapped([FIRST]))]
    assert read_document("a.pdf", pdf([large], title="Microsoft Word - draft7.docx")).title == (
        "The accord, and what it changes"
    )
    assert read_document("a.pdf", pdf([large], title="The accord")).title == "The accord"


def test_pages_without_text_are_told() -> None:
    draft = read_document("a.pdf", pdf([column(wrapped([FIRST])), [], column(wrapped([THIRD]))]))
    assert sentences(draft) == [(FIRST, 1), (THIRD, 3)]
    assert [(d.what, d.count, d.sample) for d in draft.dropped] == [(Omission.EMPTY_PAGES, 1, "2")]


def test_a_dateline_dates_a_pdf() -> None:
    draft = read_document("a.pdf", pdf([column(["The accord", "", "Nov. 5, 2023", "", *wrapped([FIRST])])]))
    assert draft.date == dt.date(2023, 11, 5)


# --- Word


def test_a_word_file_is_read_with_its_headings_and_tables() -> None:
    document = docx.Document()
    document.add_heading("The accord", 0)
    document.add_paragraph(f"{FIRST} {SECOND}")
    table = document.add_table(2, 2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells), ("Country", "Ships", "Vietnam", "3"), strict=True
    ):
        cell.text = text
    document.add_paragraph(THIRD)
    draft = read_document("accord.docx", saved(document))
    assert (draft.format, draft.unit, draft.title) == (Format.WORD, Unit.PARAGRAPH, "The accord")
    assert draft.text == f"The accord\n\n{FIRST} {SECOND}\n\nCountry | Ships\n\nVietnam | 3\n\n{THIRD}\n"
    assert sentences(draft)[1:3] == [(FIRST, 2), (SECOND, 2)]
    assert sentences(draft)[-1] == (THIRD, 5)


def test_what_was_inserted_into_a_word_file_is_read_and_what_was_deleted_is_not() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("The accord will ")
    inserted = docx.oxml.parse_xml(
        '<w:ins xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" w:id="1" w:author="a">'
        "<w:r><w:t>not </w:t></w:r></w:ins>"
    )
    deleted = docx.oxml.parse_xml(
        '<w:del xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" w:id="2" w:author="a">'
        "<w:r><w:delText>surely </w:delText></w:r></w:del>"
    )
    paragraph._p.append(inserted)
    paragraph._p.append(deleted)
    paragraph.add_run("end in April.")
    draft = read_document("a.docx", saved(document))
    assert draft.text == "The accord will not end in April.\n"
    assert [(d.what, d.count) for d in draft.dropped] == [(Omission.DELETIONS, 1)]


def test_headers_of_a_word_file_are_left_out_and_told() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Confidential"
    document.add_paragraph(FIRST)
    draft = read_document("a.docx", saved(document))
    assert "Confidential" not in draft.text
    assert [(d.what, d.count) for d in draft.dropped] == [(Omission.HEADERS, 1)]


# --- web pages

PAGE = f"""<!doctype html><html><head><meta charset="{{charset}}"><title>The accord | The Daily</title>
<meta property="og:title" content="The accord"><meta property="og:site_name" content="The Daily">
<meta property="article:published_time" content="2024-03-05T09:00:00+09:00"></head><body>
<nav><a href="/">Home</a> <a href="/world">World</a> <a href="/subscribe">Subscribe now</a></nav>
<article><h1>The accord</h1><p>{FIRST} {SECOND}</p><p>{THIRD}</p><p>{LONG} {REST}</p></article>
<aside>Most read: ten things to know about tea</aside><footer>Copyright 2024 The Daily</footer></body></html>"""


def test_a_web_page_is_read_without_what_surrounds_the_article() -> None:
    draft = read_document("accord.html", PAGE.format(charset="utf-8").encode())
    assert (draft.title, draft.date, draft.publisher) == ("The accord", dt.date(2024, 3, 5), "The Daily")
    assert sentences(draft)[-4:] == [(FIRST, 2), (SECOND, 2), (THIRD, 3), (f"{LONG} {REST}", 4)]
    assert not any(word in draft.text for word in ("Subscribe", "tea", "Copyright"))
    assert [d.what for d in draft.dropped] == [Omission.SURROUNDINGS]


@pytest.mark.parametrize(("declared", "encoding"), [("Shift_JIS", "cp932"), ("EUC-JP", "euc_jp"), ("utf-8", "utf-8")])
def test_a_web_page_is_read_in_the_encoding_it_declares(declared: str, encoding: str) -> None:
    text = (
        "日本とベトナムは月曜日、海上安全保障での協力を広げることで合意した。両国は十二月に再び会談する予定である。" * 3
    )
    page = PAGE.format(charset=declared).replace(THIRD, text)
    assert text in read_document("a.html", page.encode(encoding)).text


def test_a_date_to_come_is_no_date() -> None:
    page = PAGE.format(charset="utf-8").replace("2024-03-05", "2999-03-05")
    assert read_document("a.html", page.encode()).date is None


# --- texts


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_a_text_is_its_own_article_byte_for_byte(name: str) -> None:
    text = f"# The accord\r\n\r\n{FIRST}\r\n\r\nNov. 5, 2023\r\n"
    draft = read_document(name, text.encode())
    assert (draft.text, draft.title, draft.date, draft.unit) == (text, "The accord", dt.date(2023, 11, 5), None)
    assert draft.opening == ("# The accord", FIRST, "Nov. 5, 2023")


# --- limits and names


def test_a_document_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(
        DocumentError, match=r"^a\.txt cannot be added: reading it takes longer than 0\.01 seconds; split"
    ):
        read_document("a.txt", FIRST.encode(), ReadingLimits(seconds=0.01))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux caps address space for certain")
def test_a_document_that_takes_too_much_memory_is_given_up() -> None:
    with pytest.raises(DocumentError, match=r"takes too much memory|the reader ended"):
        read_document("a.docx", word(FIRST), ReadingLimits(memory=40_000_000))


def test_a_document_over_the_limit_is_not_even_opened() -> None:
    with pytest.raises(DocumentError, match=r"it is larger than 10 bytes; split it, or raise POLICYDESK_MAX_ARTICLE"):
        read_document("a.txt", FIRST.encode(), ReadingLimits(bytes=10))


@pytest.mark.parametrize(
    ("sent", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\docs\\report.pdf", "report.pdf"),
        ("..", "document"),
        ("", "document"),
        (".hidden.txt", "hidden.txt"),
        (".pdf", "document.pdf"),
        ("a\0b\x1b[31m\u202e.txt", "ab[31m.txt"),
        ('a<b>:"|?*.md', "a_b______.md"),
        ("CON.txt", "_CON.txt"),
        ("日本　ベトナム.pdf", "日本 ベトナム.pdf"),
        ("cafe\u0301.txt", "caf\u00e9.txt"),
        ("a.txt.", "a.txt"),
    ],
)
def test_a_name_that_was_sent_is_made_one_that_can_be_stored(sent: str, safe: str) -> None:
    assert file_name(sent) == safe


@pytest.mark.parametrize("sent", ["x" * 5_000 + ".pdf", "日" * 300 + ".docx", "a." + "b" * 500, "." * 500 + "a.txt"])
def test_a_long_name_is_cut_and_keeps_its_ending(sent: str) -> None:
    safe = file_name(sent)
    assert len(safe.encode()) <= 180
    assert safe.rpartition(".")[2][:4] in {"pdf", "docx", "bbbb", "txt"}
