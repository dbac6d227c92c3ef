"""rank-bm25's BM25Plus as an engine: exact and simple, for libraries of up to some ten thousand passages."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from rank_bm25 import BM25Plus

from retrieval.engines.engine import Flags, Scored

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

K1 = 0.4
"""Term frequency saturation: low, since a sentence that repeats a word is hardly more about it (DECISIONS.md)."""
B = 0.5
"""Length normalization: half, since long sentences do hold more answers (DECISIONS.md)."""
DELTA = 1.0
"""What holding a term at all is worth: Lv and Zhai 2011, 'Lower-bounding term frequency normalization'."""


class OkapiEngine:
    """BM25Plus over a list of passages; what each term adds to each passage is kept once it was asked for."""

    def __init__(self, passages: Sequence[Sequence[str]]) -> None:
        """Count the terms of every passage.

        Args:
            passages: The terms of each passage, by place; at least one passage.
        """
        # An empty token keeps rank-bm25's average length above zero; no question holds it.
        self._bm25 = BM25Plus([list(terms) or [""] for terms in passages], k1=K1, b=B, delta=DELTA)
        self._rarest = math.log(len(passages) + 1)
        self._holding: defaultdict[str, list[int]] = defaultdict(list)
        for place, counts in enumerate(self._bm25.doc_freqs):
            for term in counts:
                self._holding[term].append(place)
        self._added: dict[str, tuple[Ints, Floats]] = {}

    def search(self, terms: Mapping[str, float], k: int, allowed: Flags | None = None) -> list[Scored]:
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
        return [Scored(int(place), float(scores[place])) for place in _best(scores, np.flatnonzero(holding), k)]

    def _of(self, term: str) -> tuple[Ints, Floats]:
        """The passages that hold a term, and what it adds to the score of each over that of a passage without it."""
        if term not in self._added:
            places = self._holding[term]
            scores = np.array(self._bm25.get_batch_scores([term], places))
            self._added[term] = np.array(places), scores - self.idf(term) * DELTA
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
