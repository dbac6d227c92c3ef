"""Documents that are sent: their sentences come out whole, with the page or paragraph they stand on."""

import datetime as dt
import sys
from pathlib import Path

import docx
import pytest

from retrieval.documents.file_names import file_name
from retrieval.documents.models import Draft, Format, Omission, ReadingLimits
from retrieval.documents.reader import read_document
from retrieval.errors import DocumentError
from retrieval.models import Article, Original, Unit
from retrieval.reading.sentences import passages
from tests.support.documents import (
    AFTER,
    BEFORE,
    Run,
    column,
    pdf,
    run,
    saved,
    strict,
    web_page,
    word,
    word_body,
    word_table,
    wrapped,
)

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


def word_lines(*elements: str, numbering: str = "", styles: str = "") -> list[str]:
    """The paragraphs that a Word file is read as."""
    content = word_body(*elements, run("It ends."), numbering=numbering, styles=styles)
    return read_document("a.docx", content).text.rstrip().split("\n\n")[:-1]


RAISED = '<w:vertAlign w:val="superscript"/>'
DELETED_MARK = '<w:pPr><w:rPr><w:del w:id="1" w:author="a"/></w:rPr></w:pPr>'
MATH = "<m:oMath><m:r><m:t>0.6</m:t></m:r></m:oMath>"
BR = "<w:r><w:br/></w:r>"
READING, BASE = f"<w:rt>{run('かいじょうほあんちょう')}</w:rt>", f"<w:rubyBase>{run('海上保安庁')}</w:rubyBase>"
RUBY = f"<w:r><w:ruby><w:rubyPr/>{READING}{BASE}</w:ruby></w:r>"


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ([run("It ") + run("lapses", "<w:strike/>") + run(" lasts.")], ["It lasts."]),
        ([run("It ") + run("lapses", "<w:dstrike/>") + run(" lasts.", '<w:strike w:val="0"/>')], ["It lasts."]),
        ([run("It was ") + run("secretly ", "<w:vanish/>") + run("signed.")], ["It was signed."]),
        ([run("In 2023") + run("1", RAISED) + run(" it grew.") + run("2", RAISED)], ["In 2023 it grew."]),
        ([run("Some 10") + run("\u2212", RAISED) + run("6", RAISED) + run(" g.")], ["Some 10^\u22126 g."]),
        (
            [run("On 3 km") + run("2", RAISED) + run(" from the 5") + run("th", RAISED) + run(" on.")],
            ["On 3 km^2 from the 5th on."],
        ),
        (
            [run("Article 10") + run("3", RAISED) + run(" of the accord says so.")],
            ["Article 10 of the accord says so."],
        ),
        ([run("In 2023") + run("1", '<w:position w:val="6"/>') + run(" it grew.")], ["In 2023 it grew."]),
        ([run("In 2023¹ it grew by 10⁶ on 3 km².")], ["In 2023 it grew by 10⁶ on 3 km²."]),
        ([run("CO") + run("2", '<w:vertAlign w:val="subscript"/>') + run(" fell.")], ["CO2 fell."]),
        ([RUBY + run("は発表した。")], ["海上保安庁は発表した。"]),
        ([run("Who pays") + BR + run("Tonga pays for the boats.")], ["Who pays", "Tonga pays for the boats."]),
        (
            [run("The boats are paid for by") + BR + run("Tonga, as the accord") + BR + run("says.")],
            ["The boats are paid for by Tonga, as the accord says."],
        ),
        ([run("Day:") + "<w:r><w:ptab/></w:r>" + run("Monday in May.")], ["Day: Monday in May."]),
        ([run("It is ") + '<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>' + run(" 3.")], ["It is ≥ 3."]),
        (
            [run("It is 5 ") + '<w:r><w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr><w:t>\uf06d</w:t></w:r>' + run("m.")],
            ["It is 5 μm."],
        ),
        ([run("At least ") + MATH + run(" of it.")], ["At least [formula] of it."]),
        ([run("The share is"), f"<m:oMathPara>{MATH}</m:oMathPara>"], ["The share is [formula]"]),
        ([DELETED_MARK + run("The talks "), DELETED_MARK + run("go on "), run("in May.")], ["The talks go on in May."]),
        ([word_table([["Land"], ["Ships"]], [["Palau"], ["3"]])], ["Land | Ships", "Palau | 3"]),
        (
            [word_table([["They met in Hanoi on Monday.", "They left."], ["Tokyo"]])],
            ["They met in Hanoi on Monday.", "They left.", "Tokyo"],
        ),
        (
            [word_table([["Palau"], ["Radars", "Drones"]], [["Tonga"], ["It gets two boats in May. They are new."]])],
            ["Palau: Radars; Drones", "Tonga: It gets two boats in May. They are new."],
        ),
    ],
    ids=lambda value: value[0][-30:] if isinstance(value, list) else None,
)
def test_a_word_file_is_read_as_it_is_printed(elements: list[str], expected: list[str]) -> None:
    assert word_lines(*elements) == expected


