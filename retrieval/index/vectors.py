"""Passages as vectors of their meaning, for the semantic extra; without it they have vectors of no dimensions.

A text's vector has length 1 and is kept as whole numbers, `SCALE` times its figures, so that all products are exact and
the same on every run. Above `EXACT` passages the signs of the figures choose those whose vectors are compared.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from retrieval.arrays import Bytes, Flags, Floats, Ints
from retrieval.index.chained_array import ChainedArray

Vectors = npt.NDArray[np.int8]

SCALE = 400
"""No figure of a vector of some hundreds is large enough to be cut off at 127."""
EXACT = 100_000
"""Up to how many passages all vectors are compared."""
RESCORED = 40
"""How many passages, for each wanted, the signs choose above that."""
BLOCK = 4_096
"""How many vectors are compared at once."""


class SemanticModel(Protocol):
    """A model that places texts by their meaning; it can be pickled."""

    @property
    def mark(self) -> str:
        """The name of the model, that no other has, nor the same with other weights."""
        ...

    @property
    def dimensions(self) -> int:
        """How many figures a vector has, a multiple of 64."""
        ...

    @property
    def cosines(self) -> tuple[float, float]:
        """The cosines that count as 0, as of texts that have nothing in common, and as 1."""
        ...

    @property
    def across(self) -> float | None:
        """The loss of similarity between texts of the same meaning in two languages; None for a monolingual model."""
        ...

    def encode_question(self, text: str) -> Vectors:
        """Return the vector of a question."""
        ...

    def encode_passage(self, text: str) -> Vectors:
        """Return the vector of a passage, with its title."""
        ...


def quantise(figures: npt.NDArray[np.float32]) -> Vectors:
    """Return a vector of length 1 as whole numbers."""
    return np.clip(np.rint(figures * SCALE), -127, 127).astype(np.int8)


def encode_passages(model: SemanticModel | None, title: str, texts: Sequence[str]) -> Vectors:
    """Return a vector a passage, of its article's title and its own text; each is encoded by itself."""
    if model is None:
        return np.zeros((len(texts), 0), dtype=np.int8)
    vectors = [model.encode_passage(titled(title, text)) for text in texts]
    return np.array(vectors, dtype=np.int8).reshape(len(texts), model.dimensions)


def titled(title: str, text: str) -> str:
    """Return a passage's text as models read it."""
    return f"{title}. {text}"


def signs_of(vectors: Vectors) -> Bytes:
    """Return whether each figure is above 0, a bit each."""
    return np.packbits(vectors > 0, axis=1)


class VectorIndex:
    """The vectors of a base segment, continued by those of a delta."""

    def __init__(self, base: Vectors, base_signs: Bytes, more: Vectors, more_signs: Bytes, living: int) -> None:
        """Take the vectors and their signs, and how many passages are there: those that went count for nothing."""
        self._parts = [base, more] if len(more) else [base]
        self._signs = [base_signs, more_signs] if len(more) else [base_signs]
        self._vectors = ChainedArray(base, more)
        self._size, self._is_exact = len(base) + len(more), living <= EXACT

    def of(self, place: int) -> Vectors:
        """Return the vector of the passage at a place."""
        vector: Vectors = self._vectors[np.array([place])][0]
        return vector

    def similarities(self, vector: Vectors, places: Ints) -> Floats:
        """Return the cosine of a vector with those of the passages at places."""
        return _products(self._vectors[places], vector) / SCALE**2

    def nearest(self, vector: Vectors, allowed: Flags | None, most: int) -> Ints:
        """Return the places of the passages most similar to a vector, those as similar as the last among them.

        Args:
            vector: The question's.
            allowed: For each place, whether it may be chosen; None where all may.
            most: How many are wanted.
        """
        places = np.arange(self._size) if allowed is None else np.flatnonzero(allowed)
        if self._is_exact:
            products = np.concatenate([_products(part, vector) for part in self._parts])[places]
        else:
            places = places[_largest(-self._distances(vector)[places], most * RESCORED)]
            products = _products(self._vectors[places], vector)
        return places[_largest(products, most)]

    def _distances(self, vector: Vectors) -> Ints:
        """In how many signs each vector differs from a vector."""
        own = signs_of(vector[None, :]).view(np.uint64)
        counts = [np.bitwise_count(part.view(np.uint64) ^ own).sum(axis=1, dtype=np.int64) for part in self._signs]
        return np.concatenate(counts)


def _products(vectors: Vectors, vector: Vectors) -> Floats:
    """The product of each vector with a vector; exact: single precision holds all the whole numbers on the way."""
    own, products = vector.astype(np.float32), np.empty(len(vectors))
    for first in range(0, len(vectors), BLOCK):
        products[first : first + BLOCK] = vectors[first : first + BLOCK].astype(np.float32) @ own
    return products


def _largest(values: Floats | Ints, most: int) -> Ints:
    """Return the rows of the largest values, and of all that equal the last of them."""
    if len(values) <= most:
        return np.arange(len(values))
    return np.flatnonzero(values >= np.partition(values, -most)[-most])
