"""New articles against the watches: their new passages, and which of them answer a topic."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import NamedTuple

import numpy as np

from bot.desk.desk import Desk
from bot.watches.topic_lookup import TopicLookup
from prompts.composition.compose import SURE, THRESHOLD, compose
from retrieval.library import Library
from retrieval.models import Passage, Query, Source
from retrieval.text.terms import term_set
from storage.watches.models import ArrivedArticle, SeenArticle, Watch, WatchMatch, WatchPlace

HITS = 10
"""How many new passages of an article are looked at closely for a watch."""


class ConfidenceBars(NamedTuple):
    """The confidence from which an article is told, by the level of the watch."""

    surest: float
    surer: float
    usual: float
    more: float

    @classmethod
    def of(cls, threshold: float = THRESHOLD, sure: float = SURE) -> "ConfidenceBars":
        """The bars beside those of answers: usually what would be given as the answer."""
        return cls(max(0.9, sure), max(0.75, sure), sure, threshold)

    def bar(self, level: int) -> float:
        """The bar of a level from -2 to 1."""
        return self[level + 2]


def digest_of(passage: Passage) -> int:
    """The digest of a passage, by its words as shown, whatever its capitals: it is new where no other has the same."""
    words = " ".join(passage.shown.casefold().split())
    return int.from_bytes(hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).digest(), signed=True)


def unmatched(sources: Sequence[Source], seen: Mapping[str, SeenArticle]) -> Iterator[Source]:
    """The articles to look at, those with known passages before new and changed ones."""
    yield from (source for source in sources if _is_to_be_noted(seen.get(source.file), source))
    yield from (source for source in sources if _is_changed(seen.get(source.file), source))


def _is_to_be_noted(known: SeenArticle | None, source: Source) -> bool:
    return known is not None and not known.noted and known.sha256 == source.sha256


def _is_changed(known: SeenArticle | None, source: Source) -> bool:
    return known is None or known.sha256 != source.sha256


class ArticleMatcher:
    """Matches the new passages of articles with watches; for use by one thread."""

    def __init__(self, desk: Desk, bars: ConfidenceBars) -> None:
        self._desk, self._bars = desk, bars
        self._lookup = TopicLookup()
        self._watches: dict[int, Watch] = {}
        self._told_of = dict[WatchPlace, frozenset[str]]()

    @property
    def parts(self) -> bool:
        """Whether some watchers are told of some collections only."""
        return any(self._told_of.values())

    def watch_for(self, watches: Sequence[Watch], library: Library) -> None:
        """Look out for these from now on."""
        self._watches = {watch.id: watch for watch in watches}
        self._lookup.keep(self._watches)
        self._told_of = {place: frozenset(self._desk.collections(*place)) for place in {w.place for w in watches}}
        for watch in watches:
            if watch.id not in self._lookup:
                self._lookup.put(watch.id, library.read(watch.topic))

    def match(
        self, library: Library, source: Source, passages: Sequence[Passage], new: Mapping[int, Set[str]]
    ) -> list[WatchMatch]:
        """Return the passages of an article that answer watches and are new to them.

        Args:
            library: The articles.
            source: The article.
            passages: Its passages.
            new: The digests of passages that are new, each with the collections that it is known from already: it is
                new to those only who are told of none of these.
        """
        places = library.places_of(source.file)
        fresh = [(place, passage) for place, passage in zip(places, passages, strict=True) if digest_of(passage) in new]
        if not fresh:
            return []
        terms = [term_set(passage.shown) for _, passage in fresh]
        candidates = sorted(self._lookup.candidates(terms, term_set(source.title)))
        return [
            WatchMatch(number, digest_of(passage))
            for number in candidates
            for passage in self._answering(library, self._watches[number], self._new_to(number, fresh, new))
        ]

    def _new_to(
        self, watch_id: int, fresh: Sequence[tuple[int, Passage]], new: Mapping[int, Set[str]]
    ) -> Sequence[int]:
        """The places of the passages that are new to a watch."""
        told_of = self._told_of[self._watches[watch_id].place]
        known_from = ((place, new[digest_of(passage)]) for place, passage in fresh)
        return [
            place for place, collections in known_from if not collections or (told_of and not told_of & collections)
        ]

    def _answering(self, library: Library, watch: Watch, places: Sequence[int]) -> list[Passage]:
        """The passages of some places that answer a watch with enough confidence."""
        if not places:
            return []
        query = read_topic(self._desk, library, watch)
        self._lookup.put(watch.id, query)
        bar = self._bars.bar(watch.level)
        findings = library.search_among(query, np.array(places, dtype=np.int64), HITS)
        if findings.confidence < bar:
            return []
        answer = compose(findings, min(bar, self._bars.usual), None, self._bars.usual)
        quoted = {(cited.start, cited.end) for cited in answer.citations if not cited.lead}
        found = [hit.passage for hit in findings.hits if (hit.passage.start, hit.passage.end) in quoted]
        return found if answer.outcome == "answered" else []


def read_topic(desk: Desk, library: Library, watch: Watch) -> Query:
    """Read the topic of a watch as a question asked where it is told, among the collections of that place."""
    return library.reader.restrict(library.read(watch.topic), desk.collections(*watch.place))


def collection_of(source: Source) -> str:
    """The collection of an article; empty for none."""
    return source.file.partition("/")[0] if "/" in source.file else ""


def arrived(source: Source, passages: Sequence[Passage], matches: Sequence[WatchMatch] = ()) -> ArrivedArticle:
    """An article as it is noted once it was looked at."""
    return ArrivedArticle(source.file, source.sha256, tuple(dict.fromkeys(map(digest_of, passages))), tuple(matches))
