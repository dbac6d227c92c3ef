"""The card beside a kept text: what document it was read from, what a person said of it, and where its pages begin."""

import datetime as dt
import hashlib
import os
from pathlib import Path, PurePosixPath

from pydantic import Field, ValidationError, model_validator

from retrieval.models import Article, Original, Unit, Value

CARD = ".source.json"
"""Ending of a card's name, after the name of the document as it was sent."""
TEXT = ".txt"
"""Ending of the name of a document's text, after the name of the document."""
DOCUMENTS = frozenset({".html", ".htm", ".pdf", ".docx"})
"""Endings of documents that are read as a text beside them."""
CARD_BYTES = 20_000_000


class Sidecar(Value):
    """What is known of a kept text besides the text.

    Attributes:
        title: Its title.
        date: The day it was published, where known.
        publisher: Who published it, where known.
        text_sha256: Hash of the text's bytes when it was kept; the places hold for that text alone.
        sha256: Hash of the document's bytes, in hexadecimal.
        bytes: Size of the document.
        unit: What its places are counted in; none where the text is the document.
        starts: Offsets in the text at which a further page or paragraph begins, ascending.
        numbers: The number of the page or paragraph that begins at each.
    """

    title: str = Field(min_length=1)
    date: dt.date | None = None
    publisher: str | None = None
    text_sha256: str
    sha256: str
    bytes: int
    unit: Unit | None = None
    starts: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()

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
    """The document that a text's name, by its form, says it was read from; none for a text that is its own document."""
    document = name.removesuffix(TEXT)
    return document if document != name and is_document(document) else None


def is_document(name: str) -> bool:
    """Whether a file is of a kind that is read as a text beside it."""
    return os.path.splitext(name)[1].lower() in DOCUMENTS  # noqa: PTH122 - a Path for each of many files costs more


def text_of(document: str) -> str:
    """The name of the text that a document is read as."""
    return document + TEXT if is_document(document) else document


def read_sidecar(folder: Path, document: str) -> Sidecar | None:
    """The card of a document.

    Args:
        folder: The folder the document is in.
        document: Its name.

    Returns:
        The card; none where there is none, or it cannot be used.
    """
    path = folder / (document + CARD)
    try:
        if path.is_symlink() or path.stat().st_size > CARD_BYTES:
            return None
        return Sidecar.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def with_sidecar(article: Article, path: Path, content: bytes) -> Article:
    """An article with what its card says of it.

    Args:
        article: The text as read.
        path: Where the text is.
        content: Its bytes.

    Returns:
        The article with its original, as long as both are what they were; otherwise the text is cited itself.
    """
    document = document_of(path.name) or path.name
    card = read_sidecar(path.parent, document)
    if card is None:
        return article
    original = None
    if card.unit and hashlib.sha256(content).hexdigest() == card.text_sha256:
        original = _original(card, path.with_name(document), PurePosixPath(article.file).with_name(document))
    described = {"title": card.title, "date": card.date, "publisher": card.publisher, "original": original}
    return article.model_copy(update=described)


def _original(card: Sidecar, path: Path, file: PurePosixPath) -> Original | None:
    if card.unit is None or not is_unchanged(card, path):
        return None
    return Original(file=str(file), sha256=card.sha256, unit=card.unit, starts=card.starts, numbers=card.numbers)


def read_original(folder: Path, original: Original) -> bytes | None:
    """The document that an article was read from.

    Args:
        folder: The articles folder.
        original: The document as the article knows it.

    Returns:
        Its bytes; none where it is gone, or no longer the one that was read.
    """
    path = folder / original.file
    try:
        content = None if path.is_symlink() else path.read_bytes()
    except OSError:
        return None
    return content if content is not None and hashlib.sha256(content).hexdigest() == original.sha256 else None


def is_unchanged(card: Sidecar, path: Path) -> bool:
    """Whether a document is there and has the size it had; its bytes are not read at every start."""
    try:
        return path.is_file() and not path.is_symlink() and path.stat().st_size == card.bytes
    except OSError:
        return False
