"""A brief as a Word file: headings, a table for figures, real footnotes, and its proof record beside the text."""

import datetime as dt
from functools import cache
from io import BytesIO

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from prompts.brief.document import BriefDocument, BriefLine, BriefSection
from prompts.brief.footnotes import FOOTNOTE_REFERENCE, FOOTNOTE_TEXT, Footnotes, bookmarked, link_to, put_record
from retrieval.brief.aspects import Aspect

QUOTE = "Brief Quote"
"""The style of the characters of every quote, by which they are found again."""
_ACCENT, _SOFT = RGBColor(0x1F, 0x3A, 0x5F), RGBColor(0x5B, 0x64, 0x70)
_KEPT = frozenset({
    "Normal", "Default Paragraph Font", "Normal Table", "No List", "Title", "Subtitle", "Heading 1", "Heading 2",
    "List Bullet", "Footer", "Header",
})  # fmt: skip
"""The styles of python-docx's own template that a brief uses."""
_FONT, _EAST_ASIAN = "Calibri", "Yu Gothic"


def word_file(document: BriefDocument, command: str, made_at: dt.datetime) -> bytes:
    """Return a brief as a Word file that holds its proof record.

    Args:
        document: The brief.
        command: The command that checks it.
        made_at: When it is made.
    """
    writer = _Writer(document)
    writer.write(command)
    properties = writer.file.core_properties
    properties.title, properties.author, properties.comments = document.title, "policydesk", ""
    properties.created = properties.modified = made_at.replace(tzinfo=None, microsecond=0)
    content = BytesIO()
    writer.file.save(content)
    return content.getvalue()


@cache
def _template() -> bytes:
    """An empty brief with its styles and its page, which take longer to set than a brief to write."""
    file, content = docx.Document(), BytesIO()
    _set_styles(file)
    _set_page(file)
    file.save(content)
    return content.getvalue()


class _Writer:
    """Writes one brief."""

    def __init__(self, brief: BriefDocument) -> None:
        self.file: Document = docx.Document(BytesIO(_template()))
        self._brief, self._words = brief, brief.words
        self._notes = Footnotes(self.file)
        self._by_number = {note.number: note for note in brief.notes}

    def write(self, command: str) -> None:
        brief = self._brief
        self.file.add_paragraph(brief.title, style="Title")
        self.file.add_paragraph(brief.subtitle, style="Subtitle")
        self.file.add_paragraph(self._words["verbatim"], style="Brief Remark")
        for heading, lines in brief.changes:
            self._heading(heading)
            for line in lines:
                self.file.add_paragraph(line, style="List Bullet")
        for section in brief.sections:
            self._section(section)
        self._questions()
        self._sources()
        self._heading(self._words["check"])
        verify = self._words["verify"].format(command=command)
        self.file.add_paragraph(f"{brief.made} {verify}", style="Brief Remark")
        self.file.add_paragraph(f"{self._words['proof']}: {brief.record.hash}", style="Brief Remark")
        put_record(self.file, brief.record.text())

    def _heading(self, text: str, level: int = 1) -> None:
        self.file.add_heading(text, level)

    def _section(self, section: BriefSection) -> None:
        self._heading(section.heading)
        for group in section.contrasts:
            self._heading(self._words["differ"], 2)
            table = self._table(len(group), ())
            for cell, line in zip(_new_row(table), group, strict=True):
                self._quote(cell.paragraphs[0], line)
        if section.aspect is Aspect.FIGURES:
            self._figures(section)
        elif section.aspect is Aspect.TIMELINE:
            self._timeline(section)
        else:
            self._quotes(section)

    def _quotes(self, section: BriefSection) -> None:
        before = ""
        for line in section.lines:
            if line.label and line.label != before:
                self._heading(line.label, 2)
            before = line.label
            style = "Brief Headline" if section.aspect is Aspect.HEADLINE else "Brief Paragraph"
            self._quote(self.file.add_paragraph(style=style), line)

    def _figures(self, section: BriefSection) -> None:
        words = self._words
        table = self._table(3, (words["figure"], words["sentence"], words["date"]))
        for line in section.lines:
            key, sentence, date = _new_row(table)
            key.paragraphs[0].add_run(line.label).bold = True
            self._quote(sentence.paragraphs[0], line._replace(beside=""))
            date.paragraphs[0].add_run(line.beside, "Brief Soft")
        _set_widths(table, (Mm(32), Mm(113), Mm(25)))

    def _timeline(self, section: BriefSection) -> None:
        table = self._table(2, (self._words["day"], self._words["sentence"]))
        for line in section.lines:
            key, sentence = _new_row(table)
            key.paragraphs[0].add_run(line.label).bold = True
            if line.is_above:
                link_to(sentence.paragraphs[0], line.number, self._words["above"].format(number=line.number))
                if line.beside:
                    sentence.paragraphs[0].add_run(f"  {line.beside}", "Brief Soft")
            else:
                self._quote(sentence.paragraphs[0], line)
        _set_widths(table, (Mm(44), Mm(126)))

    def _quote(self, paragraph: Paragraph, line: BriefLine) -> None:
        paragraph.add_run(line.quote, QUOTE)
        for number in (line.number, *line.also):
            note = self._by_number[number]
            bookmarked(paragraph, number, self._notes.add(paragraph, note))
        if line.beside:
            paragraph.add_run(f"  {line.beside}", "Brief Soft")

    def _questions(self) -> None:
        brief = self._brief
        if not brief.questions and not brief.nothing:
            return
        self._heading(self._words["open"])
        if brief.questions:
            self.file.add_paragraph(self._words["asked"], style="Brief Remark")
        for question, times in brief.questions:
            more = f" ({times}×)" if times > 1 else ""
            self.file.add_paragraph(f"{question}{more}", style="List Bullet")
        if brief.nothing:
            self.file.add_paragraph(brief.nothing, style="Brief Remark")

    def _sources(self) -> None:
        words = self._words
        self._heading(words["sources"])
        for source in self._brief.sources:
            told = ", ".join(filter(None, (source.title, source.publisher, source.date)))
            line = self.file.add_paragraph(style="Brief Source")
            line.add_run(told)
            line.add_run(f"  {words['cited']} {source.numbers}", "Brief Soft")

    def _table(self, columns: int, heads: tuple[str, ...]) -> Table:
        table: Table = self.file.add_table(0, columns)
        table.autofit = False
        table._tblPr.append(parse_xml(_BORDERS))
        if heads:
            for cell, head in zip(_new_row(table, is_head=True), heads, strict=True):
                cell.paragraphs[0].add_run(head, "Brief Soft")
        return table


