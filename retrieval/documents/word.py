"""A Word file to its paragraphs: python-docx opens it; tables, content controls and footnotes are read along."""

import zipfile
from collections.abc import Iterator
from io import BytesIO

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml import etree

from retrieval.documents.cleaning import clean, invisible_characters
from retrieval.documents.models import Omission, OmittedText, Piece, Reading, ReadingLimits, UnreadableError
from retrieval.file_problems import FileProblem
from retrieval.models import Unit

UNPACKED = 12
"""How many times the limit of bytes a file's parts may hold in all once they are unpacked."""
_SKIPPED = frozenset(map(qn, ("w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:instrText"))) | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # the same again, for old programs
}
_BREAKS = frozenset(map(qn, ("w:tab", "w:br", "w:cr")))
_TITLES = ("Title", "Heading 1")


def read_word(content: bytes, limits: ReadingLimits) -> Reading:
    """Read a Word file (.docx).

    Raises:
        UnreadableError: It is a bomb, or holds no text.
    """
    _check_archive(content, limits)
    document = docx.Document(BytesIO(content))
    raw = [text for text in (*_blocks(document.element.body), *_notes(document)) if text.strip()]
    return Reading(
        paragraphs=[[Piece(number, clean(text).strip())] for number, text in enumerate(raw, 1)],
        unit=Unit.PARAGRAPH,
        omissions=[*_omissions(document), *invisible_characters("".join(raw))],
        title=clean(document.core_properties.title).strip() or _title(document),
    )


def _check_archive(content: bytes, limits: ReadingLimits) -> None:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableError(FileProblem.ENCRYPTED, "it is encrypted", "remove its password and send that")
    if len(parts) > limits.pages * 10 or sum(part.file_size for part in parts) > UNPACKED * limits.bytes:
        cure = "send its text as a plain .txt file"
        raise UnreadableError(FileProblem.UNPACKS, "it unpacks to far more than an article", cure)


def _blocks(body: etree._Element) -> Iterator[str]:
    """Paragraphs and rows of tables, in order, whatever they are wrapped in."""
    for element in _outermost(body, {qn("w:p"), qn("w:tr")}):
        yield _row(element) if element.tag == qn("w:tr") else _text(element)
        for box in _outermost(element, {qn("w:txbxContent")}):
            yield from _blocks(box)


def _outermost(element: etree._Element, tags: set[str]) -> Iterator[etree._Element]:
    """The descendants with one of the tags, none within another."""
    for child in element:
        if child.tag in tags:
            yield child
        elif child.tag not in _SKIPPED:
            yield from _outermost(child, tags)


def _row(row: etree._Element) -> str:
    """A row of a table as one line."""
    cells = (" ".join(_blocks(cell)) for cell in _outermost(row, {qn("w:tc")}))
    return " | ".join(text.strip() for text in cells if text.strip())


def _text(element: etree._Element) -> str:
    """A paragraph's text, inserted passages included, deleted ones and text boxes left out."""
    pieces = []
    for child in element:
        if child.tag == qn("w:t"):
            pieces.append(child.text or "")
        elif child.tag == qn("w:noBreakHyphen"):
            pieces.append("-")
        elif child.tag in _BREAKS:
            pieces.append(" ")
        elif child.tag not in _SKIPPED and child.tag != qn("w:txbxContent"):
            pieces.append(_text(child))
    return "".join(pieces)


def _notes(document: Document) -> Iterator[str]:
    """Footnotes and endnotes, after the text."""
    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(("/footnotes", "/endnotes")):
            notes = parse_xml(relation.target_part.blob)
            for note in notes:
                if note.get(qn("w:type")) is None:  # the others are lines that separate
                    yield from _blocks(note)


def _title(document: Document) -> str | None:
    """The first paragraph in the style of a title or a chapter's heading."""
    styles = {style.style_id for style in document.styles if style.name in _TITLES}
    for mark in document.element.body.iter(qn("w:pStyle")):
        text = clean(_text(mark.getparent().getparent())).strip()
        if mark.get(qn("w:val")) in styles and text:
            return text
    return None


def _omissions(document: Document) -> Iterator[OmittedText]:
    body = document.element.body
    counts = {
        Omission.HEADERS: sum(
            bool("".join(_blocks(part._element)).strip())
            for section in document.sections
            for part in (section.header, section.footer)
            if not part.is_linked_to_previous
        ),
        Omission.DELETIONS: len(list(body.iter(qn("w:del"), qn("w:moveFrom")))),
        Omission.PICTURES: len(list(body.iter(qn("w:drawing"), qn("w:pict")))),
    }
    for what, count in counts.items():
        if count:
            yield OmittedText(what=what, count=count)
