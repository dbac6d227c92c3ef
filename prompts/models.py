"""The values of an answer: what is quoted, from where, and whether there is one."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import ConfigDict, Field, computed_field, model_validator

from prompts.profile import LibraryProfile
from retrieval.brief.aspects import Aspect
from retrieval.models import DocumentPlace, FilterFault, Filters, Kind, SmallTalk, Translation, Value
from retrieval.side_by_side.request import ColumnSense
from retrieval.side_by_side.side_by_side import AspectKind
from retrieval.text.shown_text import shown


class Channel(StrEnum):
    """Where words are read."""

    TELEGRAM = "telegram"
    INLINE = "inline"
    CLI = "cli"


class Citation(Value):
    """One quoted sentence and its source.

    Attributes:
        number: The number it is cited by within its answer, from 1.
        file: The article.
        line: The line it starts on, from 1.
        start: Offset of its first code point in the article.
        end: Offset after its last.
        quote: The sentence, untouched.
        title: The article's title.
        date: The article's date, where known.
        publisher: The article's publisher, where known.
        url: The address of the published original, where known.
        sha256: Hash of the article's bytes when it was read.
        original: The page or paragraph it starts on in the document that the article was read from, where there is one.
        score: Its BM25 score, comparable within this answer.
        matched: The question's terms that the quote holds.
    """

    number: Annotated[int, Field(ge=1)]
    file: str
    line: int
    start: int
    end: int
    quote: str
    title: str
    date: dt.date | None = None
    publisher: str | None = None
    url: str | None = None
    sha256: str | None = None
    original: DocumentPlace | None = None
    score: float
    matched: tuple[str, ...] = ()
    language: str | None = None  # the code of its language, where that is not the question's
    speaker: str | None = None  # whoever says it, as the article names them
    lead: bool = False  # only leads up to a quote that points back to it

    @model_validator(mode="before")
    @classmethod
    def _derive_shown(cls, fields: object) -> object:
        """Leave out `shown` of a citation read from JSON: it follows from the quote."""
        return {name: fields[name] for name in fields if name != "shown"} if isinstance(fields, dict) else fields

    @computed_field  # type: ignore[prop-decorator]  # pydantic's own way
    @property
    def shown(self) -> str:
        """The sentence as people are shown it."""
        return shown(self.quote)


class TimelineMark(Value):
    """The day that a quote of a timeline speaks of."""

    number: int  # of the citation
    date: str | None  # as ISO 8601 writes a day, a month, a year, or two days of a range; None where it is not known
    written: str  # the words of the quote that say it
    worked_out: bool  # counted from the article's date, rather than said


class ComparedColumn(Value):
    """A side of a comparison, and its quotes."""

    label: str  # as asked for; empty of older, newer and undated reports
    sense: ColumnSense = ColumnSense.NAME
    numbers: tuple[int, ...] = ()  # of its citations, in the order shown; none where the articles have nothing of it
    by_article: tuple[int, ...] = ()  # those whose side only other sentences of their article name


class ComparedAspect(Value):
    """What quotes of several sides are about together."""

    kind: AspectKind
    differs: bool  # in a figure or a list
    numbers: tuple[int, ...]  # of the citations, by side
    words: tuple[str, ...]  # of each that differs, verbatim; empty where it is not told in few words


class QuantityChange(Value):
    """A figure that differs from the figure told before."""

    number: int  # of the citation
    before: int  # of the citation that was told before
    was: str  # the words of that one
    now: str


class BriefMark(Value):
    """The place of a quote in a brief."""

    aspect: Aspect
    number: int  # of the citation
    label: str = ""  # its figures, whose position it is, or who says it
    is_above: bool = False  # the quote stands in an earlier part already
    day: TimelineMark | None = None  # that it speaks of, in a timeline


class Brief(Value):
    """A brief: quotes on a topic by aspect."""

    topic: str
    since: dt.date | None = None
    until: dt.date | None = None
    marks: tuple[BriefMark, ...] = ()

    @property
    def empty(self) -> tuple[Aspect, ...]:
        """The aspects on which there is nothing."""
        return tuple(aspect for aspect in Aspect if all(mark.aspect is not aspect for mark in self.marks))


class Reason(StrEnum):
    """Why the desk abstained."""

    UNSUPPORTED = "unsupported"
    CHAT = "chat"
    EMPTY = "empty"
    TOO_LONG = "too long"
    FOREIGN = "foreign"
    FILTERS = "filters"


Outcome: TypeAlias = Literal["answered", "abstained", "chat"]


class Answer(Value):
    """What the desk has to say to a question; abstaining is an answer too.

    Attributes:
        question: The question as asked.
        kind: What it asks for.
        outcome: Whether quotes are given, or none; "chat" where no question was asked, as with a greeting.
        reason: Why no quotes are given.
        confidence: Probability, 0 to 1, that one of the first three hits supports an answer.
        citations: The quotes, numbered from 1; the closest passages, if any, when it abstained.
        agreeing: Groups of citation numbers that say nearly the same; the first of each is the one to show.
        differing: Groups of citation numbers that contradict each other, the newest first, those without a date last.
        blocks: Groups of citation numbers whose sentences follow each other in their article, to be shown as one.
        tentative: Whether the quotes are the closest passages rather than surely the answer.
        further: Whether the quotes are those that follow the ones given before, because somebody asked for more.
        chat: What was said instead of a question, where it was none.
        dateless: Whether a follow-up asks for a date that none of the quotes gives.
        carried: Words and filters that it took over from an earlier question, as written there.
        missing: Words of the question that no article holds in any form, when it abstained.
        opposed: Whether it abstained because the first of the closest passages says the opposite of what it is asked.
        keeps_closest: Whether it abstained with closest passages that are kept for who asks for them.
        library: The articles at large, where it was asked about them.
        read_as: Words of the question with their meaning in the language of the quotes, where that is another.
        filters: What restricted the question to some of the articles.
        timeline: The day of each quote, oldest first, where they are put in the order of time.
        left_out: How many events more there are than the timeline shows, or articles than the notice of a watch.
        columns: The sides that are set beside each other, in the order asked for, where it is a comparison.
        aspects: What their quotes are about together, differences first.
        watched: Whether nobody asked just now: the quotes are new, and tell somebody who watches for them.
        changes: Figures of a watch that differ from those told before, which are cited after its own quotes.
        brief: Where each quote stands in a brief, where that was asked for.
        fault: What is wrong with its filters, where it abstained because of them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")  # one on its way out may be of an earlier version

    question: str
    kind: Kind
    outcome: Outcome
    reason: Reason | None = None
    confidence: Annotated[float, Field(ge=0, le=1)]
    citations: tuple[Citation, ...] = ()
    agreeing: tuple[tuple[int, ...], ...] = ()
    differing: tuple[tuple[int, ...], ...] = ()
    blocks: tuple[tuple[int, ...], ...] = ()
    tentative: bool = False
    further: bool = False
    chat: SmallTalk | None = None
    dateless: bool = False
    carried: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    opposed: bool = False
    keeps_closest: bool = False
    library: LibraryProfile | None = None
    read_as: tuple[Translation, ...] = ()
    filters: Filters = Filters()
    fault: FilterFault | None = None
    timeline: tuple[TimelineMark, ...] = ()
    left_out: int = 0
    columns: tuple[ComparedColumn, ...] = ()
    aspects: tuple[ComparedAspect, ...] = ()
    watched: bool = False
    changes: tuple[QuantityChange, ...] = ()
    brief: Brief | None = None

    def for_many(self) -> "Answer":
        """Return the answer for a chat that many read: of a refusal the closest passages are kept back."""
        if self.outcome == "answered":
            return self
        kept = {"citations": (), "blocks": (), "agreeing": (), "differing": ()}
        return self.model_copy(update={**kept, "keeps_closest": bool(self.citations)})
