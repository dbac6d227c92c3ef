"""PDFs as programs make them: each sentence comes out as its readers read it, and what is left out is told."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from retrieval.documents.models import Draft, Omission, ReadingLimits
from retrieval.documents.ocr import recognize
from retrieval.documents.reader import read_document
from retrieval.documents.store import keep
from retrieval.errors import DocumentError
from retrieval.reading.articles import read_folder
from retrieval.reading.sentences import passages
from tests.retrieval.articles.pdf_files import at, below, beside, drawn, scan, sideways, unseen
from tests.support.documents import Run, column, pdf, wrapped

CASES = Path(__file__).parents[4] / "shared" / "cases" / "documents"
HEADLINE = at(72, 800, "Report on the harbours", 18)
LEFT = [
    "The council looked at the yearly",
    "report on the harbours and passed",
    "it by a clear show of all hands.",
    "It sits in June.",
]
RIGHT = [
    "The sum for the next year is to be",
    "larger than this year's by a third",
    "as the treasurer had asked.",
    "All agreed.",
]
PROSE = [
    "Both ministries have looked after the harbours together for more than a decade and",
    "say that the crews of many a ship have gained by it. In May they settled on a plan",
    "that each of the ministers called a sound base for the years ahead and the training of",
]
NEXT = ["divers at the northern harbour, where the first vessels are due. It ends in 2034."]


def read(*pages: str, title: str = "", letters: str = "", entries: str = "") -> Draft:
    return read_document("report.pdf", drawn(pages, title=title, letters=letters, entries=entries))


def text(*pages: str, letters: str = "", entries: str = "") -> str:
    return read(*pages, letters=letters, entries=entries).text


def told(draft: Draft) -> Mapping[Omission, int]:
    return {omitted.what: omitted.count for omitted in draft.dropped}


# --- order


def test_columns_that_were_drawn_row_by_row_are_read_down() -> None:
    assert text(HEADLINE + beside(LEFT, RIGHT)) == (
        "Report on the harbours\n\n"
        "The council looked at the yearly report on the harbours and passed it by a clear show of all hands."
        " It sits in June.\n\n"
        "The sum for the next year is to be larger than this year's by a third as the treasurer had asked."
        " All agreed.\n"
    )


def test_three_columns_below_a_line_across_and_above_another() -> None:
    columns = [[f"{name} column has its text in lines" for _ in range(3)] for name in ("First", "Second", "Third")]
    drawing = at(72, 800, "A headline that stands over all three of the columns of the page below", 13)
    for n in range(3):
        drawing += "".join(at(50 + 180 * c, 760 - 12 * n, columns[c][n], 8) for c in range(3))
    drawing += at(50, 600, "A closing line that runs below all of the columns, from one side of the page to the other")
    read_text = text(drawing)
    assert [read_text.index(word) for word in ("headline", "First", "Second", "Third", "closing")] == sorted(
        read_text.index(word) for word in ("headline", "First", "Second", "Third", "closing")
    )
    assert "First column has its text in lines First column" in read_text


def test_the_rows_of_a_table_are_read_across_each_by_itself() -> None:
    rows = [("Harbour", "Ships"), ("North", "12"), ("South", "7"), ("East", "31")]
    table = "".join(at(72, 700 - 16 * n, a) + at(300, 700 - 16 * n, b) for n, (a, b) in enumerate(rows))
    assert text(below(PROSE[:2], top=780) + table).endswith("Harbour Ships\n\nNorth 12\n\nSouth 7\n\nEast 31\n")


def test_pieces_of_one_baseline_are_one_line() -> None:
    """Drawn word by word, each at its own place, as word processors in the browser do."""
    words = "The council met the harbour master Ito on Monday".split()
    drawing, x = HEADLINE, 72.0
    for word in words:
        drawing += at(x, 770, word)
        x += 6.5 * len(word) + 3
    drawing += at(72, 756, "and agreed.")
    assert "The council met the harbour master Ito on Monday and agreed." in text(drawing)


def test_pieces_of_a_japanese_line_are_joined_without_spaces() -> None:
    letters = "港湾の安全を守る協力"
    codes = "ABCDEFGHIJ"
    drawing = "".join(at(72 + 8 * n, 770, code, 11, "F3") for n, code in enumerate(codes))
    assert text(HEADLINE + drawing, letters=letters).endswith(f"\n\n{letters}\n")


def test_a_page_turned_sideways_is_read_along_its_text() -> None:
    page = "".join(sideways(100 + 14 * n, 72, line) for n, line in enumerate(PROSE[:2]))
    assert text(page, entries="/Rotate 90") == f"{PROSE[0]} {PROSE[1]}\n"


def test_japanese_set_vertically_is_read_from_right_to_left() -> None:
    letters = "港湾の安全を守る協力"
    codes = ["ABCDE", "FGHIJ"]
    page = "".join(
        at(400 - 20 * n, 700 - 11 * k, code, 11, "F3") for n, line in enumerate(codes) for k, code in enumerate(line)
    )
    assert text(page, letters=letters) == f"{letters}\n"


def test_a_stamp_along_the_margin_is_left_out_and_told() -> None:
    draft = read(HEADLINE + below(PROSE) + sideways(30, 200, "Copy 7 of 12"))
    assert "Copy" not in draft.text
    assert told(draft) == {Omission.ASKEW: len("Copy 7 of 12")}


# --- around the text


def test_a_sentence_goes_on_behind_the_notes_at_the_foot() -> None:
    notes = ["1 Harbour Ministry, Yearly Report, Hanoi, 2022, page 41.", "2 See the annex, which lists the vessels."]
    first = HEADLINE + below(PROSE) + below(notes, top=90, leading=10, size=8)
    draft = read(first, below(NEXT, top=800))
    assert f"{' '.join(PROSE)} {NEXT[0]}" in draft.text
    assert draft.text.endswith(f"\n\n{notes[0]}\n\n{notes[1]}\n")
    assert (told(draft)[Omission.MOVED_NOTES], draft.numbers[-2:]) == (2, (2, 1))


def test_marks_of_notes_are_left_out_and_powers_stay() -> None:
    drawing = HEADLINE + at(72, 770, "The cost was put at 43 million in 2031") + at(264, 774, "12", 6)
    drawing += at(275, 770, "and at 10") + at(323, 774, "6", 6) + at(330, 770, "units; the 20") + at(392, 774, "th", 6)
    drawing += at(402, 770, "ship came.")
    draft = read(drawing)
    assert "The cost was put at 43 million in 2031 and at 10⁶ units; the 20th ship came." in draft.text
    assert told(draft) == {Omission.NOTE_MARKS: 1}


@pytest.mark.parametrize("apart", [True, False])
def test_the_numbers_of_a_transcripts_lines_are_left_out_and_told(apart: bool) -> None:
    lines = ["MR. SATO: The vessels will come in the", "autumn, and the divers will be taught at", "the harbour."]
    lines += ["THE CHAIR: Thank you. And has the plan", "been shown to the public?", "MR. SATO: It has."]
    drawing = HEADLINE
    for n, line in enumerate(lines):
        y = 740 - 22 * n
        drawing += at(50, y, str(n + 1)) + at(90, y, line) if apart else at(50, y, f"{n + 1}  {line}")
    draft = read(drawing)
    assert "The vessels will come in the autumn, and the divers will be taught at the harbour." in draft.text
    assert told(draft) == {Omission.LINE_NUMBERS: 6}


def test_a_list_that_is_numbered_keeps_its_numbers() -> None:
    draft = read(
        HEADLINE + below([f"{n} Harbour of the {name}" for n, name in enumerate(["North", "South", "East", "West"], 1)])
    )
    assert "1 Harbour of the North" in draft.text
    assert Omission.LINE_NUMBERS not in told(draft)


def test_numbers_of_pages_are_left_out() -> None:
    pages = [below(lines, top=780) + at(290, 30, f"- {n} -") for n, lines in ((4, PROSE), (5, NEXT))]
    draft = read(*pages)
    assert "- 4 -" not in draft.text
    assert told(draft) == {Omission.RUNNING_LINES: 2}


# --- words


@pytest.mark.parametrize(
    ("end", "start", "whole"),
    [
        ("the order AB–2020–", "0686 was given", "AB–2020–0686"),
        ("the years 2019–", "2020 were dry", "2019–2020"),
        ("ties that are old—", "and good", "old—and"),
        ("ties that are old", "—and good", "old—and"),
        ("a harbour – ", "and a yard", "harbour – and"),
        ("see https://example.org/", "ports/list.html", "example.org/ports/list.html"),
        ("write to harbour@", "example.org today", "harbour@example.org"),
        ("the 5-", "year plan", "5-year"),
        ("the F-", "16 landed", "F-16"),
        ("the two-", "year plan", "two-year"),
        ("the Japan-", "Vietnam accord", "Japan-Vietnam"),
        ("the har-", "bour", "harbour"),
        ("mid- ", "and long-term aims", "mid- and long-term"),
    ],
)
def test_what_stands_at_a_lines_end_goes_over_into_the_next(end: str, start: str, whole: str) -> None:
    assert whole in text(
        HEADLINE + below(["The council said of this matter that", end, f"{start} as the harbour is.", *PROSE])
    )


def test_a_word_drawn_letter_by_letter_is_one_word() -> None:
    widths = {"t": 3.06, "h": 6.12, "e": 6.12, "r": 3.66, "a": 6.12, "i": 2.44, "s": 5.5}
    drawing, x = "", 72.0
    for letter in "thetreaties":
        drawing += at(x, 770, letter)
        x += widths[letter] + (3.1 if x < 73 + 15 and letter == "e" else 0.15)
    assert "the treaties" in text(HEADLINE + drawing)


def test_letters_set_apart_are_words_all_the_same() -> None:
    drawing = "BT /F1 11 Tf 2 Tc 72 770 Td (The harbour opens.) Tj ET\n"
    assert "The harbour opens." in text(HEADLINE + drawing)


def test_text_drawn_twice_to_look_bold_is_read_once() -> None:
    drawing = "".join(at(72 + shift, 770, "All harbours will fully open.") for shift in (0, 0.4))
    assert text(HEADLINE + drawing).endswith("\n\nAll harbours will fully open.\n")


def test_radicals_are_read_as_the_characters_they_look_like() -> None:
    assert text(HEADLINE + at(72, 770, "ABCDEF", 11, "F3"), letters="⾸相は⽉曜⽇").endswith("首相は月曜日\n")


def test_letters_without_a_meaning_are_not_passed_over() -> None:
    with pytest.raises(DocumentError, match="letters cannot be told apart"):
        read(at(72, 770, "ABABABAB", 11, "F3"), letters="\ue000")


# --- titles


@pytest.mark.parametrize(
    "stated",
    [
        "10811.exe",
        "Microsoft Word - draft7.doc",
        "untitled",
        "harbour_report_v2",
        "Unnamed-test-doc",
        "Another paper altogether",
    ],
)
def test_a_title_that_says_nothing_of_the_page_is_none(stated: str) -> None:
    assert read(HEADLINE + below(PROSE), title=stated).title == "Report on the harbours"


def test_a_title_that_the_page_bears_out_is_one() -> None:
    stated = "Report on the harbours of the north"
    assert read(HEADLINE + below(PROSE), title=stated).title == stated


@pytest.mark.parametrize("stamp", ["DRAFT", "FINAL", "MEMORANDUM", "2024"])
def test_a_stamp_in_the_largest_letters_is_no_title(stamp: str) -> None:
    assert read(at(200, 820, stamp, 30) + HEADLINE + below(PROSE)).title == "Report on the harbours"


# --- pages of pictures


def test_a_scan_is_said_to_be_one_with_the_cure() -> None:
    with pytest.raises(DocumentError, match=r"it is scanned: .*run text recognition over it \(ocrmypdf\)"):
        read_document("scan.pdf", scan())


def test_text_that_recognition_wrote_over_a_picture_is_known_as_such(tmp_path: Path) -> None:
    content = drawn([unseen(column(wrapped([" ".join(PROSE) + " " + NEXT[0]])))])
    draft = read_document("scan.pdf", content)
    keep(draft, content, tmp_path)
    (article,), _ = read_folder(tmp_path)
    assert all(passage.original and passage.original.ocr for passage in passages(article))


@pytest.fixture
def ocrmypdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A program of that name on the path, which does what its script says."""

    def install(script: str) -> None:
        program = tmp_path / "ocrmypdf"
        program.write_text(f"#!{sys.executable}\nimport sys, time\n{script}\n")
        program.chmod(0o755)

    monkeypatch.setenv("PATH", str(tmp_path))
    return install


