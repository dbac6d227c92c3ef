"""The values of reading a document: limits, drafts, omissions and refusals."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field

from retrieval.file_problems import Figures, FileProblem
from retrieval.models import Unit, Value
from retrieval.reading.articles import MAX_BYTES

OPENING_LINES = 5


class Format(StrEnum):
    """The format of a document."""

    TEXT = "txt"
    MARKDOWN = "md"
    HTML = "html"
    PDF = "pdf"
    WORD = "docx"


class ReadingLimits(Value):
    """The cost that one document may have."""

    bytes: Annotated[int, Field(ge=1)] = MAX_BYTES  # of the document as sent, and of the text read from it
    pages: Annotated[int, Field(ge=1)] = 1_000  # of a PDF; parts of a Word file
    seconds: Annotated[float, Field(gt=0)] = 30  # by the clock, and of one processor
    memory: Annotated[int, Field(ge=1)] = 180_000_000  # address space of the process that reads, in bytes


class Omission(StrEnum):
    """Parts of a document that its text leaves out."""

    RUNNING_LINES = "running headers, footers and page numbers"
    EMPTY_PAGES = "pages without text"
    LINE_NUMBERS = "numbers of lines"
    MOVED_NOTES = "notes at the foot, put behind the text"
    ASKEW = "letters set sideways"
    SURROUNDINGS = "words around the article"
    HEADERS = "headers and footers"
    DELETIONS = "deleted passages"
    STRUCK = "struck-out passages"
    HIDDEN = "hidden passages"
    NOTE_MARKS = "footnote marks"
    READINGS = "readings beside words (ruby)"
    FORMULAS = "formulas and pictures within sentences, marked there"
    PICTURES = "pictures"
    INVISIBLE = "invisible characters"


class OmittedText(Value):
    """How much of a kind was left out, with a sample where that can be shown."""

    what: Omission
    count: Annotated[int, Field(ge=1)]
    sample: str = ""


class Draft(Value):
    """A document as read: an article that is not yet stored."""

    name: str  # the document's file name, made safe
    format: Format
    title: str
    date: dt.date | None = None
    publisher: str | None = None
    url: str | None = None  # of the published original
    text: str = Field(repr=False)  # of a `.txt` or `.md`, the document itself
    sentences: int  # how many passages the text holds
    dropped: tuple[OmittedText, ...] = ()
    sha256: str  # of the document's bytes, in hexadecimal
    bytes: int  # size of the document
    ocr: bool = False  # read by text recognition from pictures of pages
    unit: Unit | None = None  # none where the text is the document
    # offsets in the text at which a page or paragraph begins, ascending
    starts: tuple[int, ...] = Field(default=(), repr=False)
    numbers: tuple[int, ...] = Field(default=(), repr=False)  # the number of the page or paragraph that begins at each

    @property
    def opening(self) -> tuple[str, ...]:
        """The first lines that are not blank."""
        return tuple(line for line in self.text.splitlines() if line.strip())[:OPENING_LINES]


class DocumentRefusal(Value):
    """Why a document cannot become an article, and the cure."""

    reason: str
    cure: str
    flaw: FileProblem
    figures: Figures = ()  # named by the words for the problem


class Piece(NamedTuple):
    """A part of a paragraph, with the number of its page or paragraph."""

    number: int
    text: str


class Reading(NamedTuple):
    """The text and metadata that the reader of a format found."""

    paragraphs: list[list[Piece]]  # each in pieces that are joined as they are
    unit: Unit  # counted by the pieces' numbers
    omissions: list[OmittedText]
    title: str | None = None
    date: dt.date | None = None
    publisher: str | None = None
    url: str | None = None  # of the published original
    ocr: bool = False  # read by text recognition


class UnreadableError(Exception):
    """Why a document cannot be read, and the cure."""

    def __init__(self, flaw: FileProblem, reason: str, cure: str, *figures: int | str) -> None:
        super().__init__(reason)
        self.refusal = DocumentRefusal(reason=reason, cure=cure, flaw=flaw, figures=figures)
