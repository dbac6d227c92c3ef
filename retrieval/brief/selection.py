"""The quotes of a brief, by aspect: no sentence twice, none that says what another says already."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from retrieval.brief.aspects import Aspect, says, told_quantities, written_quantity
from retrieval.brief.candidates import Candidate, candidates, is_worth_telling
from retrieval.brief.parties import as_title, position_of
from retrieval.comparison.contradictions import compare
from retrieval.comparison.definitions import WAYS
from retrieval.comparison.facts import find_facts, weight
from retrieval.comparison.repeats import repeats
from retrieval.library import Library
from retrieval.models import Hit, Passage, Query, Relation
from retrieval.ranking.search import TopicHit
from retrieval.text.answer_shapes import PassageShape, passage_shape
from retrieval.timeline.events import Event, event_of
from retrieval.timeline.request import TimelineRequest
from retrieval.timeline.timeline import TimelineGroup, is_about, passages_on, timeline_of, when

MOST = {
    Aspect.HEADLINE: 3,
    Aspect.AGREED: 3,
    Aspect.WHO: 2,
    Aspect.FIGURES: 3,
    Aspect.POSITIONS: 4,
    Aspect.DISPUTED: 3,
    Aspect.TIMELINE: 6,
}
"""Most quotes of each aspect."""
ROOM = 7_800
"""Characters that two pages hold, notes and sources with the quotes."""
PER_QUOTE, PER_NOTE, PER_POINTER = 300, 150, 60
"""Characters that a quote takes besides its own, a note of another article, and a day that points to a quote above."""
FURTHER = 3
"""How many more of each aspect are kept for whoever chooses by hand."""
COMPARED = 40
"""Of how many sentences it is looked whether they contradict each other."""
ODDS = 2
"""Most pairs of quotes that contradict each other."""
LEAST = 0.4
"""Least that a sentence must say about an aspect."""
ALIKE = 0.55
"""Share of the lighter sentence's words in common from which another says nothing new."""
TOLD_BESIDE = {Aspect.AGREED}
"""The aspects that sentences beside those on the topic may tell of."""
OF_STATE = 1.5
"""How much the position of a country or a body counts for more than a person's."""
OF_ARTICLE = 0.12
"""How much a further sentence of an article counts for less than one of another."""


def key_of(hit: Hit) -> tuple[str, int]:
    """The place of a hit's sentence."""
    return hit.passage.file, hit.passage.start


class BriefQuote(NamedTuple):
    """A quote of a brief: a sentence with its repeats in other articles, its label and its contradictions."""

    aspect: Aspect
    hits: tuple[Hit, ...]
    label: str = ""  # the figures of a row, or whose position it is
    against: tuple[Hit, ...] = ()  # sentences that contradict it
    event: TimelineGroup | None = None  # of a timeline
    is_chosen: bool = True  # or kept for whoever chooses by hand

    @property
    def key(self) -> tuple[str, int]:
        """The place of the sentence."""
        return key_of(self.hits[0])


def select_quotes(library: Library, topic: Query, request: TimelineRequest) -> list[BriefQuote]:
    """Return the quotes for a brief on a topic, by aspect in the order of its parts; some are not chosen."""
    found = passages_on(library, topic, is_about)
    ranked = candidates(library, topic, found, request)
    chooser = _Chooser(ranked)
    chooser.take_contradictions()
    chooser.take(Aspect.HEADLINE, _headline(ranked))
    for aspect in (Aspect.FIGURES, Aspect.AGREED):
        chooser.take(aspect, _telling(aspect, ranked))
    chooser.take_positions()
    for aspect in (Aspect.WHO, Aspect.DISPUTED):
        chooser.take(aspect, _telling(aspect, ranked))
    events = chooser.events(_events(ranked, request))
    order = list(Aspect)
    defining = {each.key: each.defines for each in ranked}
    return sorted(
        _within_two_pages([*chooser.quotes, *events]),
        key=lambda quote: (
            order.index(quote.aspect),
            not quote.is_chosen,
            defining[quote.key] if quote.aspect is Aspect.HEADLINE else 0,
        ),
    )


def _events(ranked: Sequence[Candidate], request: TimelineRequest) -> Sequence[TimelineGroup]:
    """The events of a topic, most relevant first: those with a day, without the years in the names of treaties."""
    told = {each.key: TopicHit(each.hit, each.relevance, 0.0) for each in ranked if is_worth_telling(each.passage)}
    groups = timeline_of(told.values(), request, len(told)).groups
    dated = [group for group in groups if group.event.days]
    return sorted(dated, key=lambda group: -told[key_of(group.hits[0])].coverage)


