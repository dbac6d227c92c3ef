"""rank-bm25's BM25Plus as a scorer: exact and simple, for libraries of up to some ten thousand passages."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Protocol

import numpy as np
from rank_bm25 import BM25Plus

from retrieval.arrays import Flags, Floats, Ints
from retrieval.bm25.parameters import DELTA, K1, B
from retrieval.bm25.scorer import ScoredPassage


class TermPlaces(Protocol):
    """A lookup of passages by term."""

    def places(self, term: str) -> Ints:
        """Return the places of the passages that hold a term, ascending."""
        ...


class _CountedBM25(BM25Plus):  # type: ignore[misc]  # rank-bm25 ships no types
    """BM25Plus over terms that are counted already, so that a library is renewed without counting all of them again."""

    def _initialize(self, passages: Sequence[Mapping[str, int]]) -> Mapping[str, int]:
        """Note frequencies and lengths; return in how many passages each term is. rank-bm25 counts here."""
        self.doc_freqs = passages
        self.doc_len = [sum(counts.values()) for counts in passages]
        self.corpus_size = len(passages)
        self.avgdl = sum(self.doc_len) / len(passages)
        return Counter(chain.from_iterable(passages))


class ReferenceScorer:
    """BM25Plus over a list of passages; what each term adds to each passage is kept once it was asked for."""

    def __init__(self, passages: Sequence[Mapping[str, int]], lookup: TermPlaces) -> None:
        """Weigh the terms of at least one passage, given how often each passage holds each of its terms."""
        # An empty token keeps rank-bm25's average length above zero; no question holds it.
        self._bm25 = _CountedBM25([counts or {"": 1} for counts in passages], k1=K1, b=B, delta=DELTA)
        self._highest_idf = math.log(len(passages) + 1)
        self._lookup = lookup
        self._impacts: dict[str, tuple[Ints, Floats]] = {}

    def search(self, terms: Mapping[str, float], k: int, allowed: Flags | None = None) -> list[ScoredPassage]:
        """See `Scorer.search`; BM25Plus gives delta for every term, to passages without the term too."""
        known = [(term, weight) for term, weight in terms.items() if term in self._bm25.idf]
        if not known:
            return []
        scores = np.full(self._bm25.corpus_size, sum(weight * self.idf(term) * DELTA for term, weight in known))
        holding = np.zeros(self._bm25.corpus_size, dtype=bool)
        for term, weight in known:
            places, impacts = self._impacts_of(term)
            scores[places] += weight * impacts
            holding[places] = True
        if allowed is not None:
            holding &= allowed
        return [ScoredPassage(int(place), float(scores[place])) for place in _best(scores, np.flatnonzero(holding), k)]

    def _impacts_of(self, term: str) -> tuple[Ints, Floats]:
        """Return the places that hold a term, and its impact on the score of each."""
        if term not in self._impacts:
            places = self._lookup.places(term)
            scores = np.array(self._bm25.get_batch_scores([term], places))
            self._impacts[term] = places, scores - self.idf(term) * DELTA
        return self._impacts[term]

    def idf(self, term: str) -> float:
        """See `Scorer.idf`."""
        return float(self._bm25.idf.get(term, self._highest_idf))


def _best(scores: Floats, places: Ints, k: int) -> Ints:
    """Return the k places with the best scores, ties in their own order."""
    if len(places) > k:
        least = np.partition(scores[places], -k)[-k]
        places = places[scores[places] >= least]
    best: Ints = places[np.argsort(-scores[places], kind="stable")][:k]
    return best
