"""The timeline of a topic: its dated sentences, oldest first, near-duplicates of one event together."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from retrieval.arrays import Flags, Floats
from retrieval.comparison.facts import find_facts, weight
from retrieval.comparison.repeats import repeats
from retrieval.dates.calendar import DaySpan, Grain
from retrieval.library import Library
from retrieval.models import Hit, Passage, Query
from retrieval.patterns import lazy_pattern
from retrieval.ranking.merging import searches
from retrieval.ranking.search import TopicHit, TopicTest
from retrieval.text.terms import term_set
from retrieval.timeline.events import Event, event_of
from retrieval.timeline.request import TimelineRequest

POOL = 400
"""How many passages on a topic are looked at."""
ABOUT = 0.35
"""Least share of a topic's weight that a sentence holds by itself; measured (docs/quality.md)."""
KNOWN = 0.75
"""Least share that it holds with its article's title."""
PART, TITLE = 0.2, 0.95
"""Likewise, where the title tells nearly all of the topic."""
SAME_EVENT = 0.5
"""Least share of the lesser sentence's weight that two sentences of one day share, so that they tell of one event."""


_GENERIC = lazy_pattern(
    r"\b(?:between|among|bilateral|relations?|relationships?|ties|cooperation|events?|developments?|situation|history|visits?|trips?"
    r"|talks|meetings?)\b|関係|協力|会談|訪問|出来事|動き|両国の?"
    r"|\b(?:quan hệ|hợp tác|chuyến thăm|hội đàm|sự kiện|tình hình|giữa|hai nước)\b",
    re.IGNORECASE,
)
"""Words that any event of a topic is about: it need not say them."""


TOLD = 4
"""Most sentences that are named for one event."""
YEARS = 15
"""Of how many years events are looked for where there is no topic, the latest."""


class TimelineGroup(NamedTuple):
    """Sentences on one event, first the sentence to show."""

    hits: tuple[Hit, ...]
    event: Event  # of the first


class Timeline(NamedTuple):
    """Events in the order of time, without a known day last; and the number left out."""

    groups: tuple[TimelineGroup, ...]
    left_out: int


def topic_query(library: Library, request: TimelineRequest) -> Query:
    """Read the topic of a request as a question, without words such as 'relations' that its events need not say.

    Without a topic the years that it asks for are looked for.
    """
    if not request.topic:
        return library.read(" ".join(map(str, _years(library, request))))
    telling = library.read(" ".join(_GENERIC.sub(" ", request.topic).split()))
    return telling if telling.names or len(telling.terms) > 1 else library.read(request.topic)


def _years(library: Library, request: TimelineRequest) -> range:
    last = request.until.year if request.until else max((s.date.year for s in library.sources if s.date), default=0)
    first = request.since.year if request.since else last - YEARS
    return range(max(first, last - YEARS), last + 1)


def build_timeline(library: Library, topic: Query, request: TimelineRequest, most: int) -> Timeline:
    """Put a topic's events in the order of time; where there are more than `most`, those that are most on the topic.

    Args:
        library: The articles.
        topic: The topic, read as a question.
        request: The days that it is asked for.
        most: Most events.
    """
    if not request.topic:
        return timeline_of(passages_on(library, topic, _is_any), request, most)
    found = (
        hit
        for query, names in ((each, _names_in(each)) for each in _read_each(topic))
        for hit in _search(library, query, is_about)
        if _says_names(query, names, hit.hit)
    )
    return timeline_of(found, request, most)


def passages_on(library: Library, topic: Query, is_wanted: TopicTest) -> list[TopicHit]:
    """Return the passages on a topic, those in other languages too."""
    return [*chain(*(_search(library, query, is_wanted) for query in _read_each(topic)))]


def _read_each(topic: Query) -> Iterable[Query]:
    """A topic as read in each language, once."""
    return {query.read_in: query for query in searches(topic)}.values()


def _search(library: Library, query: Query, is_wanted: TopicTest) -> list[TopicHit]:
    return library.ranking.wide_search(query, POOL, is_wanted)


_NAME = lazy_pattern(r"[^\W\d_a-z][\w.’']*(?: [^\W\d_a-z][\w.’']*)*")


def _names_in(query: Query) -> list[frozenset[str]]:
    """The names of a topic, each as those of its words that are looked for."""
    names = (term_set(name).intersection(query.terms) for name in _NAME.findall(query.asked))
    return [name for name in names if name & query.names]


