"""The sentences that a brief may quote: on the topic, worth reading alone, each with how much it matters."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from retrieval.comparison.definitions import WAYS, definition_rank, name_forms, places_of
from retrieval.comparison.facts import find_facts
from retrieval.library import Library
from retrieval.models import Hit, Passage, Query
from retrieval.patterns import lazy_pattern
from retrieval.ranking.search import TopicHit
from retrieval.reading.quote_context import is_headline, points_back
from retrieval.text.answer_shapes import PassageShape, passage_shape
from retrieval.text.terms import passage_words
from retrieval.timeline.events import event_of
from retrieval.timeline.request import TimelineRequest
from retrieval.timeline.timeline import countries_in

READ = 100
"""How many of the sentences on a topic are weighed for its brief."""
FEW = 16
"""Of fewer sentences than these on a topic, those that stand beside them are looked at too."""
COVERED = 0.6
"""Where there are enough, only sentences are quoted that hold this share of the topic and lean on no other sentence."""
BESIDE = 3
"""How far from a sentence on the topic others are looked at, in sentences."""
SHORT, LONG, LONGEST = 16, 42, 75
"""Words of a sentence that says little, of a long one, and of one that a brief has no room for."""
AT_START = 2
"""Up to which word the topic stands at a sentence's beginning."""
BY_NAME = 2
"""From which way on a definition stands right behind the name: 'OSA, a framework'."""
OTHER_COUNTRY, MOST_OTHERS = 0.2, 3
"""How much each country counts against a sentence on others, and how many do at most."""
_OF_BEFORE = lazy_pattern(
    r"\W*(?:The (?:two (?:countries|sides|leaders|nations)|leaders|duo|deal|agreement|summit|pact|move|meeting|visit)"
    r"|Both|We also|And|But|So|I|You|Also)\b"
)
"""How a sentence begins that only tells those who have read the one before."""
_IN_PART = lazy_pattern(r"^[^\w“‘\"'\[$€£¥]|[;:,]$|^\([A-Za-z ]+\)")
"""A part of a list or of a speech, which no sentence ends or begins."""
_AIM = lazy_pattern(r"[A-Z]\w+ing\s+(?![^.]*: )(?![^.]*, (?:today |now )?(?:we|they|he|she|the|I)\b)")
"""How an aim of a list begins, without anybody who has it: 'Expanding engagement with investors'."""
_YEAR = 365.25


class Candidate(NamedTuple):
    """A sentence that a brief may quote."""

    hit: Hit
    relevance: float
    defines: int = WAYS  # how it defines the topic: 0 for the surest way, `WAYS` for none
    is_beside: bool = False  # it stands beside a sentence on the topic, rather than being one

    @property
    def passage(self) -> Passage:
        """The sentence."""
        return self.hit.passage

    @property
    def key(self) -> tuple[str, int]:
        """The place of the sentence, equal for no other."""
        return self.passage.file, self.passage.start


def candidates(library: Library, topic: Query, found: Iterable[TopicHit], request: TimelineRequest) -> list[Candidate]:
    """Return the sentences on a topic that are worth quoting, the most relevant first.

    Args:
        library: The articles.
        topic: The topic, read as a question.
        found: The passages on it.
        request: The days that are asked for.
    """
    usable = [each for each in found if _is_usable(each.hit.passage, request) and _is_spelt(each.hit, topic)]
    if len(whole := [each for each in usable if each.coverage >= COVERED and not _leans(each.hit.passage)]) >= FEW:
        usable = whole
    newest = max((each.hit.passage.date for each in usable if each.hit.passage.date), default=None)
    countries = countries_in(request.topic, None)
    ranked = [
        Candidate(each.hit, _relevance(each, newest) - _of_others(each.hit.passage, countries)) for each in usable
    ]
    ranked = sorted(ranked, key=lambda each: (-each.relevance, each.key))[:READ]
    forms = name_forms(topic, topic.terms)
    ranked = [each._replace(defines=_defines(each.passage.shown, forms)) for each in ranked]
    return ranked if len(ranked) >= FEW else ranked + _beside(library, ranked, request)


def _defines(text: str, forms: Sequence[tuple[str, ...]]) -> int:
    """How a text defines the topic: with a verb only where the topic is what the sentence is about."""
    way = definition_rank(text, forms)
    if way >= BY_NAME:
        return way
    words = passage_words(text)
    starts = [first for form in forms for first, _ in places_of(words, form)]
    is_named = any(first <= AT_START or text[: words[first].start].endswith("(") for first in starts)
    return way if is_named else WAYS


def _is_usable(passage: Passage, request: TimelineRequest) -> bool:
    text = passage.shown
    length = len(text.split())
    if length > LONGEST or length < SHORT // 4 or is_headline(passage) or _IN_PART.search(text):
        return False
    return not passage_shape(text) & PassageShape.QUESTION and _is_within(passage, request)


