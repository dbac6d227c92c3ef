"""The format of a document: its name says it, and its first bytes must agree."""

import re
import zipfile
from io import BytesIO

from retrieval.documents.models import Format, UnreadableError
from retrieval.file_problems import FileProblem
from retrieval.patterns import lazy_pattern

ENDINGS = {
    ".txt": Format.TEXT,
    ".md": Format.MARKDOWN,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".pdf": Format.PDF,
    ".docx": Format.WORD,
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""First bytes of a compound file: a Word file up to 2003, or an encrypted one of today ([MS-CFB], 2.2)."""
_MARKUP = lazy_pattern(rb"<(?:!doctype\s+html|html|head|body|article|main|div|p|h1|table)\b", re.IGNORECASE)
_HEAD = 4096
"""How many bytes from the start a mark is looked for."""
_SIGNS = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a packed file"),
    (b"7z\xbc\xaf", "a packed file"),
    (b"Rar!", "a packed file"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"{\\rtf", "a Rich Text file"),
)


def format_of(name: str, content: bytes) -> Format:
    """Return the format of a document.

    Raises:
        UnreadableError: The format is not read, or not the one of its name.
    """
    ending = _ending(name)
    if ending not in ENDINGS:
        reason = "it is not a .txt, .md, .html, .pdf or .docx file"
        raise UnreadableError(FileProblem.FORMAT, reason, "save it as one of these and send that")
    if not content.strip(b"\0 \t\r\n"):
        raise UnreadableError(FileProblem.NOTHING_SENT, "it is empty", "send the file with its content")
    _check_is(ENDINGS[ending], ending, content)
    return ENDINGS[ending]


def _ending(name: str) -> str:
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 else ""


def _check_is(expected: Format, ending: str, content: bytes) -> None:
    if content.startswith(_OLE):
        cure = "remove its password, save it as .docx and send that"
        raise UnreadableError(FileProblem.OLD_WORD, "it is an encrypted file, or a Word file of before 2007", cure)
    found = _detect_format(content)
    if found is not expected and (found, expected) not in _PASSES:
        cure = "give it the ending of what it is, or save it again in the format of its name"
        kind = _describe(found, content)
        raise UnreadableError(FileProblem.MISNAMED, f"its name ends in {ending}, but it is {kind}", cure, ending, kind)


_PASSES = {(Format.TEXT, Format.MARKDOWN), (Format.HTML, Format.MARKDOWN)}
"""What may pass for what: Markdown has no mark of its own, and may hold HTML."""
_NAMES = {
    Format.TEXT: "plain text",
    Format.HTML: "a web page (.html)",
    Format.PDF: "a PDF (.pdf)",
    Format.WORD: "a Word file (.docx)",
}


def _describe(found: Format | None, content: bytes) -> str:
    if found is None:
        return next(name for sign, name in _SIGNS if content.startswith(sign))
    return _NAMES[found]


def _detect_format(content: bytes) -> Format | None:
    """The format of the bytes, where they carry a mark."""
    if b"%PDF-" in content[:1024]:  # ISO 32000-1, Annex H.3.4.1: within the first 1,024 bytes
        return Format.PDF
    if content.startswith(b"PK\x03\x04") and _is_word_file(content):
        return Format.WORD
    if any(content.startswith(sign) for sign, _ in _SIGNS):
        return None
    head = content[:_HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")  # a web page may be in UTF-16
    return Format.HTML if head.startswith(b"<") and _MARKUP.search(head) else Format.TEXT


def _is_word_file(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
