"""Distinct words in order, in two arrays that may be mapped from a file, and the words of a library by number."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from retrieval.arrays import Bytes, Ints

Counts = npt.NDArray[np.integer[Any]]

REMEMBERED = 1 << 14
"""Of how many words a vocabulary remembers the number."""


class TermDictionary:
    """Distinct words, numbered from 0 in the order of their code points; found by bisection, without a dictionary."""

    def __init__(self, letters: Bytes, bounds: Ints) -> None:
        """Take words in UTF-8, in order, with their bounds in `letters`; see `of` for words in any order."""
        self.letters, self.bounds = letters, bounds
        # their elements are Python's own numbers, which slice many times faster than those of an array
        self._letters, self._bounds = letters.data, bounds.data

    @classmethod
    def of(cls, words: Iterable[str]) -> "TermDictionary":
        """Put words in order; a word given twice counts once."""
        encoded = [word.encode() for word in sorted(set(words))]
        bounds = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8).copy(), bounds)

    def __reduce__(self) -> tuple[type["TermDictionary"], tuple[Bytes, Ints]]:
        return TermDictionary, (self.letters, self.bounds)

    def __len__(self) -> int:
        return len(self._bounds) - 1

    def __iter__(self) -> Iterator[str]:
        letters = self.letters.tobytes()  # of all of them one copy is cheaper than of each its own
        return (letters[first:last].decode() for first, last in pairwise(self.bounds.tolist()))

    def word(self, number: int) -> str:
        """Return the word of a number."""
        return self._encoded(number).decode()

    def find(self, word: str) -> int | None:
        """Return the number of a word; None where it is not there."""
        wanted = word.encode(errors="surrogatepass")
        number = self._before(wanted, range(len(self)))
        return number if number < len(self) and self._encoded(number) == wanted else None

    def beginning(self, start: str, within: range | None = None) -> range:
        """Return the numbers of the words that begin with letters, at least one, within numbers if given."""
        wanted, all_of_them = start.encode(errors="surrogatepass"), range(len(self)) if within is None else within
        first = self._before(wanted, all_of_them)
        if first == all_of_them.stop or not self._encoded(first).startswith(wanted):
            return range(first, first)
        # no byte of UTF-8 is 0xFF, so the last one can be counted up
        after = wanted[:-1] + bytes([wanted[-1] + 1])
        return range(first, self._before(after, range(first, all_of_them.stop)))

    def _before(self, wanted: bytes, within: range) -> int:
        """Return the number of the first word that is not before the letters wanted."""
        return bisect_left(range(within.stop), wanted, within.start, within.stop, key=self._encoded)

    def _encoded(self, number: int) -> bytes:
        return self._letters[self._bounds[number] : self._bounds[number + 1]].tobytes()


class TermVocabulary(Mapping[str, int]):
    """The words of a library, each with its number; a word that no article holds any more is left out."""

    def __init__(self, words: TermDictionary, counts: Counts, added: Iterable[str] = ()) -> None:
        """Number the words `added` on from those of a dictionary; `counts` are of all, by number."""
        self._words, self.counts = words, counts
        self._added = {word: number for number, word in enumerate(added, len(words))}
        self.find = lru_cache(maxsize=REMEMBERED)(self._find)

    def _find(self, word: str) -> int | None:
        """The number of a word; None where no article holds it, which costs far less than an error."""
        number = self._added.get(word)
        number = self._words.find(word) if number is None else number
        return number if number is not None and self.counts[number] else None

    def __getitem__(self, word: str) -> int:
        number = self.find(word)
        if number is None:
            raise KeyError(word)
        return number

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.find(word) is not None

    def __iter__(self) -> Iterator[str]:
        listed = (word for number, word in enumerate(self._words) if self.counts[number])
        return iter(sorted([*listed, *(word for word in self._added if self.counts[self._added[word]])]))

    def __len__(self) -> int:
        return int(np.count_nonzero(self.counts))

    @property
    def size(self) -> int:
        """The number after the highest."""
        return len(self.counts)

    def count(self, word: str) -> int:
        """Return how often a word occurs."""
        number = self.find(word)
        return 0 if number is None else int(self.counts[number])

    def beginning(self, start: str) -> list[str]:
        """Return the words that begin with at least one letter, in order."""
        listed = [self._words.word(number) for number in self._words.beginning(start) if self.counts[number]]
        further = [word for word in self._added if word.startswith(start) and self.counts[self._added[word]]]
        return sorted([*listed, *further])
