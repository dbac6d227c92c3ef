"""The paragraphs of a Word file as printed: without deleted, struck and hidden text, with their numbers."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from docx.oxml.ns import qn
from lxml.etree import _Element

from retrieval.documents.markup.marks import OBJECT, Removals, read_paragraphs
from retrieval.documents.markup.raised_text import raised_text
from retrieval.documents.markup.tables import TableKind, row_paragraphs, table_kind
from retrieval.documents.models import Omission
from retrieval.documents.ooxml.numbering import Numbering
from retrieval.documents.ooxml.styles import RunFormat, Styles, run_format, switch
from retrieval.documents.ooxml.symbols import symbol
from retrieval.reading.sentences import FORMULA

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""The same again, for old programs."""
_DELETED = frozenset(map(qn, ("w:del", "w:moveFrom")))
_SKIPPED = frozenset(map(qn, ("w:pPr", "w:rPr", "w:instrText", "w:delText", "w:txbxContent"))) | {_FALLBACK}
_LETTERS = {
    qn("w:noBreakHyphen"): "-",
    qn("w:tab"): " ",
    qn("w:ptab"): " ",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    f"{_MATH}oMath": f" {FORMULA} ",
    f"{_MATH}oMathPara": f" {FORMULA} ",
}
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"
_OLE = "{urn:schemas-microsoft-com:office:office}OLEObject"


class TextRun(NamedTuple):
    """A piece of a paragraph's text, raised or not."""

    text: str
    raised: bool = False