def test_recognition_is_left_to_ocrmypdf(ocrmypdf: Callable[[str], None], tmp_path: Path) -> None:
    (tmp_path / "read.pdf").write_bytes(pdf([[Run(72, 700, PROSE[0])]]))
    ocrmypdf(f"open(sys.argv[-1], 'wb').write(open({str(tmp_path / 'read.pdf')!r}, 'rb').read())")
    assert recognize("scan.pdf", scan()) == (tmp_path / "read.pdf").read_bytes()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("sys.exit(3)", r"needs ocrmypdf with its languages.*apt install ocrmypdf tesseract-ocr-eng"),
        (
            "print('InputFileError: no PDF', file=sys.stderr); sys.exit(2)",
            r"could not read it \(InputFileError: no PDF\)",
        ),
        ("time.sleep(60)", r"takes longer than 1 seconds"),
    ],
)
def test_what_ocrmypdf_cannot_do_is_said(ocrmypdf: Callable[[str], None], script: str, said: str) -> None:
    ocrmypdf(script)
    with pytest.raises(DocumentError, match=said):
        recognize("scan.pdf", scan(), seconds=1)


@pytest.mark.usefixtures("ocrmypdf")
def test_a_missing_ocrmypdf_is_said_with_the_line_that_installs_it() -> None:
    with pytest.raises(
        DocumentError, match="apt install ocrmypdf tesseract-ocr-eng tesseract-ocr-jpn tesseract-ocr-vie"
    ):
        recognize("scan.pdf", scan())


