"""BM25+ for libraries of up to millions of passages, with the scores and the order of `OkapiEngine`."""

import math
from collections.abc import Mapping

import numpy as np

from retrieval.engines.engine import Flags, Scored
from retrieval.engines.exact_search import Asked, candidates, exact_scores
from retrieval.engines.okapi import DELTA
from retrieval.engines.postings import Postings, TermUnits, make_postings

_ALL = np.zeros(0, dtype=np.bool_)


class BucketedEngine:
    """The engine over a library's postings; see `retrieval.engines.exact_search` for how it searches.

    A search keeps what it works with to itself and holds no lock, so that threads search at the same time.
    """

    def __init__(self, vocabulary: Mapping[str, int], postings: Postings) -> None:
        """Take a library.

        Args:
            vocabulary: The number of each term.
            postings: What the passages hold.
        """
        self._vocabulary, self._postings = vocabulary, postings
        self._rarest = math.log(len(postings.places) + 1)

    @classmethod
    def of(cls, units: TermUnits) -> "BucketedEngine":
        """Index passages.

        Args:
            units: Their terms; at least one passage.
        """
        return cls(units.vocabulary, make_postings(units))

    def search(self, terms: Mapping[str, float], k: int, allowed: Flags | None = None) -> list[Scored]:
        """See `Engine.search`."""
        known = {self._vocabulary[term]: weight for term, weight in terms.items() if term in self._vocabulary}
        if not known:
            return []
        numbers, weights = np.array(list(known)), np.array(list(known.values()), dtype=np.float64)
        idf = self._postings.idf[numbers]
        telling = np.argsort(-idf * weights, kind="stable")
        asked = Asked(
            terms=numbers[telling],
            weights=weights[telling].astype(np.float32),
            k=min(k, len(self._postings.places)),
            allowed=_ALL if allowed is None else allowed,
        )
        found = candidates(self._postings, asked)
        base = sum((weights * idf * DELTA).tolist())
        scores = exact_scores(self._postings, numbers, weights, base, found)
        places = self._postings.places[found]
        best = np.lexsort((places, -scores))[:k]
        return [Scored(*hit) for hit in zip(places[best].tolist(), scores[best].tolist(), strict=True)]

    def idf(self, term: str) -> float:
        """See `Engine.idf`."""
        number = self._vocabulary.get(term)
        return self._rarest if number is None else float(self._postings.idf[number])
