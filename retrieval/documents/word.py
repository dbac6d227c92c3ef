"""A Word file to its paragraphs: python-docx opens it; tables, content controls and footnotes are read along."""

from collections.abc import Iterator
from io import BytesIO

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml.etree import _Element

from retrieval.documents.cleaning import clean, invisible_characters
from retrieval.documents.markup.marks import attach_formulas, count_marks
from retrieval.documents.models import Omission, OmittedText, Piece, Reading, ReadingLimits
from retrieval.documents.ooxml.numbering import Numbering
from retrieval.documents.ooxml.package import as_transitional, check_archive
from retrieval.documents.ooxml.paragraphs import WordReader
from retrieval.documents.ooxml.styles import Styles
from retrieval.models import Unit


def read_word(content: bytes, limits: ReadingLimits) -> Reading:
    """Read a Word file (.docx).

    Raises:
        UnreadableError: It is a bomb, or holds no text.
    """
    check_archive(content, limits)
    document = docx.Document(BytesIO(as_transitional(content)))
    styles = Styles(_part(document, "styles"))
    reader = WordReader(styles, Numbering(_part(document, "numbering"), styles))
    raw = list(attach_formulas([*reader.blocks(document.element.body), *_notes(document, reader)]))
    texts = [text for block in raw for text in block]
    return Reading(
        paragraphs=[[Piece(number, clean(text).strip())] for number, block in enumerate(raw, 1) for text in block],
        unit=Unit.PARAGRAPH,
        omissions=[
            *_omissions(document, styles),
            *reader.removals.omissions(),
            *count_marks(texts),
            *invisible_characters("".join(texts)),
        ],
        title=clean(document.core_properties.title).strip() or clean(reader.title or "").strip(),
    )


def _part(document: Document, kind: str) -> _Element | None:
    """A part of a document beside its text, where it has one."""
    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(f"/{kind}"):
            return parse_xml(relation.target_part.blob)
    return None


def _notes(document: Document, reader: WordReader) -> Iterator[list[str]]:
    """Footnotes and endnotes, after the text."""
    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(("/footnotes", "/endnotes")):
            notes = parse_xml(relation.target_part.blob)
            for note in notes:
                if note.get(qn("w:type")) is None:  # the others are lines that separate
                    yield from reader.blocks(note)


def _omissions(document: Document, styles: Styles) -> Iterator[OmittedText]:
    reader = WordReader(styles, Numbering(None, styles))
    headers = sum(
        any(True for _ in reader.blocks(part._element))
        for section in document.sections
        for part in (section.header, section.footer)
        if not part.is_linked_to_previous
    )
    pictures = len(list(document.element.body.iter(qn("w:drawing"), qn("w:pict"))))
    for what, count in {Omission.HEADERS: headers, Omission.PICTURES: pictures}.items():
        if count:
            yield OmittedText(what=what, count=count)
