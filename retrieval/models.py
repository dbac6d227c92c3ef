"""The values retrieval passes on: articles, passages, questions as read, and hits."""

import datetime as dt
from bisect import bisect_right
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from retrieval.text.shown_text import shown
from retrieval.file_problems import Figures, FileProblem


class Value(BaseModel):
    """A frozen value: equal when its fields are, never changed after it is made."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Unit(StrEnum):
    """What the places of an original document are counted in, from 1."""

    PAGE = "page"
    PARAGRAPH = "paragraph"


class DocumentPlace(Value):
    """Where something stands in the document that an article was read from.

    Attributes:
        file: The document's path inside the folder, with forward slashes.
        unit: What is counted.
        number: Its number, from 1.
    """

    file: str
    unit: Unit
    number: Annotated[int, Field(ge=1)]


class Original(Value):
    """The document that an article's text was read from.

    Attributes:
        file: Its path inside the folder, with forward slashes.
        sha256: Hash of its bytes, in hexadecimal.
        unit: What its places are counted in.
        starts: Offsets in the article's text at which a further page or paragraph begins, ascending, the first 0.
        numbers: The number of the page or paragraph that begins at each.
    """

    file: str
    sha256: str
    unit: Unit
    starts: tuple[int, ...] = Field(repr=False)
    numbers: tuple[int, ...] = Field(repr=False)

    def place(self, offset: int) -> DocumentPlace:
        """The page or paragraph that an offset of the article's text stands in."""
        return DocumentPlace(file=self.file, unit=self.unit, number=self.numbers[bisect_right(self.starts, offset) - 1])


class Source(Value):
    """What an article is known by: all but its text.

    Attributes:
        file: Its path inside the folder, with forward slashes.
        title: Its headline.
        date: The day it was published, where the article says so.
        publisher: Who published it, where the article says so.
        url: Where it was published, where the article says so.
        sha256: Hash of the file's bytes, in hexadecimal.
        original: The document that the file was read from, where it is not the article itself.
    """

    file: str
    title: str
    date: dt.date | None = None
    publisher: str | None = None
    url: str | None = None
    sha256: str
    original: Original | None = None


class Article(Source):
    """One file of the articles folder, read and dated.

    Attributes:
        text: The file as decoded (UTF-8, a byte order mark kept as U+FEFF, newlines untouched).
    """

    text: str = Field(repr=False)

    @property
    def source(self) -> Source:
        """The same without the text."""
        return Source(**{name: getattr(self, name) for name in Source.model_fields})


class SkippedFile(Value):
    """A file of the articles folder that could not be used.

    Attributes:
        file: Its path inside the folder, control characters made visible.
        reason: What is wrong with it.
        cure: What to do about it.
        flaw: The same by its name.
        figures: What the words for it name.
    """

    file: str
    reason: str
    cure: str
    flaw: FileProblem
    figures: Figures = ()


class Passage(Value):
    """One sentence with its exact place: the unit of retrieval and citation.

    Attributes:
        file: The article it stands in.
        line: The line it starts on, counted from 1.
        start: Offset of its first code point in the article's text.
        end: Offset after its last code point, so that `text[start:end]` of the article is the quote.
        text: The sentence, untouched.
        title: The article's title.
        date: The article's date, where known.
        publisher: The article's publisher, where known.
        sha256: Hash of the article's bytes when it was read.
        original: The page or paragraph it starts on in the document that the article was read from, where there is one.
        speaker: Who speaks, as the article names them; None where nobody does.
    """

    file: str
    line: Annotated[int, Field(ge=1)]
    start: Annotated[int, Field(ge=0)]
    end: int
    text: str
    title: str
    date: dt.date | None = None
    publisher: str | None = None
    sha256: str | None = None
    original: DocumentPlace | None = None
    speaker: str | None = None

    @property
    def shown(self) -> str:
        """The sentence as people are shown it."""
        return shown(self.text)


class Kind(StrEnum):
    """What a question asks for."""

    WHO = "who"
    WHEN = "when"
    WHERE = "where"
    HOW_MANY = "how many"
    WHAT = "what"
    WHY = "why"
    LIST = "list"
    YES_NO = "yes-no"
    KEYWORDS = "keywords"


class SmallTalk(StrEnum):
    """What people say to a bot besides questions."""

    GREETING = "greeting"
    THANKS = "thanks"
    ABOUT = "about"


class Expansion(Value):
    """Something that may stand for a term of a question, and why.

    Attributes:
        term: The question's term.
        terms: What may stand for it; all of them together.
        weight: What a match by it is worth, 0 to 1, beside one by the term itself.
        why: How it was found: acronym, spelling, variant, place or form.
        written: The word meant, where the term is that of a misspelt one.
    """

    term: str
    terms: tuple[str, ...]
    weight: float
    why: str
    written: str | None = None


class Age(StrEnum):
    """Which reports a question wants first, by their date."""

    NEWEST = "newest"
    OLDEST = "oldest"


class AgePreference(Value):
    """Which reports a question wants first, and which of its words say so."""

    age: Age
    because: str