class WordReader:
    """A walk through the parts of a Word file, with what was left out and the first title."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self._styles, self._numbering = styles, numbering
        self.removals = Removals()
        self.title: str | None = None
        self._last_removed: Omission | None = None

    def blocks(self, part: _Element) -> Iterator[list[str]]:
        """Yield the paragraphs of a part, and rows of tables, each divided at the line breaks that divide it."""
        waiting: list[TextRun] = []  # of paragraphs whose mark was deleted
        for element in outermost(part, {qn("w:p"), qn("w:tbl")}):
            if element.tag == qn("w:tbl"):
                yield from self._shown(waiting, None)
                waiting = []
                yield from self._table(element)
                continue
            waiting += self._runs(element, self._styles.run_format(_style(element)))
            if not _is_mark_removed(element):
                yield from self._shown(waiting, element)
                waiting = []
            for box in outermost(element, {qn("w:txbxContent")}):
                yield from self.blocks(box)
        yield from self._shown(waiting, None)

    def _shown(self, runs: Sequence[TextRun], paragraph: _Element | None) -> Iterator[list[str]]:
        label = "" if paragraph is None else self._numbering.label(paragraph.find(qn("w:pPr")), _style(paragraph))
        is_title = paragraph is not None and self._styles.is_title(_style(paragraph))
        parts = read_paragraphs(self._line(runs), self.removals, is_heading=is_title)
        if parts:
            if self.title is None and is_title:
                self.title = parts[0]
            yield [f"{label} {parts[0]}" if label else parts[0], *parts[1:]]

    def _line(self, runs: Sequence[TextRun]) -> str:
        """Segments as one text: raised ones as exponents, or left out."""
        line = ""
        for number, text_run in enumerate(runs):
            if not text_run.raised:
                line += text_run.text
                continue
            after = runs[number + 1].text if number + 1 < len(runs) else ""
            shown = raised_text(line[-80:], text_run.text, after)
            if shown is None:
                self.removals.add(Omission.NOTE_MARKS, text_run.text)
            line += shown or ""
        return line

    # --- runs

    def _runs(self, paragraph: _Element, base: RunFormat) -> list[TextRun]:
        """The text that is read of a paragraph, neighbours of one kind together."""
        self._last_removed = None
        joined: list[TextRun] = []
        for text, raised in self._pieces(paragraph, base, ""):
            if joined and joined[-1].raised == raised:
                joined[-1] = TextRun(joined[-1].text + text, raised)
            elif text:
                joined.append(TextRun(text, raised))
        return joined

    def _pieces(self, element: _Element, form: RunFormat, font: str) -> Iterator[TextRun]:
        for child in element:
            tag = child.tag
            if tag == qn("w:t"):
                yield TextRun(_letters(child.text or "", font), bool(form.raised))
            elif tag in _LETTERS:
                yield TextRun(_LETTERS[tag])
            elif tag == qn("w:sym"):
                yield TextRun(_symbol(child), bool(form.raised))
            elif tag in _DELETED:
                self._leave_out(Omission.DELETIONS, child)
            elif tag == qn("w:rt"):
                self.removals.add(Omission.READINGS, _raw_text(child))
            elif tag == qn("w:r"):
                yield from self._run(child, form)
            elif tag in {qn("w:drawing"), qn("w:pict"), qn("w:object")}:
                yield TextRun(_object(child))
            elif tag not in _SKIPPED:
                yield from self._pieces(child, form, font)

    def _run(self, run: _Element, base: RunFormat) -> Iterator[TextRun]:
        properties = run.find(qn("w:rPr"))
        style = None if properties is None else properties.find(qn("w:rStyle"))
        named = RunFormat() if style is None else self._styles.run_format(style.get(qn("w:val")))
        form = run_format(properties).over(named).over(base).over(self._styles.base)
        if form.hidden or form.struck:
            self._leave_out(Omission.HIDDEN if form.hidden else Omission.STRUCK, run)
            return
        for text_run in self._pieces(run, form, _font(properties)):
            self._last_removed = None if text_run.text.strip() else self._last_removed
            yield text_run

    def _leave_out(self, what: Omission, element: _Element) -> None:
        """Note an omission; neighbouring runs of a kind are one passage."""
        text = _raw_text(element)
        if self._last_removed is not what and (text.strip() or what is Omission.DELETIONS):
            self.removals.add(what, text)
            self._last_removed = what

    # --- tables

    def _table(self, table: _Element) -> Iterator[list[str]]:
        rows = [self._row(row) for row in outermost(table, {qn("w:tr")}) if not self._is_row_removed(row)]
        nested = any(True for _ in table.iterdescendants(qn("w:tbl")))
        kind = TableKind.LAYOUT if nested else table_kind([[_join_texts(cell) for cell in row] for row in rows])
        for row in rows:
            if kind is TableKind.LAYOUT:
                yield from (block for cell in row for block in cell)
            else:
                yield from ([text] for text in row_paragraphs([_join_texts(cell) for cell in row], kind) if text)

    def _row(self, row: _Element) -> list[list[list[str]]]:
        """The cells of a row, each its blocks."""
        return [list(self.blocks(cell)) for cell in outermost(row, {qn("w:tc")})]

    def _is_row_removed(self, row: _Element) -> bool:
        properties = row.find(qn("w:trPr"))
        if properties is None:
            return False
        if properties.find(qn("w:del")) is not None:
            self.removals.add(Omission.DELETIONS, _raw_text(row))
            return True
        if switch(properties, "w:hidden"):
            self.removals.add(Omission.HIDDEN, _raw_text(row))
            return True
        return False


def outermost(element: _Element, tags: set[str]) -> Iterator[_Element]:
    """Yield the descendants with one of the tags, none within another."""
    for child in element:
        if child.tag in tags:
            yield child
        elif child.tag not in _DELETED and (child.tag not in _SKIPPED or child.tag == qn("w:txbxContent")):
            yield from outermost(child, tags)


def _join_texts(cell: Sequence[Sequence[str]]) -> list[str]:
    return [" ".join(block) for block in cell]


def _style(paragraph: _Element) -> str | None:
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return None if style is None else style.get(qn("w:val"))


def _is_mark_removed(paragraph: _Element) -> bool:
    """Whether the mark at a paragraph's end is deleted or hidden, so that the next paragraph continues it."""
    mark = paragraph.find(f"{qn('w:pPr')}/{qn('w:rPr')}")
    if mark is None:
        return False
    return any(child.tag in _DELETED for child in mark) or any(switch(mark, n) for n in ("w:vanish", "w:specVanish"))


def _raw_text(element: _Element) -> str:
    return "".join(each.text or "" for each in element.iter(qn("w:t"), qn("w:delText")))


def _font(properties: _Element | None) -> str:
    fonts = None if properties is None else properties.find(qn("w:rFonts"))
    return "" if fonts is None else fonts.get(qn("w:ascii"), "")


def _letters(text: str, font: str) -> str:
    """A run's text, with the signs of a symbol font for the letters it was typed with."""
    if not font or text.isascii():
        return text
    return "".join(symbol(font, ord(c)) or c if "\uf000" <= c <= "\uf0ff" else c for c in text)


def _symbol(element: _Element) -> str:
    """The sign that stands for a symbol; a mark where it is not known."""
    stated = element.get(qn("w:char"), "")
    try:
        code = int(stated[:6], 16)
    except ValueError:
        return OBJECT
    return symbol(element.get(qn("w:font"), ""), code) or OBJECT


def _object(element: _Element) -> str:
    """What stands for a drawing: a formula of old Word, a picture in the line, or nothing."""
    if any(each.get("ProgID", "").startswith("Equation") for each in element.iter(_OLE)):
        return f" {FORMULA} "
    in_line = element.find("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}inline")
    return OBJECT if in_line is not None and next(in_line.iter(_PICTURE), None) is not None else ""
