"""rank-bm25's BM25Plus as an engine: exact and simple, for libraries of up to some ten thousand passages."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt
from rank_bm25 import BM25Plus

from retrieval.bm25.scorer import Flags, ScoredPassage

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

K1 = 0.4
"""Term frequency saturation: low, since a sentence that repeats a word is hardly more about it (DECISIONS.md)."""
B = 0.5
"""Length normalization: half, since long sentences do hold more answers (DECISIONS.md)."""
DELTA = 1.0
"""What holding a term at all is worth: Lv and Zhai 2011, 'Lower-bounding term frequency normalization'."""


class _Counted(BM25Plus):  # type: ignore[misc]  # rank-bm25 ships no types
    """BM25Plus over terms that are counted already, so that a library is renewed without counting all of them again."""

    def _initialize(self, corpus: Sequence[Mapping[str, int]]) -> Mapping[str, int]:
        """As in rank-bm25, which counts here: note frequencies and lengths, and in how many passages each term is."""
        self.doc_freqs = corpus
        self.doc_len = [sum(counts.values()) for counts in corpus]
        self.corpus_size = len(corpus)
        self.avgdl = sum(self.doc_len) / len(corpus)
        return Counter(chain.from_iterable(corpus))


class ReferenceScorer:
    """BM25Plus over a list of passages; what each term adds to each passage is kept once it was asked for."""

    def __init__(self, passages: Sequence[Mapping[str, int]], holding: Callable[[str], Ints]) -> None:
        """Learn how telling each term is.

        Args:
            passages: How often each passage holds each of its terms, by place; at least one passage.
            holding: Tells the places of the passages that hold a term, ascending.
        """
        # An empty token keeps rank-bm25's average length above zero; no question holds it.
        self._bm25 = _Counted([counts or {"": 1} for counts in passages], k1=K1, b=B, delta=DELTA)
        self._rarest = math.log(len(passages) + 1)
        self._holding = holding
        self._added: dict[str, tuple[Ints, Floats]] = {}

    def search(self, terms: Mapping[str, float], k: int, allowed: Flags | None = None) -> list[ScoredPassage]:
        """See `Engine.search`; BM25Plus gives every passage delta for every term, one that does not hold it too."""
        known = [(term, weight) for term, weight in terms.items() if term in self._bm25.idf]
        if not known:
            return []
        scores = np.full(self._bm25.corpus_size, sum(weight * self.idf(term) * DELTA for term, weight in known))
        holding = np.zeros(self._bm25.corpus_size, dtype=bool)
        for term, weight in known:
            places, added = self._of(term)
            scores[places] += weight * added
            holding[places] = True
        if allowed is not None:
            holding &= allowed
        return [ScoredPassage(int(place), float(scores[place])) for place in _best(scores, np.flatnonzero(holding), k)]

    def _of(self, term: str) -> tuple[Ints, Floats]:
        """The passages that hold a term, and what it adds to the score of each over that of a passage without it."""
        if term not in self._added:
            places = self._holding(term)
            scores = np.array(self._bm25.get_batch_scores([term], places))
            self._added[term] = places, scores - self.idf(term) * DELTA
        return self._added[term]

    def idf(self, term: str) -> float:
        """See `Engine.idf`."""
        return float(self._bm25.idf.get(term, self._rarest))


def _best(scores: Floats, places: Ints, k: int) -> Ints:
    """The places with the best scores, ties in their own order."""
    if len(places) > k:
        worst_kept = np.partition(scores[places], -k)[-k]
        places = places[scores[places] >= worst_kept]
    best: Ints = places[np.argsort(-scores[places], kind="stable")][:k]
    return best