class Filters(Value):
    """What restricts a question to some of the articles.

    Attributes:
        written: The filters as written, in order.
        after: The first day allowed.
        before: The first day no longer allowed.
        publishers: Names of which an article's publisher must have one.
        collections: Names of which an article's collection, the first folder of its file, must have one.
    """

    written: tuple[str, ...] = ()
    after: dt.date | None = None
    before: dt.date | None = None
    publishers: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()


class Problem(StrEnum):
    """Why filters cannot be used."""

    DATE = "date"
    PERIOD = "period"
    PUBLISHER = "publisher"
    COLLECTION = "collection"
    VANISHED = "vanished"
    NOTHING_LEFT = "nothing left"


class FilterFault(Value):
    """What is wrong with the filters of a question.

    Attributes:
        problem: What kind of fault it is.
        filters: The filters at fault, as written.
        known: The names there are; where nothing is left, the first and the last date of the articles, if any has one.
    """

    problem: Problem
    filters: tuple[str, ...]
    known: tuple[str, ...] = ()


class CarriedTerm(Value):
    """A term that a question took over from an earlier one.

    Attributes:
        term: The term.
        word: It as written there.
        weight: What it is worth beside the question's own terms, above 0 and up to 1.
    """

    term: str
    word: str
    weight: Annotated[float, Field(gt=0, le=1)]


class Query(Value):
    """A question as the desk read it.

    Attributes:
        text: The question as asked.
        asked: The same without its filters.
        kind: What it asks for.
        terms: Its distinct terms, in the order asked, stop words left out.
        words: Each of them as written.
        carried: Those of its terms that it took over from an earlier question, and what they are worth.
        expansions: What may stand for some of the terms.
        names: Those of its terms that are written as names or numbers.
        focus: The term that says what kind of thing is asked for, such as 'city' in 'Which city ...?'.
        chat: What it is instead of a question, where it is none: a greeting, thanks, or a word about the bot itself.
        foreign: Whether it is written in a script, or in a language, that none of the articles uses.
        language: That language's code, where it is a language (see `retrieval.text.languages`).
        prefers: Whether it wants the newest or the oldest reports first.
        filters: What restricts it to some of the articles; no part of the terms.
        inherited: Those of its filters, as written, that it took over from an earlier question.
        fault: Why its filters cannot be used, where they cannot.
    """

    text: str
    asked: str
    kind: Kind
    terms: tuple[str, ...]
    words: tuple[str, ...] = ()
    carried: tuple[CarriedTerm, ...] = ()
    expansions: tuple[Expansion, ...] = ()
    names: frozenset[str] = frozenset()
    focus: str | None = None
    chat: SmallTalk | None = None
    foreign: bool = False
    language: str | None = None
    prefers: AgePreference | None = None
    filters: Filters = Filters()
    inherited: tuple[str, ...] = ()
    fault: FilterFault | None = None

    def weight(self, term: str) -> float:
        """What one of its terms is worth: 1, or less for one taken over from an earlier question."""
        return next((carried.weight for carried in self.carried if carried.term == term), 1.0)


class Hit(Value):
    """A passage at a rank.

    Attributes:
        passage: The sentence found.
        rank: Its place among the hits, from 1.
        score: Its BM25 score, comparable within one query only.
        matched: The terms, the question's or what stands for them, that it holds.
    """

    passage: Passage
    rank: Annotated[int, Field(ge=1)]
    score: float
    matched: tuple[str, ...]


class Findings(Value):
    """What a library found for a question.

    Attributes:
        query: The question as read.
        hits: Passages, best first; each shares a term with the question or with what may stand for it.
        confidence: Probability, 0 to 1, that one of the first three hits supports an answer.
        missing: Words of the question that none of the first three hits holds in any form, in the order asked.
    """

    query: Query
    hits: tuple[Hit, ...]
    confidence: Annotated[float, Field(ge=0, le=1)]
    missing: tuple[str, ...] = ()


class FeatureShare(Value):
    """One of the figures that speak for a hit."""

    name: str
    value: float


class ExplainedHit(Value):
    """Why a hit is ranked where it is: its figures by name, as `retrieval.ranking.features` describes them."""

    hit: Hit
    parts: tuple[FeatureShare, ...]


class Explanation(Value):
    """How a question was read, what speaks for each hit, and what the confidence was made of."""

    findings: Findings
    hits: tuple[ExplainedHit, ...] = ()
    confidence: tuple[FeatureShare, ...] = ()


class Relation(StrEnum):
    """How two passages stand to each other."""

    AGREE = "agree"
    DIFFER = "differ"
    UNRELATED = "unrelated"


class Comparison(Value):
    """How two passages stand to each other, and by what.

    Attributes:
        relation: Agree, differ or unrelated.
        about: What decided: `figure`, `date`, `list` or `words`; empty where they are unrelated.
        one: The first passage's words that contradict the second's, verbatim; empty unless they differ.
        other: The second's.
    """

    relation: Relation
    about: str = ""
    one: str = ""
    other: str = ""