def _new_row(table: Table, *, is_head: bool = False) -> tuple[_Cell, ...]:
    """A row that is not broken across pages, with the paragraphs of its cells in their style."""
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    properties = row._tr.get_or_add_trPr()
    for tag in ("w:cantSplit", *(["w:tblHeader"] if is_head else [])):
        properties.append(OxmlElement(tag))
    cells: tuple[_Cell, ...] = row.cells
    for cell in cells:
        cell.paragraphs[0].style = "Brief Cell"
    return cells


def _set_widths(table: Table, widths: tuple[Mm, ...]) -> None:
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def _set_page(file: Document) -> None:
    """A4, with the page's number below."""
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(15), Mm(14)
    section.footer_distance = Mm(8)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for name, gap in (("PAGE", " / "), ("NUMPAGES", "")):
        footer._p.append(parse_xml(_FIELD.format(name)))
        footer.add_run(gap, "Brief Soft")


def _set_styles(file: Document) -> None:
    """The styles of a brief; a quote has one of its own, by which it is found again."""
    styles = file.styles
    for style in [style for style in styles if style.name not in _KEPT]:
        style.delete()  # python-docx looks through all of them whenever one is named
    normal = styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(10.5)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), _EAST_ASIAN)
    normal.paragraph_format.space_after = Pt(4)
    for name, size, before in (("Title", 22, 0), ("Subtitle", 9.5, 0), ("Heading 1", 11.5, 6), ("Heading 2", 9.5, 3)):
        _set_heading(styles[name], size, before)
    for name, size, after, left in (
        ("Brief Headline", 11, 3, 0),
        ("Brief Paragraph", 10, 2, 3),
        ("Brief Cell", 9.5, 1, 0),
        ("Brief Source", 7.5, 0, 0),
        ("Brief Remark", 8.5, 4, 0),
        (FOOTNOTE_TEXT, 7.5, 0, 0),
    ):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.font.size = normal, Pt(size)
        style.paragraph_format.space_after, style.paragraph_format.left_indent = Pt(after), Mm(left)
    styles["List Bullet"].font.size = Pt(10)
    styles["Brief Remark"].font.color.rgb = _SOFT
    styles["Brief Headline"].paragraph_format.left_indent = Mm(3)
    styles.add_style(QUOTE, WD_STYLE_TYPE.CHARACTER)
    soft = styles.add_style("Brief Soft", WD_STYLE_TYPE.CHARACTER)
    soft.font.size, soft.font.color.rgb = Pt(8), _SOFT
    styles.add_style(FOOTNOTE_REFERENCE, WD_STYLE_TYPE.CHARACTER).font.superscript = True
    for name, color in (("Brief Headline", "1F3A5F"), ("Brief Paragraph", "C9CED6")):
        styles[name].element.get_or_add_pPr().append(parse_xml(_BAR.format(color)))


def _set_heading(style: ParagraphStyle, size: float, before: float) -> None:
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.attrib.clear()
    for script, font in (("ascii", _FONT), ("hAnsi", _FONT), ("eastAsia", _EAST_ASIAN)):
        fonts.set(qn(f"w:{script}"), font)
    style.font.size, style.font.bold, style.font.italic = Pt(size), style.name != "Subtitle", False
    style.font.color.rgb = _ACCENT
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(3)
    for idle in [*style.element.iter(qn("w:pBdr"), qn("w:spacing"))]:
        if idle.tag == qn("w:pBdr") or idle.get(qn("w:val")):  # of the letters, rather than of the lines
            idle.getparent().remove(idle)


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_BORDERS = (
    f'<w:tblBorders {_W}><w:top w:val="single" w:sz="4" w:color="5B6470"/>'
    '<w:bottom w:val="single" w:sz="4" w:color="C9CED6"/><w:insideH w:val="single" w:sz="4" w:color="C9CED6"/>'
    "</w:tblBorders>"
)
_BAR = f'<w:pBdr {_W}><w:left w:val="single" w:sz="12" w:space="6" w:color="{{}}"/></w:pBdr>'
_FIELD = f'<w:fldSimple {_W} w:instr="{{}}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
