"""What a BM25 scorer must do."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]


class ScoredPassage(NamedTuple):
    """A passage's place in the library and its score."""

    place: int
    score: float


class Scorer(Protocol):
    """A BM25 scorer over the terms of a library's passages; safe to share between threads."""

    def search(self, terms: Mapping[str, float], k: int, allowed: Flags | None = None) -> list[ScoredPassage]:
        """The best passages for some terms.

        Args:
            terms: Distinct terms, each with its weight; 1 for a question's own.
            k: How many passages to return at most.
            allowed: For each place, whether its passage may be found; None for all of them.

        Returns:
            Passages among those allowed that hold at least one of the terms, best score first, ties in the order of
            their places.
        """
        ...

    def idf(self, term: str) -> float:
        """How telling a term is: its inverse document frequency; a term no passage holds is worth the most."""
        ...
