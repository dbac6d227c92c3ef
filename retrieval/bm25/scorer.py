"""The protocol of BM25 scorers."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from retrieval.arrays import Flags


class ScoredPassage(NamedTuple):
    """A passage's place in the library and its score."""

    place: int
    score: float


class Scorer(Protocol):
    """A BM25 scorer over the terms of a library's passages; safe to share between threads."""

    def search(self, terms: Mapping[str, float], k: int, allowed: Flags | None = None) -> list[ScoredPassage]:
        """Return the k best passages that hold at least one term, best score first, ties in the order of their places.

        Args:
            terms: Distinct terms, each with its weight; 1 for a question's own.
            k: Most passages.
            allowed: For each place, whether its passage may be found; None for all of them.
        """
        ...

    def idf(self, term: str) -> float:
        """Return a term's inverse document frequency; a term that no passage holds has the highest."""
        ...
