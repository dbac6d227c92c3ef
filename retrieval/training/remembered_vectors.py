"""The semantic model for learning weights, with the vectors kept in a file, since most passages recur."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import xxhash

from retrieval.index.vectors import SemanticModel, Vectors


class RememberedVectors:
    """A semantic model that encodes no text twice."""

    def __init__(self, model: SemanticModel, path: Path) -> None:
        self._model, self._path = model, path
        self.mark, self.dimensions = model.mark, model.dimensions
        self.cosines, self.across = model.cosines, model.across
        self._known: dict[int, Vectors] = {}
        if path.exists():
            with np.load(path, allow_pickle=False) as stored:
                if str(stored["mark"]) == self.mark:
                    self._known = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))

    def encode_question(self, text: str) -> Vectors:
        """Return the vector of a question."""
        return self._encode("question", text, self._model.encode_question)

    def encode_passage(self, text: str) -> Vectors:
        """Return the vector of a passage, with its title."""
        return self._encode("passage", text, self._model.encode_passage)

    def _encode(self, kind: str, text: str, encode: Callable[[str], Vectors]) -> Vectors:
        key = xxhash.xxh3_64_intdigest(f"{kind}\0{text}".encode())
        if key not in self._known:
            self._known[key] = encode(text)
        return self._known[key]

    def save(self) -> None:
        """Write what was encoded, for the next time."""
        keys = np.array(list(self._known), dtype=np.uint64)
        np.savez(self._path, mark=self.mark, keys=keys, vectors=np.array(list(self._known.values()), dtype=np.int8))