def test_formats_of_a_word_file_may_be_those_of_styles() -> None:
    styles = (
        '<w:style w:type="character" w:styleId="Note"><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="Out"><w:basedOn w:val="Gone"/></w:style>'
        '<w:style w:type="character" w:styleId="Gone"><w:basedOn w:val="Out"/><w:rPr><w:strike/></w:rPr></w:style>'
    )
    text = (
        run("In 2023")
        + run("1", '<w:rStyle w:val="Note"/>')
        + run(" old", '<w:rStyle w:val="Out"/>')
        + run(" it grew.")
    )
    assert word_lines(text, styles=styles) == ["In 2023 it grew."]


def level(number: int, form: str, text: str) -> str:
    return f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'


def test_paragraphs_of_a_word_file_keep_the_numbers_they_are_printed_with() -> None:
    levels = [("decimal", "%1."), ("decimal", "%1.%2"), ("lowerLetter", "(%3)"), ("lowerRoman", "(%4)")]
    first = "".join(level(number, form, text) for number, (form, text) in enumerate(levels))
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{first}</w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="1">{level(0, "upperRoman", "Article %1")}</w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="2">{level(0, "bullet", "•")}</w:abstractNum>'
        + "".join(f'<w:num w:numId="{n + 1}"><w:abstractNumId w:val="{n}"/></w:num>' for n in range(3))
    )

    def numbered(text: str, depth: int = 0, number: int = 1) -> str:
        place = f'<w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/>'
        return f"<w:pPr><w:numPr>{place}</w:numPr></w:pPr>{run(text)}"

    elements = [
        numbered("Purpose", number=2), numbered("Ships report."), numbered("Ports record."),
        numbered("Boats do not.", 1),
        numbered("Rafts do not.", 2), numbered("Kayaks do not.", 2), numbered("Red ones do.", 3),
        numbered("Ports pay."),
        numbered("Ferries pay.", 1), numbered("No number.", number=3), numbered("Costs", number=2),
    ]  # fmt: skip
    assert word_lines(*elements, numbering=numbering) == [
        "Article I Purpose", "1. Ships report.", "2. Ports record.", "2.1 Boats do not.", "(a) Rafts do not.",
        "(b) Kayaks do not.", "(i) Red ones do.", "3. Ports pay.", "3.1 Ferries pay.", "No number.", "Article II Costs",
    ]  # fmt: skip


def test_a_strict_word_file_reads_like_any_other() -> None:
    sentence = run("It ") + run("lapses", "<w:strike/>") + run(" lasts, at ") + MATH + run(" or so.")
    content = word_body(sentence, run("It ends."))
    assert read_document("a.docx", strict(content)).text == "It lasts, at [formula] or so.\n\nIt ends.\n"


def test_a_sentence_of_which_a_part_is_missing_is_never_quoted() -> None:
    draft = read_document("a.docx", word_body(run("At least ") + MATH + run(" of it."), run("It ends.")))
    assert [text for text, _ in sentences(draft)] == ["It ends."]


