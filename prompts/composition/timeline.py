"""A timeline to an answer: quotes in the order of the days that they speak of."""

from prompts.composition.compose import QUESTION_CHARS, carried_words, cite_groups, refuse
from prompts.composition.languages import with_languages
from prompts.models import Answer, TimelineMark
from retrieval.library import Library
from retrieval.models import Findings, Kind, Query
from retrieval.timeline.request import TIMELINE_OF, TimelineRequest, timeline_asked
from retrieval.timeline.timeline import Timeline, TimelineGroup, build_timeline, topic_query

EVENTS = 12
"""Most events of a timeline, unless asked for more: as many as a message holds."""
LEAST = 2
"""Least events, one of them with a day, that answer a question that asks for no timeline by name."""


def timeline_of(query: Query) -> TimelineRequest | None:
    """Return the timeline that a question asks for; None where it asks for none, or cannot be answered at all."""
    is_too_long = len(query.text) > QUESTION_CHARS
    return None if is_too_long or query.fault or query.foreign or query.chat else timeline_asked(query.asked)


def read_topic(library: Library, query: Query, request: TimelineRequest) -> Query:
    """Read the topic of a timeline, with the filters and the carried terms of the question."""
    words = " ".join((request.topic, *(part.word for part in query.carried)))
    topic = topic_query(library, request._replace(topic=words.strip()))
    taken: dict[str, object] = {"filters": query.filters, "carried": query.carried, "inherited": query.inherited}
    if not query.asked.startswith(TIMELINE_OF):  # the language of the request, as a topic may be an acronym
        taken["written_in"] = query.written_in
    return topic.model_copy(update={"text": query.text, **taken})


def compose_timeline(
    findings: Findings, request: TimelineRequest, events: int | None, library: Library
) -> Answer | None:
    """Answer with the events of a topic, oldest first.

    Args:
        findings: The findings for the topic.
        request: The timeline that it asks for.
        events: Most events; None for as many as a message holds.
        library: The articles.

    Returns:
        None where the question asks for no timeline by name and is better answered as it stands.
    """
    timeline = build_timeline(library, findings.query, request, events or EVENTS)
    is_dated = any(group.event.days is not None for group in timeline.groups)
    if request.is_explicit and not timeline.groups:
        return refuse(findings, library)
    if not request.is_explicit and not (is_dated and len(timeline.groups) >= LEAST):
        return None
    return _answer(findings, timeline)


def _answer(findings: Findings, timeline: Timeline) -> Answer:
    query, groups = findings.query, timeline.groups
    citations, numbers = cite_groups([group.hits for group in groups])
    answer = Answer(
        question=query.text,
        kind=Kind.TIMELINE,
        outcome="answered",
        confidence=findings.confidence,
        carried=carried_words(query),
        filters=query.filters,
        citations=citations,
        agreeing=tuple(own for own in numbers if len(own) > 1),
        timeline=tuple(_mark(own[0], group) for own, group in zip(numbers, groups, strict=True)),
        left_out=timeline.left_out,
    )
    return with_languages(answer, query)


def _mark(number: int, group: TimelineGroup) -> TimelineMark:
    event = group.event
    return TimelineMark(
        number=number,
        date=event.days.iso() if event.days else None,
        written=event.written,
        worked_out=event.days is not None and event.date.is_counted,
    )
