"""The words of a sequence of texts as numbers."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np

from retrieval.arrays import Ints, Numbers


class TokenIds(NamedTuple):
    """Texts as word numbers, one text after the other."""

    words: Sequence[str]  # distinct, in the order in which they first occur
    numbers: Numbers  # places in `words`
    lengths: Ints  # of each text, in words

    @classmethod
    def of(cls, words: Iterable[str], numbers: Numbers, lengths: Ints) -> "TokenIds":
        """Intern words that other articles may hold as well, so that each is in memory once."""
        return cls(tuple(map(sys.intern, words)), numbers, lengths)

    def texts(self) -> Iterator[Sequence[str]]:
        """Return the words of each text."""
        words = [self.words[number] for number in self.numbers.tolist()]
        ends = np.cumsum(self.lengths).tolist()
        return (words[first:last] for first, last in pairwise([0, *ends]))


def token_ids(texts: Sequence[Sequence[str]]) -> TokenIds:
    """Number the words of texts, given in order and with repetitions."""
    words = list(chain.from_iterable(texts))
    places = {word: place for place, word in enumerate(dict.fromkeys(words))}
    numbers = list(map(places.__getitem__, words))
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    return TokenIds.of(places, np.array(numbers, dtype=np.int32), lengths)