def test_what_a_word_file_shows_struck_or_hidden_is_told() -> None:
    row = word_table([["Palau"], ["3"]], [["Tonga"], ["4"]]).replace(
        "<w:tr>", '<w:tr><w:trPr><w:del w:id="1"/></w:trPr>', 1
    )
    texts = [
        run("It ") + run("lap", "<w:strike/>") + run("ses", "<w:strike/>") + run(" lasts.1"),
        run("It was ") + run("secretly ", "<w:vanish/>") + run("signed.") + run("4", RAISED),
        RUBY + run("は発表した。") + MATH + run("。"),
    ]
    dropped = {d.what: (d.count, d.sample) for d in read_document("a.docx", word_body(*texts, row)).dropped}
    assert dropped == {
        Omission.STRUCK: (1, "lap"),
        Omission.HIDDEN: (1, "secretly"),
        Omission.NOTE_MARKS: (1, "4"),
        Omission.READINGS: (1, "かいじょうほあんちょう"),
        Omission.DELETIONS: (1, "Palau3"),
        Omission.FORMULAS: (1, ""),
    }


# --- web pages

PAGE = f"""<!doctype html><html><head><meta charset="{{charset}}"><title>The accord | The Daily</title>
<meta property="og:title" content="The accord"><meta property="og:site_name" content="The Daily">
<meta property="article:published_time" content="2024-03-05T09:00:00+09:00">
<link rel="canonical" href="https://daily.example/accord"></head><body>
<nav><a href="/">Home</a> <a href="/world">World</a> <a href="/subscribe">Subscribe now</a></nav>
<article><h1>The accord</h1><p>{FIRST} {SECOND}</p><p>{THIRD}</p><p>{LONG} {REST}</p></article>
<aside>Most read: ten things to know about tea</aside><footer>Copyright 2024 The Daily</footer></body></html>"""


def test_a_web_page_is_read_without_what_surrounds_the_article() -> None:
    draft = read_document("accord.html", PAGE.format(charset="utf-8").encode())
    assert (draft.title, draft.date, draft.publisher) == ("The accord", dt.date(2024, 3, 5), "The Daily")
    assert draft.url == "https://daily.example/accord"
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


def web_lines(body: str, language: str = "en") -> list[str]:
    """The paragraphs that the body of a web page is read as."""
    title, before, *lines, after = read_document("a.html", web_page(body, language)).text.rstrip().split("\n\n")
    assert (title, before, after) == ("The ports", BEFORE, AFTER)
    return lines


