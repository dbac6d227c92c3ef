"""BM25+ for libraries of up to millions of passages, with the scores and the order of `ReferenceScorer`."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from retrieval.arrays import Flags, Floats, Ints
from retrieval.bm25 import jit_warm_up
from retrieval.bm25.exhaustive_search import SearchTerms, WeightedTerms
from retrieval.bm25.jit_warm_up import PostingsSearch
from retrieval.bm25.parameters import DELTA
from retrieval.bm25.postings import Postings
from retrieval.bm25.scorer import ScoredPassage
from retrieval.index.passages import PassageIndex

_ALL = np.zeros(0, dtype=np.bool_)
REMEMBERED = 1 << 14
"""Of how many terms the idf is remembered."""


class PostingsPart(NamedTuple):
    """The postings of neighbouring passages, from the place of the first on, by the library's term numbers."""

    first: int
    postings: Postings


class MaxScoreScorer:
    """The scorer over a library's postings; see `retrieval.bm25.pruned_search` for how it searches.

    A search holds no lock and shares no state, so that threads search at the same time.
    """

    def __init__(
        self, index: PassageIndex, parts: Sequence[PostingsPart], search: PostingsSearch = jit_warm_up.search
    ) -> None:
        self._index, self._parts, self._search = index, parts, search
        self._highest_idf = math.log(index.size + 1)
        self.idf = lru_cache(maxsize=REMEMBERED)(self._idf)

    def search(self, terms: Mapping[str, float], k: int, allowed: Flags | None = None) -> list[ScoredPassage]:
        """See `Scorer.search`."""
        weighted = self._weigh(terms)
        if not len(weighted.terms):
            return []
        allowed = _intersect(allowed, self._index.alive)
        parts = [self._search_part(part, weighted, k, allowed) for part in self._parts]
        places = np.concatenate([places for places, _ in parts])
        scores = np.concatenate([scores for _, scores in parts])
        best = np.lexsort((self._index.rank(places), -scores))[:k]
        return [ScoredPassage(*hit) for hit in zip(places[best].tolist(), scores[best].tolist(), strict=True)]

    def _weigh(self, terms: Mapping[str, float]) -> WeightedTerms:
        found = [(number, term) for term in terms if (number := self._index.passages.vocabulary.find(term)) is not None]
        idf = np.array([self.idf(term) for _, term in found], dtype=np.float64)
        weights = np.array([terms[term] for _, term in found], dtype=np.float64)
        base = sum((weights * idf * DELTA).tolist())
        numbers = np.array([number for number, _ in found], dtype=np.int64)
        return WeightedTerms(numbers, weights, idf, float(base), self._index.mean_length)

    def _search_part(
        self, part: PostingsPart, weighted: WeightedTerms, k: int, allowed: Flags | None
    ) -> tuple[Ints, Floats]:
        """Return the places of a part's passages that may be among the best, and their scores."""
        postings, size = part.postings, len(part.postings.places)
        weighted = _within(weighted, postings)
        now, then = weighted.weights * weighted.idf, postings.idf[weighted.terms]
        telling = (-now).argsort(kind="stable")
        query = SearchTerms(
            terms=weighted.terms[telling],
            # an impact was made with the idf of its day, and is worth as much more as the term has become rarer since
            weights=(now[telling] / then[telling]).astype(np.float32),
            k=min(k, size),
            allowed=_ALL if allowed is None else allowed[part.first : part.first + size],
            drift=min(postings.mean_length, weighted.mean_length) / max(postings.mean_length, weighted.mean_length),
        )
        found, scores = self._search(postings, query, weighted)
        return part.first + postings.places[found].astype(np.int64), scores

    def _idf(self, term: str) -> float:
        """See `Scorer.idf`; by the same function of the same numbers as rank-bm25's, so that no bit differs."""
        holding = self._index.passages.vocabulary.count(term)
        return math.log((self._index.size + 1) / holding) if holding else self._highest_idf


def _within(weighted: WeightedTerms, postings: Postings) -> WeightedTerms:
    """Return a question's terms that a part's passages hold; the part may be older than some terms."""
    known = (weighted.terms < len(postings.idf)).nonzero()[0]
    held = known[postings.idf[weighted.terms[known]] > 0]
    return weighted._replace(terms=weighted.terms[held], weights=weighted.weights[held], idf=weighted.idf[held])


def _intersect(first: Flags | None, second: Flags | None) -> Flags | None:
    return second if first is None else first if second is None else first & second
