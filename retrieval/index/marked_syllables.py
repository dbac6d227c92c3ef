"""Vietnamese syllables with their marks: how rare each is, and which passages hold it.

A term has no marks, so that a question typed without them is answered; one typed with them means its own syllable:
`đời` (life) and `đội` (team) are as different as any two words.
"""

import math
from collections.abc import Sequence

import numpy as np

from retrieval.arrays import Floats, Ints
from retrieval.index.passages import PassageIndex

OTHERWISE = 0.4
"""How much a syllable with other marks, or without, matches; measured (docs/quality.md)."""


class MarkedSyllables:
    """The syllables of a question beside those of passages."""

    def __init__(self, index: PassageIndex, written: Sequence[str | None]) -> None:
        """Look syllables up in small letters; None for a word that is none, or was typed without its marks."""
        self._index, self._written = index, written

    def idf(self, plain: Sequence[float]) -> list[float]:
        """Return the idf of each word: its term's, or that of the syllable with its marks, which is rarer."""
        return [
            own if word is None else max(own, self._idf(word)) for own, word in zip(plain, self._written, strict=True)
        ]

    def _idf(self, syllable: str) -> float:
        """The idf of a syllable with its marks; 0 where no passage holds it so."""
        count, size = self._index.written.vocabulary.count(syllable), self._index.size
        return math.log((size + 1) / min(count, size)) if count else 0.0

    def likeness(self, places: Ints) -> Floats:
        """Return how well each word (row) matches where the passages at places (columns) hold its term."""
        found = np.ones((len(self._written), len(places)))
        rows = [row for row, word in enumerate(self._written) if word is not None]
        if rows:
            found[rows] = OTHERWISE
            texts = self._index.written
            owner, _, at = texts.row(places)
            tokens = texts.tokens[at]
            for row in rows:
                if (number := texts.vocabulary.find(self._written[row] or "")) is not None:
                    found[row, owner[tokens == number]] = 1.0
        return found