def _says_names(query: Query, names: Sequence[frozenset[str]], hit: Hit) -> bool:
    """Whether each name of a topic is said, at least by one of its words: in the title only as the topic has it.

    An article on the Philippines and the United States tells of more than visits to Washington.
    """
    own = frozenset(hit.matched)
    said = own | {each.term for each in query.expansions if own.issuperset(each.terms)} | term_set(hit.passage.title)
    return all(said & name for name in names)


def timeline_of(found: Iterable[TopicHit], request: TimelineRequest, most: int) -> Timeline:
    """Put the events that passages on a topic tell of in the order of time; `most` as for `build_timeline`."""
    told: list[tuple[Hit, Event, float]] = []
    countries = countries_in(request.topic, None)
    for hit, coverage, known in found:
        event = event_of(hit.passage)
        if event is not None and _is_within(event, request) and not _is_of_others(hit.passage, countries):
            told.append((hit, event, coverage + known))
    told.sort(key=_precedence)
    groups = _grouped((hit, event) for hit, event, _ in told)
    return Timeline(tuple(sorted(groups[:most], key=when)), max(0, len(groups) - most))


def _precedence(telling: tuple[Hit, Event, float]) -> tuple[bool, float]:
    """Dated events first, then by how closely the passage keeps to the topic."""
    _, event, coverage = telling
    return event.days is None, -coverage


def is_about(coverage: Floats, known: Floats) -> Flags:
    """Return which passages are on a topic, by how much of its weight they hold, alone and with their title."""
    about: Flags = ((coverage >= ABOUT) & (known >= KNOWN)) | ((coverage >= PART) & (known >= TITLE))
    return about


def _is_any(coverage: Floats, _: Floats) -> Flags:
    every: Flags = coverage >= 0
    return every


def countries_in(text: str, published: dt.date | None) -> frozenset[str]:
    """Return the countries that a text names, also by their people or capitals."""
    return frozenset(word.term for word in find_facts(text, published).words if word.term.startswith("@"))


def _is_of_others(passage: Passage, countries: frozenset[str]) -> bool:
    """Whether a sentence on two countries or more leaves one of them out for another country."""
    if len(countries) <= 1:
        return False
    named = countries_in(passage.shown, passage.date)
    return not countries <= named and bool(named - countries)


def _is_within(event: Event, request: TimelineRequest) -> bool:
    if request.since is None and request.until is None:
        return True
    days = event.days
    return (
        days is not None and (request.since or days.last) <= days.last and days.first <= (request.until or days.first)
    )


def _grouped(found: Iterable[tuple[Hit, Event]]) -> list[TimelineGroup]:
    groups: list[TimelineGroup] = []
    of_days: defaultdict[tuple[DaySpan | None, str], list[int]] = defaultdict(list)
    for hit, event in found:
        same = of_days[
            event.days, hit.passage.file if event.days is None else ""
        ]  # without a day only an article's own
        at = next((n for n in same if _is_same(event, groups[n].event)), None)
        if at is None:
            same.append(len(groups))
            groups.append(TimelineGroup((hit,), event))
        elif len(groups[at].hits) < TOLD and all(hit.passage.file != other.passage.file for other in groups[at].hits):
            groups[at] = groups[at]._replace(hits=(*groups[at].hits, hit))
    return groups


def _is_same(one: Event, other: Event) -> bool:
    """Whether two sentences of one day tell of one event: in nearly the same words, or elsewhere in many of them."""
    mine, theirs = (find_facts(e.passage.shown, e.passage.date).terms for e in (one, other))
    least = min(_weight(mine), _weight(theirs))
    if not least or _weight(mine & theirs) < SAME_EVENT * least:
        return False
    is_loose = one.passage.file == other.passage.file or one.days is None or one.days.grain in {Grain.YEAR, Grain.RANGE}
    return not is_loose or repeats(one.passage, other.passage)


def _weight(terms: Iterable[str]) -> float:
    return sum(map(weight, sorted(terms)))


def when(group: TimelineGroup) -> tuple[dt.date, int, str, int]:
    """Return the order of events: by their first day, the longer before the shorter; those without a day last."""
    days, passage = group.event.days, group.event.passage
    first, length = (days.first, (days.last - days.first).days) if days else (dt.date.max, 0)
    return first, -length, passage.file, passage.start
