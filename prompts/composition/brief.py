"""The plan of a brief: the quotes it may hold, by aspect and in order, and which of them are chosen and pinned."""

import datetime as dt

from prompts.composition.compose import QUESTION_CHARS, cite_passage
from prompts.composition.languages import with_languages
from prompts.models import Answer, Brief, BriefMark, Citation, TimelineMark
from retrieval.brief.aspects import Aspect
from retrieval.brief.request import brief_asked
from retrieval.brief.selection import BriefQuote, select_quotes
from retrieval.library import Library
from retrieval.models import Filters, Kind, Query, Value
from retrieval.timeline.timeline import topic_query

PlanKey = tuple[Aspect, str, int]
"""The aspect, the file and the offset of a quote: equal for the same quote of another day."""


class PlannedQuote(Value):
    """A quote that a brief may hold."""

    aspect: Aspect
    citations: tuple[Citation, ...]  # the sentence, and those of other articles that say the same
    against: tuple[Citation, ...] = ()  # the sentences that contradict it
    label: str = ""
    day: TimelineMark | None = None
    is_chosen: bool = True
    is_by_hand: bool = False  # taken or left out by somebody
    is_pinned: bool = False  # stays whatever a renewal finds, as long as its article holds it

    @property
    def key(self) -> PlanKey:
        """The aspect and the place of the quote."""
        return self.aspect, self.citations[0].file, self.citations[0].start


class BriefPlan(Value):
    """The quotes that a brief may hold, in order."""

    question: str
    topic: str
    since: dt.date | None = None
    until: dt.date | None = None
    filters: Filters = Filters()
    confidence: float = 0.0
    quotes: tuple[PlannedQuote, ...] = ()


def plan_brief(library: Library, query: Query) -> BriefPlan | None:
    """Plan the brief that a question asks for; None where it asks for none, or cannot be answered at all."""
    is_open = not query.fault and not query.foreign and len(query.text) <= QUESTION_CHARS
    request = brief_asked(query.asked) if is_open else None
    if request is None or not request.topic:
        return None
    topic = read_brief_topic(library, query)
    quotes = select_quotes(library, topic, request) if topic.terms else []
    return BriefPlan(
        question=query.text,
        topic=request.topic,
        since=request.since,
        until=request.until,
        filters=query.filters,
        confidence=max((quote.hits[0].confidence for quote in quotes if quote.is_chosen), default=0.0),
        quotes=tuple(map(_planned, quotes)),
    )


def read_brief_topic(library: Library, query: Query) -> Query:
    """Read the topic of a question that asks for a brief, with its filters."""
    request = brief_asked(query.asked)
    topic = topic_query(library, request) if request else query
    return topic.model_copy(update={"text": query.text, "filters": query.filters, "inherited": query.inherited})


def _planned(quote: BriefQuote) -> PlannedQuote:
    event = quote.event.event if quote.event else None
    days = event.days if event else None
    return PlannedQuote(
        aspect=quote.aspect,
        citations=tuple(cite_passage(1, hit.passage, hit.score, hit.matched) for hit in quote.hits),
        against=tuple(cite_passage(1, hit.passage, hit.score, hit.matched) for hit in quote.against),
        label=quote.label,
        day=event
        and TimelineMark(
            number=1,
            date=days.iso() if days else None,
            written=event.written,
            worked_out=days is not None and event.date.is_counted,
        ),
        is_chosen=quote.is_chosen,
    )


def compose_brief(plan: BriefPlan, query: Query) -> Answer | None:
    """Compose the answer of a plan's chosen quotes, numbered as they are read, no sentence twice.

    Args:
        plan: The plan.
        query: The question as read, for the languages of the quotes.

    Returns:
        None where no quote is chosen.
    """
    numbering = _Numbering()
    marks: list[BriefMark] = []
    differing: list[tuple[int, ...]] = []
    agreeing: list[tuple[int, ...]] = []
    for quote in (each for aspect in Aspect for each in plan.quotes if each.aspect is aspect and each.is_chosen):
        head, *same = quote.citations
        is_above = numbering.has(head)
        if is_above and quote.aspect is not Aspect.TIMELINE:
            continue
        number = numbering.add(head)
        day = quote.day and quote.day.model_copy(update={"number": number})
        marks.append(BriefMark(aspect=quote.aspect, number=number, label=quote.label, is_above=is_above, day=day))
        if also := [numbering.add(other) for other in same if not numbering.has(other)]:
            agreeing.append((number, *also))
        against = [numbering.add(other) for other in quote.against if not numbering.has(other)]
        marks += [BriefMark(aspect=quote.aspect, number=other) for other in against]
        if against:
            differing.append((number, *against))
    if not marks:
        return None
    answer = Answer(
        question=plan.question,
        kind=Kind.BRIEF,
        outcome="answered",
        confidence=plan.confidence,
        filters=plan.filters,
        citations=numbering.citations,
        agreeing=tuple(agreeing),
        differing=tuple(differing),
        brief=Brief(
            topic=plan.topic,
            since=plan.since,
            until=plan.until,
            marks=tuple(marks),
        ),
    )
    return with_languages(answer, query)


class _Numbering:
    """Numbers citations as they come, each place once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int], Citation] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        return tuple(self._found.values())

    def has(self, citation: Citation) -> bool:
        return (citation.file, citation.start) in self._found

    def add(self, citation: Citation) -> int:
        numbered = citation.model_copy(update={"number": len(self._found) + 1})
        return self._found.setdefault((citation.file, citation.start), numbered).number
