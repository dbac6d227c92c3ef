"""The values that retrieval passes on: articles, passages, questions as read, and hits."""

import datetime as dt
from bisect import bisect_right
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from retrieval.file_problems import Figures, FileProblem
from retrieval.text.shown_text import shown


class Value(BaseModel):
    """A frozen value: equal when its fields are, never changed after it is made."""

    # A command uses few of them, and to make what checks their fields takes a millisecond each.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Unit(StrEnum):
    """The unit in which the places of an original document are counted, from 1."""

    PAGE = "page"
    PARAGRAPH = "paragraph"


class DocumentPlace(Value):
    """A place in the document that an article was read from."""

    file: str  # its path inside the folder, with forward slashes
    unit: Unit
    number: Annotated[int, Field(ge=1)]
    ocr: bool = False  # its text was read by text recognition


class Original(Value):
    """The document that an article's text was read from."""

    file: str  # its path inside the folder, with forward slashes
    sha256: str  # of its bytes, in hexadecimal
    unit: Unit
    # offsets in the article's text at which a page or paragraph begins, ascending, the first 0
    starts: tuple[int, ...] = Field(repr=False)
    numbers: tuple[int, ...] = Field(repr=False)  # the number of the page or paragraph that begins at each
    ocr: bool = False  # its text was read by text recognition

    def place(self, offset: int) -> DocumentPlace:
        """Return the page or paragraph in which an offset of the article's text stands."""
        number = self.numbers[bisect_right(self.starts, offset) - 1]
        return DocumentPlace(file=self.file, unit=self.unit, number=number, ocr=self.ocr)


class Source(Value):
    """An article without its text."""

    file: str  # its path inside the folder, with forward slashes
    title: str
    date: dt.date | None = None  # of publication, where the article says so
    undecided_date: str | None = None  # as written, where day and month may stand in either order
    day_first: bool | None = None  # whether its dates in figures begin with the day, where any shows it
    publisher: str | None = None
    url: str | None = None  # of the published original, where the article says so
    sha256: str  # of the file's bytes, in hexadecimal
    original: Original | None = None  # the document that the file was read from, where that is not the article itself


class Article(Source):
    """One file of the articles folder, read and dated."""

    text: str = Field(repr=False)  # as decoded: UTF-8, a byte order mark kept as U+FEFF, newlines untouched

    @property
    def source(self) -> Source:
        """The article without its text."""
        return Source(**{name: getattr(self, name) for name in Source.model_fields})


class SkippedFile(Value):
    """A file of the articles folder that could not be used."""

    file: str  # its path inside the folder, control characters made visible
    reason: str
    cure: str
    flaw: FileProblem
    figures: Figures = ()  # named by the words for the problem


class Passage(Value):
    """One sentence with its exact place: the unit of retrieval and citation."""

    file: str
    line: Annotated[int, Field(ge=1)]  # the line it starts on, from 1
    start: Annotated[int, Field(ge=0)]  # code points into the article's text, of which `text[start:end]` is the quote
    end: int
    text: str
    title: str
    date: dt.date | None = None
    publisher: str | None = None
    url: str | None = None  # of the published original
    sha256: str | None = None  # of the article's bytes when it was read
    original: DocumentPlace | None = None  # the page or paragraph it starts on
    speaker: str | None = None  # whoever says it, as the article names them
    heading: str | None = None  # the nearest heading above it, as people are shown it

    @cached_property
    def shown(self) -> str:
        """The sentence as people are shown it."""
        return shown(self.text)


class Kind(StrEnum):
    """The kind of answer that a question asks for."""

    WHO = "who"
    WHEN = "when"
    WHERE = "where"
    HOW_MANY = "how many"
    WHAT = "what"
    WHY = "why"
    LIST = "list"
    YES_NO = "yes-no"
    DEFINITION = "definition"
    COMPARISON = "comparison"
    POSITION = "position"
    ROLE = "role"
    HOW = "how"
    KEYWORDS = "keywords"
    TIMELINE = "timeline"
    SIDE_BY_SIDE = "side by side"
    BRIEF = "brief"


class SmallTalk(StrEnum):
    """Messages to a bot that are no questions."""

    GREETING = "greeting"
    THANKS = "thanks"
    ABOUT = "about"  # what the bot is and does
    MAKER = "maker"
    SOURCES = "sources"  # what articles there are
    NEWS = "news"


class Expansion(Value):
    """Terms that may stand for a term of a question, all of them together."""

    term: str
    terms: tuple[str, ...]
    weight: float  # of a match, 0 to 1, beside one by the term itself
    why: str  # acronym, spelling, variant, place or form
    written: str | None = None  # the word meant, where the term is that of a misspelt one


class Age(StrEnum):
    """The reports that a question wants first, by their date."""

    NEWEST = "newest"
    OLDEST = "oldest"


class AgePreference(Value):
    """The reports that a question wants first, and the words that say so."""

    age: Age
    because: str


class TimeSpan(Value):
    """The period that a question speaks of."""

    first: dt.date | None = None  # its first day; None for no beginning
    after: dt.date | None = None  # the first day after it; None for no end
    terms: frozenset[str] = frozenset()  # of the question, that say so

    def holds(self, day: dt.date) -> bool:
        """Return whether a day lies in the period."""
        return (self.first is None or self.first <= day) and (self.after is None or day < self.after)


