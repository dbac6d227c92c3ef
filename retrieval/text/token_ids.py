"""The words of a sequence of texts as numbers."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]


class TokenIds(NamedTuple):
    """The words of a sequence of texts, as numbers.

    Attributes:
        words: The distinct words, in the order in which they first occur.
        numbers: The words of all texts, one after the other, each by its place in `words`.
        lengths: How many words each text has.
    """

    words: Sequence[str]
    numbers: Numbers
    lengths: Ints

    @classmethod
    def of(cls, words: Iterable[str], numbers: Numbers, lengths: Ints) -> "TokenIds":
        """The same of words that other articles may hold as well, so that each is kept once."""
        return cls(tuple(map(sys.intern, words)), numbers, lengths)

    def texts(self) -> Iterator[Sequence[str]]:
        """The words of each text."""
        words = [self.words[number] for number in self.numbers.tolist()]
        ends = np.cumsum(self.lengths).tolist()
        return (words[first:last] for first, last in pairwise([0, *ends]))


def token_ids(texts: Sequence[Sequence[str]]) -> TokenIds:
    """Number the words of some texts.

    Args:
        texts: The words of each text, in order and with repetitions.
    """
    words = list(chain.from_iterable(texts))
    places = {word: place for place, word in enumerate(dict.fromkeys(words))}
    numbers = list(map(places.__getitem__, words))
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    return TokenIds.of(places, np.array(numbers, dtype=np.int32), lengths)
