"""The values of reading a document: what may be spent on it, what was read, what was left out."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field

from retrieval.file_problems import Figures, FileProblem
from retrieval.models import Unit, Value
from retrieval.reading.articles import MAX_BYTES

OPENING_LINES = 5


class Format(StrEnum):
    """What a document is."""

    TEXT = "txt"
    MARKDOWN = "md"
    HTML = "html"
    PDF = "pdf"
    WORD = "docx"


class ReadingLimits(Value):
    """What may be spent on one document.

    Attributes:
        bytes: Size as sent, and size of the text read from it.
        pages: Pages of a PDF, parts of a Word file.
        seconds: Time by the clock, and of one processor.
        memory: Address space of the process that reads, in bytes.
    """

    bytes: Annotated[int, Field(ge=1)] = MAX_BYTES
    pages: Annotated[int, Field(ge=1)] = 1_000
    seconds: Annotated[float, Field(gt=0)] = 30
    memory: Annotated[int, Field(ge=1)] = 180_000_000


class Omission(StrEnum):
    """What is left out of a document's text."""

    RUNNING_LINES = "running headers, footers and page numbers"
    EMPTY_PAGES = "pages without text"
    SURROUNDINGS = "words around the article"
    HEADERS = "headers and footers"
    DELETIONS = "deleted passages"
    PICTURES = "pictures"
    INVISIBLE = "invisible characters"


class OmittedText(Value):
    """Something that was left out.

    Attributes:
        what: What kind of thing.
        count: How many of it.
        sample: One of them, where it can be shown.
    """

    what: Omission
    count: Annotated[int, Field(ge=1)]
    sample: str = ""


class Draft(Value):
    """A document as read: an article that is not yet kept.

    Attributes:
        name: The document's file name, made sane.
        format: What it is.
        title: Its headline.
        date: The day it was published, where the document says so.
        publisher: Who published it, where the document says so.
        text: What was read; for `.txt` and `.md` the document itself.
        sentences: How many passages the text holds.
        dropped: What was left out.
        sha256: Hash of the document's bytes, in hexadecimal.
        bytes: Its size.
        unit: What its places are counted in; none where the text is the document.
        starts: Offsets in the text at which a further page or paragraph begins, ascending.
        numbers: The number of the page or paragraph that begins at each.
    """

    name: str
    format: Format
    title: str
    date: dt.date | None = None
    publisher: str | None = None
    text: str = Field(repr=False)
    sentences: int
    dropped: tuple[OmittedText, ...] = ()
    sha256: str
    bytes: int
    unit: Unit | None = None
    starts: tuple[int, ...] = Field(default=(), repr=False)
    numbers: tuple[int, ...] = Field(default=(), repr=False)

    @property
    def opening(self) -> tuple[str, ...]:
        """The first lines that are not blank."""
        return tuple(line for line in self.text.splitlines() if line.strip())[:OPENING_LINES]


class DocumentRefusal(Value):
    """Why a document cannot become an article, and what to do about it.

    Attributes:
        reason: What is wrong with it.
        cure: What to do about it.
        flaw: The same by its name.
        figures: What the words for it name.
    """

    reason: str
    cure: str
    flaw: FileProblem
    figures: Figures = ()


class Piece(NamedTuple):
    """A stretch of a paragraph that stands on one page, or is the paragraph with that number."""

    number: int
    text: str


class Reading(NamedTuple):
    """What a reader of one format found.

    Attributes:
        paragraphs: The text, each paragraph in pieces that are joined as they are.
        unit: What the pieces' numbers count.
        dropped: What was left out.
        title: What the document says its title is.
        date: The day it says it was published.
        publisher: Who it says published it.
    """

    paragraphs: list[list[Piece]]
    unit: Unit
    dropped: list[OmittedText]
    title: str | None = None
    date: dt.date | None = None
    publisher: str | None = None


class UnreadableError(Exception):
    """Why a document cannot be read, and what to do about it."""

    def __init__(self, flaw: FileProblem, reason: str, cure: str, *figures: int | str) -> None:
        super().__init__(reason)
        self.refusal = DocumentRefusal(reason=reason, cure=cure, flaw=flaw, figures=figures)