class Filters(Value):
    """The restriction of a question to a part of the articles."""

    written: tuple[str, ...] = ()  # the filters as written, in order
    after: dt.date | None = None  # the first day allowed
    before: dt.date | None = None  # the first day no longer allowed
    publishers: tuple[str, ...] = ()  # an article's publisher has one of these names
    collections: tuple[str, ...] = ()  # an article's collection, the first folder of its file, has one of these names


class Problem(StrEnum):
    """Why filters cannot be used."""

    DATE = "date"
    PERIOD = "period"
    PUBLISHER = "publisher"
    COLLECTION = "collection"
    VANISHED = "vanished"
    NOTHING_LEFT = "nothing left"


class FilterFault(Value):
    """The fault of the filters of a question."""

    problem: Problem
    filters: tuple[str, ...]  # those at fault, as written
    # all names; where nothing is left, the first and the last date of the articles, if any has one
    known: tuple[str, ...] = ()


LIGHT = 0.4
"""The weight of a term that tells little beside that of another; measured (docs/quality.md)."""


class CarriedTerm(Value):
    """A term that a question took over from an earlier one."""

    term: str
    word: str  # as written there
    weight: Annotated[float, Field(gt=0, le=1)]  # beside the question's own terms


class Translation(Value):
    """A word of a question, and its meaning in the language of articles."""

    written: str
    meant: str


class Query(Value):
    """A question as the desk read it."""

    text: str  # as asked
    asked: str  # without its filters
    kind: Kind
    terms: tuple[str, ...]  # distinct, in the order asked, stop words left out
    words: tuple[str, ...] = ()  # each of the terms as written
    carried: tuple[CarriedTerm, ...] = ()
    expansions: tuple[Expansion, ...] = ()
    groups: tuple[str, ...] = ()  # as typed, its words of several of these: 'tàu ngầm'
    names: frozenset[str] = frozenset()  # the terms that are written as names or numbers
    focus: str | None = None  # the term for the kind of thing asked for: 'city' in 'Which city ...?'
    chat: SmallTalk | None = None  # small talk instead of a question
    foreign: bool = False  # in a script, or in a language, that none of the articles uses
    language: str | None = None  # that language's code (see `retrieval.text.languages`)
    vietnamese: bool = False  # read as Vietnamese, with or without marks
    prefers: AgePreference | None = None
    period: TimeSpan | None = None
    light: frozenset[str] = frozenset()  # the terms that tell little, being common in any text
    filters: Filters = Filters()  # no part of the terms
    inherited: tuple[str, ...] = ()  # the filters, as written, that it took over from an earlier question
    fault: FilterFault | None = None
    readings: tuple["Query", ...] = ()  # the question in the words of the other languages that the articles are in
    own: bool = True  # whether its own words may find something; not where no article is in their language
    written_in: str | None = None  # the code of its own language, of those of the glossary
    read_in: str | None = None  # of a reading, the code of that language
    read_as: tuple[Translation, ...] = ()  # of a reading, its words with their meaning
    original: str | None = Field(default=None, exclude=True, repr=False)  # of a reading, the question as it was asked
    first: str | None = None  # the code of the language whose sentences come first among equals; None for its own
    earlier: "Query | None" = Field(default=None, exclude=True, repr=False)  # the question that it leans on

    def weight(self, term: str) -> float:
        """Return the weight of a term: 1, or less where it tells little or was carried from an earlier question."""
        own = LIGHT if term in self.light else 1.0
        if not self.carried:  # as of nearly all questions, and each term is asked for often
            return own
        return own * next((carried.weight for carried in self.carried if carried.term == term), 1.0)


class Hit(Value):
    """A passage at a rank."""

    passage: Passage
    rank: Annotated[int, Field(ge=1)]
    score: float  # BM25, comparable within one query only
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.0  # that it supports an answer by itself
    matched: tuple[str, ...]  # the terms, the question's or their alternatives, that it holds


class Findings(Value):
    """The hits for a question."""

    query: Query
    hits: tuple[Hit, ...]  # best first; each shares a term with the question, or its article's title does
    confidence: Annotated[float, Field(ge=0, le=1)]  # that one of the first three hits supports an answer
    missing: tuple[str, ...] = ()  # words of the question that none of these holds in any form, in the order asked
    unknown: tuple[str, ...] = ()  # those of them that no passage or title of the library holds in any form


class FeatureShare(Value):
    """A feature of a hit or of a confidence."""

    name: str
    value: float


class ExplainedHit(Value):
    """A hit with its features by name, as `retrieval.ranking.features` describes them."""

    hit: Hit
    parts: tuple[FeatureShare, ...]
    by_words: int | None = None  # its place among the same candidates by words alone, where a semantic model helped


class Explanation(Value):
    """How a question was read, the features of each hit, and those of the confidence."""

    findings: Findings
    hits: tuple[ExplainedHit, ...] = ()
    confidence: tuple[FeatureShare, ...] = ()


class Relation(StrEnum):
    """How two passages stand to each other."""

    AGREE = "agree"
    DIFFER = "differ"
    UNRELATED = "unrelated"


class Comparison(Value):
    """How two passages stand to each other, and by which facts."""

    relation: Relation
    about: str = ""  # `figure`, `date`, `list` or `words`; empty where they are unrelated
    one: str = ""  # the first passage's words that contradict the second's, verbatim; empty unless they differ
    other: str = ""
