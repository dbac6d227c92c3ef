"""The sidecar beside a document's text: metadata, hashes, and where the pages begin."""

import datetime as dt
import hashlib
import os
from pathlib import Path, PurePosixPath

from pydantic import Field, ValidationError, model_validator

from retrieval.models import Article, Original, Unit, Value
from retrieval.reading.front_matter import web_address
from retrieval.regular_files import open_regular, read_regular

SIDECAR = ".source.json"
"""Ending of a sidecar's name, after the name of the document as it was sent."""
TEXT = ".txt"
"""Ending of the name of a document's text, after the name of the document."""
DOCUMENTS = frozenset({".html", ".htm", ".pdf", ".docx"})
"""Endings of documents that are read as a text beside them."""
SIDECAR_BYTES = 20_000_000


class Sidecar(Value):
    """The metadata of a text that was read from a document, or described by a person."""

    title: str = Field(min_length=1)
    date: dt.date | None = None
    publisher: str | None = None
    url: str | None = None  # of the published original
    text_sha256: str  # of the text's bytes when it was stored; the places hold for that text alone
    sha256: str  # of the document's bytes, in hexadecimal
    bytes: int  # size of the document
    ocr: bool = False  # read by text recognition
    unit: Unit | None = None  # none where the text is the document
    starts: tuple[int, ...] = ()  # offsets in the text at which a page or paragraph begins, ascending
    numbers: tuple[int, ...] = ()  # the number of the page or paragraph that begins at each

    @model_validator(mode="after")
    def _places_fit(self) -> "Sidecar":
        if self.unit is None:
            return self
        if self.starts[:1] != (0,) or len(self.starts) != len(self.numbers) or list(self.starts) != sorted(self.starts):
            raise ValueError("the places do not fit each other")
        if min(self.numbers) < 1:
            raise ValueError("places are counted from 1")
        return self


def document_of(name: str) -> str | None:
    """Return the document of a text, by its name; None for a text that is its own document."""
    document = name.removesuffix(TEXT)
    return document if document != name and is_document(document) else None


def is_document(name: str) -> bool:
    """Return whether a file is of a kind that is read as a text beside it."""
    return os.path.splitext(name)[1].lower() in DOCUMENTS  # noqa: PTH122 - a Path for each of many files costs more


def text_of(document: str) -> str:
    """Return the name of the text that a document is read as."""
    return document + TEXT if is_document(document) else document


def read_sidecar(folder: Path, document: str) -> Sidecar | None:
    """Read the sidecar of a document in a folder; None where there is none, or it cannot be used."""
    path = folder / (document + SIDECAR)
    try:
        with open_regular(path) as file:
            content = file.read(SIDECAR_BYTES + 1)
        return Sidecar.model_validate_json(content) if len(content) <= SIDECAR_BYTES else None
    except (OSError, ValidationError):
        return None


def with_sidecar(article: Article, path: Path, content: bytes) -> Article:
    """Return an article with the metadata of its sidecar.

    It has its original as long as both are unchanged; otherwise the text is cited itself.

    Args:
        article: The text as read.
        path: Where the text is.
        content: Its bytes.
    """
    document = document_of(path.name) or path.name
    sidecar = read_sidecar(path.parent, document)
    if sidecar is None:
        return article
    original = None
    if sidecar.unit and hashlib.sha256(content).hexdigest() == sidecar.text_sha256:
        original = _original(sidecar, path.with_name(document), PurePosixPath(article.file).with_name(document))
    described = {"title": sidecar.title, "date": sidecar.date, "publisher": sidecar.publisher, "original": original}
    return article.model_copy(update=described | {"url": web_address(sidecar.url) or article.url})


def _original(sidecar: Sidecar, path: Path, file: PurePosixPath) -> Original | None:
    if sidecar.unit is None or not is_unchanged(sidecar, path):
        return None
    return Original(
        file=str(file),
        sha256=sidecar.sha256,
        unit=sidecar.unit,
        starts=sidecar.starts,
        numbers=sidecar.numbers,
        ocr=sidecar.ocr,
    )


def read_original(folder: Path, original: Original) -> bytes | None:
    """Read the document that an article was read from; None where it is gone, or no longer the same."""
    path = folder / original.file
    try:
        content = read_regular(path)
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == original.sha256 else None


def is_unchanged(sidecar: Sidecar, path: Path) -> bool:
    """Return whether a document is there and has the size it had; its bytes are not read at every start."""
    try:
        return path.is_file() and not path.is_symlink() and path.stat().st_size == sidecar.bytes
    except OSError:
        return False