def _is_within(passage: Passage, request: TimelineRequest) -> bool:
    """Whether a sentence was published in the period asked for, or, undated, speaks of a day in it."""
    if request.since is None and request.until is None:
        return True
    first = last = passage.date
    if passage.date is None:
        event = event_of(passage)
        days = event.days if event else None
        first, last = (days.first, days.last) if days else (None, None)
    if first is None or last is None:
        return False
    return (request.since or last) <= last and first <= (request.until or first)


def _is_spelt(hit: Hit, topic: Query) -> bool:
    """Whether a passage holds the words of the topic themselves, a long form only in one piece."""
    matched = {*hit.matched}
    scattered: list[tuple[str, ...]] = []
    for term in topic.terms:
        forms = [e.terms for e in topic.expansions if e.term == term]
        if term not in matched and not any(len(form) == 1 and form[0] in matched for form in forms):
            scattered += [form for form in forms if {*form} <= matched]
    words = passage_words(hit.passage.shown) if scattered else ()
    return not scattered or any(True for form in scattered for _ in places_of(words, form))


def _relevance(found: TopicHit, newest: dt.date | None) -> float:
    return 0.7 * found.coverage + 0.3 * found.known + 0.6 * found.hit.confidence + _worth(found.hit.passage, newest)


def _of_others(passage: Passage, countries: frozenset[str]) -> float:
    """How much less a sentence tells of two countries or more for each other country that it names."""
    if len(countries) <= 1:
        return 0.0
    return OTHER_COUNTRY * min(MOST_OTHERS, len(countries_in(passage.shown, passage.date) - countries))


def _worth(passage: Passage, newest: dt.date | None) -> float:
    """How well a sentence stands in a brief by itself: whole, not too long, not leaning on others, and new."""
    text = passage.shown
    shape, length = passage_shape(text), len(text.split())
    worth = -0.35 if _leans(passage) else 0.0
    worth -= 0.4 if shape & PassageShape.FRAGMENT else 0.0
    worth -= 0.2 if shape & PassageShape.FIRST_PERSON else 0.0
    worth -= 0.3 if _AIM.match(text) else 0.0
    worth -= 0.02 * max(0, SHORT - length) + 0.01 * max(0, length - LONG)
    if newest and passage.date:
        worth += 0.3 / (1 + (newest - passage.date).days / _YEAR)
    return worth


def _leans(passage: Passage) -> bool:
    """Whether a sentence tells little to who has not read the one before it."""
    text = passage.shown
    is_back = points_back(passage) or bool(passage_shape(text) & PassageShape.POINTS_BACK)
    return is_back or _OF_BEFORE.match(text) is not None


def _beside(library: Library, ranked: Sequence[Candidate], request: TimelineRequest) -> list[Candidate]:
    """The sentences beside those on the topic that share a name with them which is rare around there."""
    known = {each.key for each in ranked}
    found: dict[tuple[str, int], Candidate] = {}
    for each in ranked:
        around = _around(library.passages_of(each.passage.file), each.passage)
        for passage in _sharing(around, each.passage):
            key = passage.file, passage.start
            if key not in known and _is_usable(passage, request):
                hit = Hit(passage=passage, rank=1, score=0.0, matched=())
                found.setdefault(key, Candidate(hit, 0.45 * each.relevance + _worth(passage, None), is_beside=True))
    return sorted(found.values(), key=attrgetter("relevance"), reverse=True)


def _around(passages: Sequence[Passage], passage: Passage) -> Sequence[Passage]:
    at = next((n for n, other in enumerate(passages) if other.start == passage.start), None)
    return () if at is None else passages[max(0, at - AROUND) : at + AROUND + 1]


def _sharing(around: Sequence[Passage], passage: Passage) -> Iterator[Passage]:
    """The nearest sentences that share with a passage a name which is rare in its surroundings."""
    names = [find_facts(each.shown, each.date).names for each in around]
    held = Counter(name for own in names for name in own)
    rare = {name for name, times in held.items() if times <= RARE * len(around)}
    at = next((n for n, each in enumerate(around) if each.start == passage.start), 0)
    for n, each in enumerate(around):
        if n != at and abs(n - at) <= BESIDE and names[n] & names[at] & rare:
            yield each


AROUND, RARE = 8, 0.34
"""How many sentences on either side are looked at, and in what share of them a name is rare."""


def is_worth_telling(passage: Passage) -> bool:
    """Return whether the day of a sentence is one of an event, rather than of a name: 'the 1982 Convention'."""
    event = event_of(passage)
    if event is None:
        return False
    return _NAME_BEHIND.match(passage.shown, event.date.end) is None or not _YEAR_ALONE.fullmatch(event.written)


_NAME_BEHIND = lazy_pattern(r"\s+(?:[A-Z]\w|U\.)|\s+(?:ruling|award|decision|policy|treaty|declaration)\b")
_YEAR_ALONE = lazy_pattern(r"\d{4}")