def _within_two_pages(quotes: Sequence[BriefQuote]) -> Sequence[BriefQuote]:
    """Deselect quotes, each time from the largest aspect, until the brief fits; users may select them again."""
    above = {quote.key for quote in quotes if quote.is_chosen and quote.aspect is not Aspect.TIMELINE}

    def cost(quote: BriefQuote) -> int:
        if quote.aspect is Aspect.TIMELINE and quote.key in above:
            return PER_POINTER
        shown = [quote.hits[0], *quote.against]
        text = sum(len(hit.passage.shown) + PER_QUOTE for hit in shown)
        return text + PER_NOTE * (len(quote.hits) - 1)

    kept = list(quotes)
    while sum(cost(quote) for quote in kept if quote.is_chosen) > ROOM:
        held = Counter(quote.aspect for quote in kept if quote.is_chosen)
        most = max(held, key=lambda aspect: (held[aspect], list(Aspect).index(aspect)))
        if held[most] == 1:
            break
        places = [at for at, quote in enumerate(kept) if quote.is_chosen and quote.aspect is most]
        last = max(places, key=lambda at: cost(kept[at])) if most is Aspect.TIMELINE else places[-1]
        kept[last] = kept[last]._replace(is_chosen=False)
    return kept


class _Chooser:
    """Chooses sentences for one aspect after the other."""

    def __init__(self, ranked: Sequence[Candidate]) -> None:
        self._ranked = ranked
        self.quotes: list[BriefQuote] = []
        self._taken: dict[tuple[str, int], Candidate] = {}
        self._files: Counter[str] = Counter()
        self._terms = {each.key: _terms(each.passage) for each in ranked}
        held = Counter(term for terms in self._terms.values() for term in terms)
        self._weights = {term: weight(term) * (1 - times / (len(ranked) + 1)) for term, times in held.items()}

    def take(self, aspect: Aspect, scored: Iterable[tuple[float, Candidate]]) -> None:
        """Choose the best of an aspect, each of which says what none chosen before says."""
        self._fill(aspect, list(scored), MOST[aspect])

    def take_positions(self) -> None:
        """Choose positions: of each party one, then a second of those of whom most is told."""
        parties: dict[tuple[str, int], str] = {}
        scored: list[tuple[float, Candidate]] = []
        for each in self._ranked:
            found = None if each.is_beside else position_of(each.passage)
            if found is not None:
                parties[each.key] = found.party
                scored.append((found.strength * each.relevance * (OF_STATE if found.is_of_state else 1), each))
        heads: list[tuple[float, Candidate]] = []
        seen: set[str] = set()
        for score, each in sorted(scored, key=_best_first):
            if parties[each.key] not in seen and each.key not in self._taken:
                seen.add(parties[each.key])
                heads.append((score, each))
        most = MOST[Aspect.POSITIONS]
        self._fill(Aspect.POSITIONS, heads, most, parties)
        left = most - sum(quote.aspect is Aspect.POSITIONS and quote.is_chosen for quote in self.quotes)
        self._fill(Aspect.POSITIONS, _once_more(scored, parties, self._taken), left, parties)
        order = list(dict.fromkeys(q.label for q in self.quotes if q.aspect is Aspect.POSITIONS))
        self.quotes.sort(key=lambda quote: order.index(quote.label) if quote.aspect is Aspect.POSITIONS else -1)

    def take_contradictions(self) -> None:
        """Choose pairs of sentences that contradict each other in a figure, a date or a list."""
        pairs = 0
        for one, other in combinations(self._ranked[:COMPARED], 2):
            if pairs == ODDS:
                return
            if one.key in self._taken or other.key in self._taken:
                continue
            if compare(one.passage, other.passage).relation is Relation.DIFFER:
                self.quotes.append(BriefQuote(Aspect.DISPUTED, (one.hit,), against=(other.hit,)))
                self._taken |= {one.key: one, other.key: other}
                pairs += 1

    def events(self, groups: Iterable[TimelineGroup]) -> list[BriefQuote]:
        """Choose the best events, oldest first: of a day that a quote above tells of, that quote; no day told twice."""
        found: list[TimelineGroup] = []
        above = [(event, quote.hits[:1]) for quote in self.quotes if quote.is_chosen and (event := _dated(quote))]
        for group in groups:
            days, key = group.event.days, key_of(group.hits[0])
            same = [
                TimelineGroup(hits, event)
                for event, hits in (*above, *((other.event, other.hits) for other in found))
                if event.days == days and self._is_alike(key, key_of(hits[0]))
            ]
            if same and any(key_of(other.hits[0]) == key_of(same[0].hits[0]) for other in found):
                continue
            found.append(same[0] if same else group)
            if len(found) == MOST[Aspect.TIMELINE]:
                break
        return [BriefQuote(Aspect.TIMELINE, group.hits[:1], event=group) for group in sorted(found, key=when)]

    def _fill(
        self,
        aspect: Aspect,
        scored: Sequence[tuple[float, Candidate]],
        most: int,
        parties: Mapping[tuple[str, int], str] | None = None,
    ) -> None:
        left = [entry for entry in scored if entry[1].key not in self._taken]
        further = 0
        while left and most + FURTHER - further > 0:
            best = min(left, key=lambda entry: (-self._counted(entry), entry[1].key))
            left.remove(best)
            each = best[1]
            if self._is_told(each):
                continue
            is_chosen = most > 0
            label = parties[each.key] if parties else _label(aspect, each.passage)
            quote = BriefQuote(aspect, (each.hit, *self._same(each)), label, is_chosen=is_chosen)
            self.quotes.append(quote)
            if is_chosen:
                most -= 1
                self._taken |= {(hit.passage.file, hit.passage.start): each for hit in quote.hits}
                self._files[each.passage.file] += 1
            else:
                further += 1

    def _counted(self, entry: tuple[float, Candidate]) -> float:
        return entry[0] - OF_ARTICLE * self._files[entry[1].passage.file]

    def _is_told(self, each: Candidate) -> bool:
        """Whether a sentence says hardly anything new, by the words shared with a quote taken before.

        Words that most sentences on the topic share count for little.
        """
        return any(self._is_alike(each.key, other.key) for other in self._taken.values())

    def _is_alike(self, one: tuple[str, int], other: tuple[str, int]) -> bool:
        mine, theirs = self._terms[one], self._terms[other]
        return self._weigh(mine & theirs) >= ALIKE * min(self._weigh(mine), self._weigh(theirs))

    def _weigh(self, terms: Iterable[str]) -> float:
        return sum(self._weights[term] for term in sorted(terms))

    def _same(self, each: Candidate) -> list[Hit]:
        """The sentences of other articles that say all of it in nearly the same words."""
        found: dict[str, Hit] = {}
        mine = self._terms[each.key]
        for other in self._ranked:
            shared = len(mine & (theirs := self._terms[other.key]))
            may_be = 2 * shared >= len(mine | theirs) and other.key not in self._taken
            if may_be and other.passage.file != each.passage.file and repeats(other.passage, each.passage):
                found.setdefault(other.passage.file, other.hit)
        return list(found.values())


