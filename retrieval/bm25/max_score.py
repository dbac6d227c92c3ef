"""BM25+ for libraries of up to millions of passages, with the scores and the order of `OkapiEngine`."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from retrieval.bm25 import jit_warm_up as readiness
from retrieval.bm25.exhaustive_search import SearchTerms, WeightedTerms
from retrieval.bm25.jit_warm_up import Search
from retrieval.bm25.postings import Floats, Ints, Postings
from retrieval.bm25.reference import DELTA
from retrieval.bm25.scorer import Flags, ScoredPassage
from retrieval.index.passages import PassageIndex

_ALL = np.zeros(0, dtype=np.bool_)


class PostingsPart(NamedTuple):
    """The postings of some passages that stand one after the other.

    Attributes:
        first: The place of the first of them.
        postings: What they hold, by terms numbered as in the library.
    """

    first: int
    postings: Postings


class MaxScoreScorer:
    """The engine over a library's postings; see `retrieval.bm25.pruned_search` for how it searches.

    A search keeps what it works with to itself and holds no lock, so that threads search at the same time.
    """

    def __init__(self, index: PassageIndex, parts: Sequence[PostingsPart], search: Search = readiness.search) -> None:
        """Take a library.

        Args:
            index: Its passages.
            parts: What they hold.
            search: Finds the best passages of a part.
        """
        self._index, self._parts, self._search = index, parts, search
        self._rarest = math.log(index.size + 1)

    def search(self, terms: Mapping[str, float], k: int, allowed: Flags | None = None) -> list[ScoredPassage]:
        """See `Engine.search`."""
        wanted = self._wanted(terms)
        if not len(wanted.terms):
            return []
        allowed = _both(allowed, self._index.alive)
        parts = [self._best_of(part, wanted, k, allowed) for part in self._parts]
        places = np.concatenate([places for places, _ in parts])
        scores = np.concatenate([scores for _, scores in parts])
        best = np.lexsort((self._index.rank(places), -scores))[:k]
        return [ScoredPassage(*hit) for hit in zip(places[best].tolist(), scores[best].tolist(), strict=True)]

    def _wanted(self, terms: Mapping[str, float]) -> WeightedTerms:
        vocabulary = self._index.passages.vocabulary
        known = {term: weight for term, weight in terms.items() if term in vocabulary}
        idf = np.array([self.idf(term) for term in known], dtype=np.float64)
        weights = np.array(list(known.values()), dtype=np.float64)
        base = sum((weights * idf * DELTA).tolist())
        numbers = np.array([vocabulary[term] for term in known], dtype=np.int64)
        return WeightedTerms(numbers, weights, idf, float(base), self._index.mean_length)

    def _best_of(self, part: PostingsPart, wanted: WeightedTerms, k: int, allowed: Flags | None) -> tuple[Ints, Floats]:
        """The places of the passages of a part that may be among the best, and their scores."""
        postings, size = part.postings, len(part.postings.places)
        wanted = _held(wanted, postings)
        now, then = wanted.weights * wanted.idf, postings.idf[wanted.terms]
        telling = np.argsort(-now, kind="stable")
        asked = SearchTerms(
            terms=wanted.terms[telling],
            # an impact was made with the idf of its day, and is worth as much more as the term has become rarer since
            weights=(now[telling] / then[telling]).astype(np.float32),
            k=min(k, size),
            allowed=_ALL if allowed is None else allowed[part.first : part.first + size],
            drift=min(postings.mean_length, wanted.mean_length) / max(postings.mean_length, wanted.mean_length),
        )
        found, scores = self._search(postings, asked, wanted)
        return part.first + postings.places[found].astype(np.int64), scores

    def idf(self, term: str) -> float:
        """See `Engine.idf`; by the same function of the same numbers as rank-bm25's, so that no bit differs."""
        holding = self._index.passages.vocabulary.count(term)
        return math.log((self._index.size + 1) / holding) if holding else self._rarest


def _held(wanted: WeightedTerms, postings: Postings) -> WeightedTerms:
    """A question with those of its terms that a part holds; it may be older than some."""
    known = np.flatnonzero(wanted.terms < len(postings.idf))
    held = known[postings.idf[wanted.terms[known]] > 0]
    return wanted._replace(terms=wanted.terms[held], weights=wanted.weights[held], idf=wanted.idf[held])


def _both(one: Flags | None, other: Flags | None) -> Flags | None:
    return other if one is None else one if other is None else one & other
