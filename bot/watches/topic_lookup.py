"""Which watches a new article may answer, by its words: a look-up the other way round, from words to topics."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from retrieval.models import Query
from retrieval.ranking.merging import searches
from retrieval.text.rarity import rarity

HELD = 0.55
"""Share of a topic's words, each weighed by its rarity, that a passage must hold with its title to be looked at.

Of what is told to a thousand watches 98 % holds at least so much; from 0.4 on more than twice as many are looked at."""


class _Reading(NamedTuple):
    """A topic in the words of one language: the weight of each word, as shares of all."""

    watch_id: int
    shares: tuple[float, ...]


class TopicLookup:
    """The topics of watches by their words, and by what may stand for these."""

    def __init__(self) -> None:
        self._tokens: dict[int, frozenset[_Entry]] = {}
        self._words: defaultdict[str, dict[_Reading, set[int]]] = defaultdict(dict)

    def __contains__(self, watch_id: int) -> bool:
        return watch_id in self._tokens

    def put(self, watch_id: int, query: Query) -> None:
        """Note a topic as read now, in the place of how it was read before."""
        entries = frozenset(_entries(watch_id, query))
        if self._tokens.get(watch_id) == entries:
            return
        self.drop(watch_id)
        for token, reading, place in entries:
            self._words[token].setdefault(reading, set()).add(place)
        self._tokens[watch_id] = entries

    def drop(self, watch_id: int) -> None:
        """Forget a topic."""
        for token, reading, _ in self._tokens.pop(watch_id, ()):
            self._words[token].pop(reading, None)

    def keep(self, watch_ids: Iterable[int]) -> None:
        """Forget all topics but some."""
        for watch_id in self._tokens.keys() - {*watch_ids}:
            self.drop(watch_id)

    def candidates(self, passages: Sequence[frozenset[str]], title: frozenset[str]) -> set[int]:
        """Return the watches of which one of the passages, given by their terms, holds enough with its title."""
        whole = frozenset(title).union(*passages)
        near = {reading for reading, held in self._held(whole).items() if held >= HELD}
        if not near:
            return set()
        found: set[int] = set()
        for passage in passages:
            found |= {reading.watch_id for reading, held in self._held(passage | title).items() if held >= HELD}
        return found

    def _held(self, terms: frozenset[str]) -> dict[_Reading, float]:
        """The share of each topic that terms hold."""
        places: dict[_Reading, set[int]] = {}
        for term in terms:
            for reading, own in self._words.get(term, {}).items():
                if reading in places:
                    places[reading] |= own
                else:
                    places[reading] = set(own)
        return {reading: sum(reading.shares[place] for place in own) for reading, own in places.items()}


class _Entry(NamedTuple):
    """A word of a topic, or a synonym, with the place of the word in the topic."""

    token: str
    reading: _Reading
    place: int


def _entries(watch_id: int, query: Query) -> Iterator[_Entry]:
    for own in searches(query):
        reading = _Reading(watch_id, tuple(_shares(own)))
        yield from (_Entry(token, reading, place) for token, place in _tokens(own))


def _shares(query: Query) -> Iterator[float]:
    weights = [
        rarity(term, word, vietnamese=query.vietnamese) * query.weight(term)
        for term, word in zip(query.terms, query.words, strict=True)
    ]
    whole = sum(weights) or 1.0
    return (weight / whole for weight in weights)


def _tokens(query: Query) -> Iterator[tuple[str, int]]:
    """Every term of a topic, and the first of the terms that may stand for it, with the place of the term."""
    places = {term: place for place, term in enumerate(query.terms)}
    yield from places.items()
    for expansion in query.expansions:
        if expansion.terms and expansion.term in places:
            yield expansion.terms[0], places[expansion.term]
