"""A semantic model small enough to see through: a text means its words, and a few words mean the same."""

import re
from collections.abc import Sequence

import numpy as np
import xxhash

from retrieval.index.vectors import Vectors, quantise

SAME = {"warships": "vessels", "frigates": "vessels", "hulls": "vessels", "sold": "handed", "selling": "handed"}


class WordMeaning:
    """Encodes a text as the words in it, and notes what it encoded; another one with another mark."""

    dimensions = 64
    cosines = (0.0, 1.0)
    across: float | None = None

    def __init__(self, mark: str = "words") -> None:
        self.mark = mark
        self.encoded: list[str] = []

    def __reduce__(self) -> tuple[type["WordMeaning"], tuple[str]]:
        return type(self), (self.mark,)

    def encode_question(self, text: str) -> Vectors:
        return self.encode_passage(text)

    def encode_passage(self, text: str) -> Vectors:
        self.encoded.append(text)
        figures = np.full(self.dimensions, 0.01, dtype=np.float32)
        np.add.at(figures, [xxhash.xxh32_intdigest(word.encode()) % self.dimensions for word in _words(text)], 1)
        return quantise(figures / np.linalg.norm(figures))


def _words(text: str) -> Sequence[str]:
    return [SAME.get(word, word) for word in re.findall(r"\w+", text.lower())]
