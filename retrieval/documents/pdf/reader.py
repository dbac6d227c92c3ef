"""A PDF to its paragraphs: PDFium finds the letters and their places, which are put together here."""

from collections.abc import Sequence
from typing import NamedTuple

import pypdfium2
from pypdfium2 import raw

from retrieval.documents.cleaning import BROKEN_SHARE, clean, illegible, invisible_characters
from retrieval.documents.models import Omission, OmittedText, Reading, ReadingLimits, UnreadableError
from retrieval.documents.pdf.columns import block_lines, blocks, even
from retrieval.documents.pdf.glyphs import page_glyphs
from retrieval.documents.pdf.lines import cells
from retrieval.documents.pdf.margins import without_line_numbers, without_notes, without_running_lines
from retrieval.documents.pdf.paragraphs import PageLine, paragraphs
from retrieval.documents.pdf.titles import title
from retrieval.file_problems import FileProblem
from retrieval.models import Unit

OCR_SHARE = 0.5
"""Share of a page's letters drawn invisibly, over its picture, from which text recognition wrote them."""


class _Page(NamedTuple):
    """The lines of a page, and the counts of its letters and of the parts left out."""

    lines: list[PageLine]
    letters: int = 0
    hidden: int = 0
    askew: int = 0
    lost: int = 0
    marks: int = 0
    numbers: int = 0
    pictures: int = 0


def read_pdf(content: bytes, limits: ReadingLimits) -> Reading:
    """Read a PDF.

    Raises:
        UnreadableError: It is encrypted, too long, or holds no text.
    """
    document = _open_pdf(content)
    count = len(document)
    if count > limits.pages:
        reason = f"it has {count:,} pages, more than {limits.pages:,}"
        raise UnreadableError(FileProblem.PAGES, reason, "split it and send the parts", count, limits.pages)
    pages = [_read_page(document, number) for number in range(1, count + 1)]
    if sum(page.lost for page in pages) > BROKEN_SHARE * sum(page.letters for page in pages):
        raise illegible()
    body, running = without_running_lines([line for page in pages for line in page.lines])
    if not body:
        raise _no_text(pages)
    text, notes = without_notes(body)
    return Reading(
        paragraphs=paragraphs([line._replace(text=clean(line.text)) for line in (*text, *notes)]),
        unit=Unit.PAGE,
        omissions=[*running, *_omissions(pages, notes)],
        title=title(document.get_metadata_value("Title"), [line for line in body if line.page == body[0].page]),
        ocr=any(page.hidden > OCR_SHARE * page.letters for page in pages),
    )


def _open_pdf(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if raw.FPDF_GetLastError() not in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}:
            raise
        cure = "remove its password or protection and send that"
        raise UnreadableError(FileProblem.ENCRYPTED, "it is encrypted", cure) from error


def _read_page(document: pypdfium2.PdfDocument, number: int) -> _Page:
    page = document[number - 1]
    try:
        found = page_glyphs(page)
    finally:
        page.close()
    pieces, numbers = without_line_numbers(cells(found.glyphs))
    read = [block_lines(number, column, block) for column, block in enumerate(blocks(pieces))]
    lines = [line for block in read for line in block.lines]
    hidden = sum(glyph.hidden for glyph in found.glyphs)
    return _Page(
        lines=even(lines) if hidden > OCR_SHARE * len(found.glyphs) else lines,
        letters=len(found.glyphs),
        hidden=hidden,
        askew=found.askew,
        lost=found.lost,
        marks=sum(block.marks for block in read),
        numbers=numbers,
        pictures=found.pictures,
    )


def _no_text(pages: Sequence[_Page]) -> UnreadableError:
    if not any(page.pictures for page in pages):
        return UnreadableError(FileProblem.NO_TEXT, "no text was found in it", "send a version with text")
    cure = "run text recognition over it (ocrmypdf) and send that"
    return UnreadableError(FileProblem.SCANNED, "it is scanned: it holds pictures of pages, but no text", cure)


def _omissions(pages: Sequence[_Page], notes: Sequence[PageLine]) -> list[OmittedText]:
    empty = [str(number) for number, page in enumerate(pages, 1) if not page.lines]
    counts = {
        Omission.EMPTY_PAGES: (len(empty), ", ".join(empty[:10])),
        Omission.LINE_NUMBERS: (sum(page.numbers for page in pages), ""),
        Omission.NOTE_MARKS: (sum(page.marks for page in pages), ""),
        Omission.MOVED_NOTES: (sum(line.is_note for line in notes), notes[0].text[:80] if notes else ""),
        Omission.ASKEW: (sum(page.askew for page in pages), ""),
    }
    told = [OmittedText(what=what, count=count, sample=sample) for what, (count, sample) in counts.items() if count]
    return [*told, *invisible_characters("".join(line.text for page in pages for line in page.lines))]
