"""The archive of a Word file: a bomb is refused, a Strict document made to read like any other."""

import re
import zipfile
from io import BytesIO

from retrieval.documents.models import ReadingLimits, UnreadableError
from retrieval.file_problems import FileProblem
from retrieval.patterns import lazy_pattern

UNPACKED = 12
"""How many times the limit of bytes a file's parts may hold in all once they are unpacked."""
_STRICT = b"http://purl.oclc.org/ooxml/"
_NAMESPACES = {
    b"wordprocessingml/main": b"wordprocessingml/2006/main",
    b"officeDocument/relationships": b"officeDocument/2006/relationships",
    b"officeDocument/math": b"officeDocument/2006/math",
    b"officeDocument/extendedProperties": b"officeDocument/2006/extended-properties",
    b"officeDocument/customProperties": b"officeDocument/2006/custom-properties",
    b"drawingml/main": b"drawingml/2006/main",
    b"drawingml/picture": b"drawingml/2006/picture",
    b"drawingml/wordprocessingDrawing": b"drawingml/2006/wordprocessingDrawing",
    b"drawingml/chart": b"drawingml/2006/chart",
}
"""Names of Strict documents (ISO/IEC 29500-1), and of Transitional ones, which libraries read."""
_NAME = lazy_pattern(re.escape(_STRICT) + b"(" + b"|".join(map(re.escape, _NAMESPACES)) + b")")
_READ = (".xml", ".rels")


def check_archive(content: bytes, limits: ReadingLimits) -> None:
    """Refuse an archive that is encrypted, or holds far more than a document.

    Raises:
        UnreadableError: It is one of these.
    """
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableError(FileProblem.ENCRYPTED, "it is encrypted", "remove its password and send that")
    if len(parts) > limits.pages * 10 or sum(part.file_size for part in parts) > UNPACKED * limits.bytes:
        cure = "send its text as a plain .txt file"
        raise UnreadableError(FileProblem.UNPACKS, "it unpacks to far more than an article", cure)


def as_transitional(content: bytes) -> bytes:
    """Return a Word file with the names of Transitional documents; the same unless it is a Strict one."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if "_rels/.rels" not in archive.namelist() or _STRICT not in archive.read("_rels/.rels"):
            return content
        renamed = BytesIO()
        with zipfile.ZipFile(renamed, "w", zipfile.ZIP_STORED) as target:
            for part in archive.infolist():
                is_read = part.filename.endswith(_READ)  # pictures are not
                target.writestr(part.filename, _NAME.sub(_transitional_name, archive.read(part)) if is_read else b"")
        return renamed.getvalue()


def _transitional_name(name: re.Match[bytes]) -> bytes:
    return b"http://schemas.openxmlformats.org/" + _NAMESPACES[name[1]]