# --- the cases that were found


@pytest.mark.skipif(not CASES.is_dir(), reason=f"the cases are not at {CASES}")
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("chrome-print", "首相は月曜日にハノイに到着した。"),
        ("chrome-print", "Spending is to reach 43 trillion yen by 2027."),
        (
            "pdf-columns-rows",
            "The committee reviewed the annual report on the safety of ports and approved it without a vote.",
        ),
        (
            "pdf-columns-rows",
            "The budget for the coming year is larger than that of the last one by a fifth, as the minister proposed.",
        ),
        (
            "pdf-endash",
            "AB–2020–0686 and was given in the years 2019–2020 by the ministry, see https://www.example.org/ports/list.html",
        ),
        (
            "pdf-endash",
            "the F-16 and the two-year plan are meant, as are the 5-year plan and the Japan-Vietnam accord",
        ),
        (
            "pdf-footnotes",
            "the years to come and for the training of crews in the port of Da Nang, where the first boats are",
        ),
        ("pdf-google-docs", "Prime Minister Ito Ken met Minister Ruiz in Hanoi on Monday."),
        (
            "pdf-line-numbers",
            "The boats will be handed over in the spring, and the crews will be trained in the port of Da Nang.",
        ),
        (
            "pdf-runs",
            "The accord was signed on Monday by Prime Minister Ito Ken and by his host, who had met him twice",
        ),
        ("pdf-superscript", "43 trillion yen by 2027 and the number of boats is to rise to twelve."),
    ],
)
def test_the_cases_come_out_as_expected(name: str, sentence: str) -> None:
    draft = read_document(f"{name}.pdf", (CASES / f"{name}.pdf").read_bytes())
    assert sentence in draft.text


def test_memory_stays_within_the_limit_for_a_long_document() -> None:
    """Under a quarter of the address space that a reading process may have beyond what it needs to start."""
    pages = [column(wrapped([f"{' '.join(PROSE)} {NEXT[0]}"] * 4)) for _ in range(60)]
    assert read_document("long.pdf", pdf(pages), ReadingLimits(memory=160_000_000)).numbers[-1] == 60