FOLDED_FIRST = "The ministers met in Hanoi and agreed that the work on the ports of Tonga will go on for ten years."
FOLDED = """<pre>
    The ministers met in Hanoi and agreed that the work on the ports of
Tonga will go on for ten years. They asked the officials of both of the
Parties to report.
    A second paragraph is set in, and runs over to
the next line.

  (1) Each Party keeps records of the ships at its
      ports.
  (2) Each Party reports them.
</pre>"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>It <del>lapses</del> <ins>lasts</ins> for ten years.</p>", ["It lasts for ten years."]),
        ("<p>It <s>lapses</s> lasts.</p><p><strike>It is void.</strike></p>", ["It lasts."]),
        ('<p>It <span style="text-decoration: line-through">lapses</span> lasts.</p>', ["It lasts."]),
        ("<p>It was <span hidden>secretly</span> signed.</p>", ["It was signed."]),
        ('<p>It was <span aria-hidden="true">secretly</span> signed.</p>', ["It was signed."]),
        ('<p>It was signed.</p><div style="color:red; display:none"><p>It was void.</p></div>', ["It was signed."]),
        ('<p>It was signed.</p><p style="visibility:hidden">It was void.</p>', ["It was signed."]),
        (
            '<p>It was <span class="sr-only">secretly</span> signed.</p><template><p>No.</p></template>',
            ["It was signed."],
        ),
        (
            "<p>In 2023<sup>1</sup> it grew.<sup>[2]</sup> It ended<sup>*</sup> there.</p>",
            ["In 2023 it grew. It ended there."],
        ),
        (
            '<p>It grew.<sup><a href="#n2">2</a></sup> It<a href="#n3"><sup>3</sup></a> ended.</p>',
            ["It grew. It ended."],
        ),
        (
            '<p>It grew in 2023.<a class="footnote-ref" href="#n2" role="doc-noteref">2</a> So.</p>',
            ["It grew in 2023. So."],
        ),
        ('<p>It grew in 2023<span style="vertical-align: super">4</span> too.</p>', ["It grew in 2023 too."]),
        (
            "<p>Some 10<sup>6</sup> boats on 3 km<sup>2</sup> since the 5<sup>th</sup> of May.</p>",
            ["Some 10^6 boats on 3 km^2 since the 5th of May."],
        ),
        (
            "<p>Article 10<sup>3</sup> and 1.5×10<sup>-6</sup> g of CO<sub>2</sub>.</p>",
            ["Article 10 and 1.5×10^-6 g of CO2."],
        ),
        (
            "<p>It was signed in Hanoi<br>on Monday by the two, who<br>had met before.</p>",
            ["It was signed in Hanoi on Monday by the two, who had met before."],
        ),
        (
            "<p><b>Who pays</b><br>Tonga pays.<br><br>When to pay<br/>It pays in May.</p>",
            ["Who pays", "Tonga pays.", "When to pay", "It pays in May."],
        ),
        ("<h2>The Next<br>Steps</h2><p>In 2023¹ it grew by 10⁶.²</p>", ["The Next Steps", "In 2023 it grew by 10⁶."]),
        ('<div>It <div style="display: inline">goes</div> on.</div>', ["It goes on."]),
        ("<p>Ministry of Ports<br>12 Harbour Road<br>Apia</p>", ["Ministry of Ports", "12 Harbour Road", "Apia"]),
        (
            "<blockquote>It was signed in Hanoi\nby\n   the two ministers.</blockquote>",
            ["It was signed in Hanoi by the two ministers."],
        ),
        (
            "<p>両国の大臣は<br>月曜日に会談した。</p><p>合意は\n十年続く。</p>",
            ["両国の大臣は月曜日に会談した。", "合意は十年続く。"],
        ),
        (
            FOLDED,
            [
                f"{FOLDED_FIRST} They asked the officials of both of the Parties to report.",
                "A second paragraph is set in, and runs over to the next line.",
                "(1) Each Party keeps records of the ships at its ports.",
                "(2) Each Party reports them.",
            ],
        ),
        (
            "<div>It runs for ten years.<div>It may be renewed.</div>Both must agree.</div>",
            ["It runs for ten years.", "It may be renewed.", "Both must agree."],
        ),
        (
            '<div>Tonga agreed.<span style="display:block">Palau did not.</span></div>',
            ["Tonga agreed.", "Palau did not."],
        ),
        (
            "<section>It runs for <a href='/t'>ten</a> years.<p>It may end.</p></section>",
            ["It runs for ten years.", "It may end."],
        ),
        ("<p>She called it <q>a <q>real</q> start</q> for all.</p>", ["She called it “a ‘real’ start” for all."]),
        ('<p lang="ja">大臣は<q>重要だ</q>と述べた。</p>', ["大臣は「重要だ」と述べた。"]),
        (
            "<p>It is at least <math><mn>3</mn></math> or \\(x^2\\) per cent.</p>",
            ["It is at least [formula] or [formula] per cent."],
        ),
        (
            '<p>It is at least <img src="f.png" alt="3 %"> of it. <img src="a.jpg" alt="A ship"></p>',
            ["It is at least [picture] of it."],
        ),
        (
            (
                '<p>It is <span class="mwe-math-element"><span style="display:none"><math><mn>3</mn></math></span>'
                '<img src="3.svg" aria-hidden="true"></span> per cent.</p>'
            ),
            ["It is [formula] per cent."],
        ),
        (
            '<p>The share is</p><div class="katex-display">x</div><p>where x is aid.</p>',
            ["The share is [formula]", "where x is aid."],
        ),
        ('<p>It was won by <img src="p.png" alt=""> Palau.</p>', ["It was won by Palau."]),
        ("<p><ruby>防衛省<rp>(</rp><rt>ぼうえいしょう</rt><rp>)</rp></ruby>は発表した。</p>", ["防衛省は発表した。"]),
        ("<p>in<wbr>ter<!-- no -->est &shy;rose.</p>", ["interest rose."]),
        (
            (
                "<ul><li>Ships report.</li><li>Ports <ul><li>record</li></ul></li></ul><ol "
                "start='3'><li>Both pay.</li></ol>"
            ),
            ["- Ships report.", "- Ports", "- record", "3. Both pay."],
        ),
        (
            "<table><tr><th>Land</th><th>2023</th></tr><tr><td>Palau</td><td>100<sup>a</sup></td></tr></table>",
            ["Land | 2023", "Palau | 100"],
        ),
        (
            (
                "<table><tr><td>Palau</td><td><ul><li>Radars</li><li>Drones</li></ul></td></tr>"
                "<tr><td>Tonga</td><td>It gets two boats. They are new.</td></tr></table>"
            ),
            ["Palau: Radars; Drones", "Tonga: It gets two boats. They are new."],
        ),
        (
            (
                "<table><tr><td>They met in Hanoi on Monday, and left.<br><br>They will meet again.</td><td>"
                "<p>Officials meet twice a year in Tokyo.</p>"
                "<table><tr><td>Ships</td><td>3</td></tr></table></td></tr></table>"
            ),
            [
                "They met in Hanoi on Monday, and left.",
                "They will meet again.",
                "Officials meet twice a year in Tokyo.",
                "Ships | 3",
            ],
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_a_web_page_is_read_as_a_browser_shows_it(body: str, expected: list[str]) -> None:
    assert web_lines(body) == expected


def test_what_a_web_page_shows_deleted_or_hides_is_told() -> None:
    body = (
        "<p>It <del>lapses</del> <s>ends</s> lasts in 2023<sup>1</sup>, at <math><mn>3</mn></math> "
        "<ruby>年<rt>ねん</rt></ruby>.</p><p hidden>It was void.</p>"
    )
    dropped = {d.what: (d.count, d.sample) for d in read_document("a.html", web_page(body)).dropped}
    assert dropped == {
        Omission.DELETIONS: (1, "lapses"),
        Omission.STRUCK: (1, "ends"),
        Omission.NOTE_MARKS: (1, "1"),
        Omission.READINGS: (1, "ねん"),
        Omission.HIDDEN: (1, "It was void."),
        Omission.FORMULAS: (1, ""),
    }


SHOWN, HIDDEN = "<p>They met in Hanoi on Monday.</p>", "They never met at all."


@pytest.mark.parametrize(
    ("sheet", "part"),
    [
        (".x{display:none}", "<p class='a x'>{}</p>"),
        ("#x { color:red; DISPLAY : none !important }", "<p id=x>{}</p>"),
        ("aside, .y, p.x#z{visibility:hidden}", "<div><p class=x id=z>{}</p></div>"),
        ("@charset 'x'; /* .x{display:block} */ .x{display:none} p{display:block}", "<p class=x>{}</p>"),
        (".x{display:block}.x{display:none}", "<p class=x>{}</p>"),
    ],
)
def test_what_a_style_sheet_of_the_page_hides_is_not_read(sheet: str, part: str) -> None:
    draft = read_document("a.html", web_page(f"<style>{sheet}</style>{SHOWN}{part.format(HIDDEN)}"))
    assert HIDDEN not in draft.text
    assert [(d.count, d.sample) for d in draft.dropped if d.what is Omission.HIDDEN] == [(1, HIDDEN)]


@pytest.mark.parametrize(
    ("sheet", "part"),
    [
        (".x{display:none}", "<p class=xy>{}</p>"),
        (".x.y{display:none}", "<p class=x>{}</p>"),
        (".x{display:none}.x{display:block}", "<p class=x>{}</p>"),
        ("#x{display:block}.x{display:none}", "<p class=x id=x>{}</p>"),
        (".x{display:none}", "<p class=x style='display:block'>{}</p>"),
        ("@media print{.x{display:none}}", "<p class=x>{}</p>"),
        (".menu .x{display:none}.x:hover{display:none}", "<p class=x>{}</p>"),
        (".x{display:none}.open > .x[data-y]{display:block}", "<div class=open><p class=x data-y=1>{}</p></div>"),
        ("{{{ .x{display:none", "<p class=x>{}</p>"),
    ],
)
def test_what_a_style_sheet_hides_elsewhere_or_shows_again_is_read(sheet: str, part: str) -> None:
    draft = read_document("a.html", web_page(f"<style>{sheet}</style>{SHOWN}{part.format(HIDDEN)}"))
    assert HIDDEN in draft.text


def test_what_a_page_hides_outside_its_article_is_not_told() -> None:
    page = PAGE.format(charset="utf-8").replace(
        '<a href="/world">', "<b hidden>Menu</b><b hidden>Close</b><a href='/w'>"
    )
    page = page.replace("</footer>", "<i hidden>Imprint</i></footer>")
    assert [d.what for d in read_document("a.html", page.encode()).dropped] == [Omission.SURROUNDINGS]


def test_a_page_that_a_dialog_covered_when_it_was_saved_is_read() -> None:
    page = web_page(f"<p>{FIRST}</p>").decode().replace("<article>", '<article aria-hidden="true">')
    assert FIRST in read_document("a.html", page.encode()).text


def test_an_old_page_that_is_one_table_is_read_without_its_menu() -> None:
    page = (
        "<html><head><title>Statement</title></head><body><table>"
        "<tr><td><a href='/'>Home</a><br><a href='/n'>News</a></td>"
        f"<td><h2>Joint statement</h2><p>Apia, 27 November 2023</p>{FIRST}<br><br>{THIRD}</td></tr>"
        "</table></body></html>"
    )
    text = read_document("a.html", page.encode()).text
    assert text == f"Joint statement\n\nApia, 27 November 2023\n\n{FIRST}\n\n{THIRD}\n"


# --- inputs that came out wrong

SHARED = next((p / "shared/cases/documents" for p in Path(__file__).parents[3:] if (p / "shared/cases").is_dir()), None)
PORTS = [
    (
        "The two governments have worked together on the safety of ports for more than ten years, and officials of"
        " both say that the work has been useful to the crews of many ships."
    ),
    (
        "A further round of talks is planned for the spring, when the ministers of both countries are to meet again"
        " in the capital to discuss what has been done."
    ),
    "The two governments have worked together on the safety of ports for more than ten years.",
    "A further round of talks is planned for the spring.",
]


@pytest.mark.skipif(SHARED is None, reason="the folder shared/cases/documents is not beside this checkout")
@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("20-web-deleted.html", ["The grant is worth 3 billion yen.", "It will not end in 2027."]),
        (
            "21-web-sup.html",
            ["Spending rose to 43 trillion yen in 2023 and is to reach 10^6 units by 2027.", "The plan was approved."],
        ),
        (
            "22-web-br.html",
            ["The accord was signed in Hanoi on Monday by the two ministers, who had met twice before."],
        ),
        (
            "22-web-source-newline.html",
            ["The accord was signed in Hanoi on Monday by the two ministers, who had met twice before."],
        ),
        (
            "23-web-layout-table.html",
            [
                "Joint statement on ports",
                (
                    "The two ministers met on Monday in Tokyo and agreed to widen their work on "
                    "the safety of ports in the region."
                ),
                (
                    "Officials are to meet twice a year, in Tokyo and in Hanoi, and to report "
                    "to the ministers each spring."
                ),
            ],
        ),
        ("23-web-table.html", ["Fiji: Boats worth 400 million yen.", "Delivered in 2024."]),
        ("24-web-q.html", ["The minister called it “a turning point” for the region and for its ports."]),
        ("25-web-formula.html", []),
        (
            "26-web-div-text.html",
            ["The accord runs for ten years.", "It may be renewed once.", "Both sides must agree in writing."],
        ),
        (
            "30-word-superscript.docx",
            ["Spending rose to 43 trillion yen in 2023 and is to reach 10^6 units by 2027.", "The plan is law."],
        ),
        ("31-word-struck.docx", ["The accord will not end in 2027."]),
        ("32-word-formula.docx", []),
        ("33-word-line-breaks.docx", ["Japan pays for the boats.", "Talks resume in May."]),
        (
            "34-word-layout-table.docx",
            ["The ministers met on Monday in Hanoi", "They agreed to meet again.", "They left."],
        ),
        ("35-word-ruby.docx", ["防衛省は月曜日に発表した。"]),
        ("37-word-mark-deleted.docx", ["The ministers agreed to meet again in May."]),
    ],
)
def test_shared_cases_of_web_pages_and_word_files_come_out_whole(file: str, expected: list[str]) -> None:
    assert SHARED
    draft = read_document(file, (SHARED / file).read_bytes())
    assert "|" not in draft.text
    quoted = [text for text, _ in sentences(draft)]
    assert [text for text in quoted if text in expected] == expected
    headings = {draft.title, "Joint statement on ports", "Tokyo, 27 November 2023", "Next steps"}
    mentioned = [text for text in quoted if text not in [*PORTS, *headings, *expected]]
    assert [text for text in mentioned if not text.startswith(("Recipient:", "Malaysia:", "Costs", "Summary"))] == []


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