def _dated(quote: BriefQuote) -> Event | None:
    """The event of a quote, where it has a day that is worth telling."""
    event = event_of(quote.hits[0].passage) if is_worth_telling(quote.hits[0].passage) else None
    return event if event and event.days else None


def _once_more(
    scored: Sequence[tuple[float, Candidate]], parties: Mapping[tuple[str, int], str], taken: Container[tuple[str, int]]
) -> list[tuple[float, Candidate]]:
    """The best position of each party that was not chosen yet."""
    best: dict[str, tuple[float, Candidate]] = {}
    for entry in sorted(scored, key=_best_first):
        if entry[1].key not in taken:
            best.setdefault(parties[entry[1].key], entry)
    return list(best.values())


def _best_first(entry: tuple[float, Candidate]) -> tuple[float, tuple[str, int]]:
    return -entry[0], entry[1].key


def _telling(aspect: Aspect, ranked: Sequence[Candidate]) -> list[tuple[float, Candidate]]:
    told = ((says(each.passage, aspect), each) for each in ranked if not each.is_beside or aspect in TOLD_BESIDE)
    return [(strength * each.relevance, each) for strength, each in told if strength >= LEAST]


def _headline(ranked: Sequence[Candidate]) -> list[tuple[float, Candidate]]:
    """The most telling sentences: definitions of the topic, and the most relevant."""
    own = [each for each in ranked if not each.is_beside]
    support = _support(own)
    return [(each.relevance + 0.5 * support[each.key] + 0.08 * (WAYS - each.defines), each) for each in own]


def _support(own: Sequence[Candidate]) -> dict[tuple[str, int], float]:
    """How much of each sentence other articles say as well, in comparison: 1 for the sentence with most."""
    told = {each.key: _terms(each.passage) for each in own}
    held = Counter(term for terms in told.values() for term in terms)
    shared = {
        key: sum(weight(term) * (held[term] - 1) for term in sorted(terms)) / (10 + len(terms))
        for key, terms in told.items()
    }
    most = max(shared.values(), default=0.0) or 1.0
    return {key: value / most for key, value in shared.items()}


def _label(aspect: Aspect, passage: Passage) -> str:
    if aspect is not Aspect.FIGURES:
        is_own = passage_shape(passage.shown) & PassageShape.FIRST_PERSON and passage.speaker
        return as_title(passage.speaker) if is_own and passage.speaker else ""
    figures = (written_quantity(passage.shown, found) for found in told_quantities(passage))
    return " · ".join(dict.fromkeys(figures))


def _terms(passage: Passage) -> frozenset[str]:
    return find_facts(passage.shown, passage.date).terms
