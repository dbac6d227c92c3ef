"""rank-bm25's BM25Plus as an engine: exact and simple, for libraries of up to some ten thousand passages."""

import math
from collections.abc import Sequence

import numpy as np
from rank_bm25 import BM25Plus

from retrieval.engines.engine import Scored

K1 = 0.4
"""Term frequency saturation: low, since a sentence that repeats a word is hardly more about it (DECISIONS.md)."""
B = 0.5
"""Length normalization: half, since long sentences do hold more answers (DECISIONS.md)."""
DELTA = 1.0
"""What holding a term at all is worth: Lv and Zhai 2011, 'Lower-bounding term frequency normalization'."""


class OkapiEngine:
    """BM25Plus over a list of passages."""

    def __init__(self, passages: Sequence[Sequence[str]]) -> None:
        """Count the terms of every passage.

        Args:
            passages: The terms of each passage, by place; at least one passage.
        """
        # An empty token keeps rank-bm25's average length above zero; no question holds it.
        self._bm25 = BM25Plus([list(terms) or [""] for terms in passages], k1=K1, b=B, delta=DELTA)
        self._rarest = math.log(len(passages) + 1)

    def search(self, terms: Sequence[str], k: int) -> list[Scored]:
        """See `Engine.search`; BM25Plus scores passages without any term above zero, so those are left out."""
        known = [term for term in terms if term in self._bm25.idf]
        if not known:
            return []
        scores = self._bm25.get_scores(known)
        holding = np.fromiter(
            (place for place, counts in enumerate(self._bm25.doc_freqs) if any(term in counts for term in known)),
            dtype=np.intp,
        )
        order = holding[np.argsort(-scores[holding], kind="stable")][:k]
        return [Scored(int(place), float(scores[place])) for place in order]

    def idf(self, term: str) -> float:
        """See `Engine.idf`."""
        return float(self._bm25.idf.get(term, self._rarest))
