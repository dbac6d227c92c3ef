"""A PDF to its lines of text: pypdf reads it, and says where on the page each line stands."""

import math
import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TypeAlias

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError

from retrieval.documents.cleaning import clean, invisible_characters
from retrieval.documents.models import Omission, OmittedText, Reading, ReadingLimits, UnreadableError
from retrieval.documents.paragraphs import PageLine, largest_lines, paragraphs, without_running_lines
from retrieval.file_problems import FileProblem
from retrieval.models import Unit

_Font: TypeAlias = Mapping[str, object] | None
_BOLD = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"^(?:untitled|microsoft word\b.*|document\d*|title|slide \d+|.*\.(?:docx?|pdf|indd|qxd|tex|pptx?|rtf|odt))$",
    re.IGNORECASE,
)
"""What programs write for a title when nobody gave one."""


def read_pdf(content: bytes, limits: ReadingLimits) -> Reading:
    """Read a PDF.

    Raises:
        UnreadableError: It is encrypted, too long, or holds no text.
    """
    reader = _open_pdf(content)
    count = len(reader.pages)
    if count > limits.pages:
        reason = f"it has {count:,} pages, more than {limits.pages:,}"
        raise UnreadableError(FileProblem.PAGES, reason, "split it and send the parts", count, limits.pages)
    found = [_lines(page, number) for number, page in enumerate(reader.pages, 1)]
    lines = [line for page in found for line in page]
    if not lines:
        cure = "run text recognition (OCR) over it and send that"
        raise UnreadableError(FileProblem.SCANNED, "it holds pictures of pages, but no text", cure)
    body, running = without_running_lines(lines)
    return Reading(
        paragraphs=paragraphs([line._replace(text=clean(line.text)) for line in body]),
        unit=Unit.PAGE,
        omissions=[*running, *_empty_pages(found), *invisible_characters("".join(line.text for line in lines))],
        title=_title(reader, [line for line in body if line.page == body[0].page]) if body else None,
    )


def _open_pdf(content: bytes) -> PdfReader:
    cure = "remove its password or protection and send that"
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError(FileProblem.ENCRYPTED, "it is encrypted", cure)
        len(reader.pages)
    except (DependencyError, FileNotDecryptedError, NotImplementedError) as error:
        raise UnreadableError(FileProblem.ENCRYPTED, "it is encrypted", cure) from error
    return reader


def _lines(page: PageObject, number: int) -> list[PageLine]:
    """The lines of a page, in the order the page was written."""
    collected: list[PageLine] = []
    pieces: list[PageLine] = []

    def visit(text: str, user: Sequence[float], line: Sequence[float], font: _Font, size: float) -> None:
        head, *rest = text.split("\n")
        if head.strip():
            pieces.append(_page_line(head, number, user, line, size)._replace(bold=_is_bold(font)))
        elif head and pieces:
            pieces.append(pieces[-1]._replace(text=head))
        for following in rest:
            _end_line(pieces, collected)
            if following.strip():
                pieces.append(_page_line(following, number, user, line, size)._replace(bold=_is_bold(font)))

    page.extract_text(visitor_text=visit)
    _end_line(pieces, collected)
    return collected


def _is_bold(font: _Font) -> bool:
    return font is not None and bool(_BOLD.search(str(font.get("/BaseFont", ""))))


def _page_line(text: str, page: int, user: Sequence[float], line: Sequence[float], size: float) -> PageLine:
    """Where text stands: the line's matrix times the user space's (ISO 32000-1, 9.4.4)."""
    x = line[4] * user[0] + line[5] * user[2] + user[4]
    y = line[4] * user[1] + line[5] * user[3] + user[5]
    scale = math.hypot(line[2], line[3]) * math.hypot(user[2], user[3])
    return PageLine(page, x, y, max(size * scale, 1.0), text)


def _end_line(pieces: list[PageLine], collected: list[PageLine]) -> None:
    text = "".join(piece.text for piece in pieces)
    if text.strip():
        size, bold = max(piece.size for piece in pieces), all(piece.bold for piece in pieces)
        collected.append(pieces[0]._replace(text=text, size=size, bold=bold))
    pieces.clear()


def _empty_pages(found: Sequence[Sequence[PageLine]]) -> list[OmittedText]:
    empty = [number for number, lines in enumerate(found, 1) if not lines]
    if not empty:
        return []
    return [OmittedText(what=Omission.EMPTY_PAGES, count=len(empty), sample=", ".join(map(str, empty[:10])))]


def _title(reader: PdfReader, first_page: Sequence[PageLine]) -> str:
    """The title in the metadata, where a person wrote it; otherwise the largest lines of the first page."""
    stated = clean(str((reader.metadata and reader.metadata.title) or "")).strip()
    if stated and not _NO_TITLE.match(stated):
        return stated
    return clean(" ".join(largest_lines(first_page))).strip()
