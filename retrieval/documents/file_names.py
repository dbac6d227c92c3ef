"""Names that are safe on any disk: names of sent files are mended, names of collections are checked."""

import re
import unicodedata
from pathlib import PurePosixPath

from retrieval.errors import DocumentError
from retrieval.file_problems import FileProblem
from retrieval.patterns import lazy_pattern

NAME_BYTES = 180
"""Longest file name, in bytes; what is stored beside it has a longer one, and disks allow 255."""
COLLECTION_DEPTH = 4
_UNSAFE = lazy_pattern(r'[<>:"|?*]')
_RESERVED = lazy_pattern(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
"""Names that mean a device on Windows, whatever their ending."""
_COLLECTION = lazy_pattern(r"[^\W_](?:[\w .&()+-]*[\w)])?")


def file_name(sent: str) -> str:
    """Return a sent file's name as it can be stored and shown, with the same ending, never hidden, never empty.

    It is the last part of the name, composed (NFC), nothing in it invisible or special.
    """
    last = re.split(r"[/\\]", sent)[-1]
    shown = "".join(c for c in unicodedata.normalize("NFC", last) if c.isprintable() or unicodedata.category(c) == "Zs")
    sane = " ".join(_UNSAFE.sub("_", shown).split()).strip(". ")
    path = PurePosixPath(sane or "document")
    stem, ending = (
        ("document", f".{sane}") if sane and last.startswith(".") and not path.suffix else (path.stem, path.suffix)
    )
    stem = f"_{stem}" if _RESERVED.fullmatch(stem) else stem
    return _cut(stem, NAME_BYTES - len(_cut(ending, 20).encode())) + _cut(ending, 20)


def _cut(name: str, limit: int) -> str:
    return name.encode()[:limit].decode("utf-8", "ignore").rstrip(". ") if len(name.encode()) > limit else name


def check_collection(name: str) -> str:
    """Return the name of a collection, with slashes between folders, composed (NFC); '' for the articles folder.

    Raises:
        DocumentError: It is not a name a folder should have.
    """
    parts = unicodedata.normalize("NFC", name).split("/") if name else []
    fine = all(_COLLECTION.fullmatch(part) and not _RESERVED.fullmatch(part) for part in parts)
    if not fine or len(parts) > COLLECTION_DEPTH or any(len(part.encode()) > NAME_BYTES for part in parts):
        raise DocumentError(
            "The collection",
            "its name is not that of a folder",
            "use letters, digits, spaces and hyphens",
            FileProblem.COLLECTION_NAME,
        )
    return "/".join(parts)
