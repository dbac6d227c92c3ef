"""The words of a library as people wrote them."""

from collections.abc import Iterator
from functools import cached_property

from retrieval.text.term_dictionary import TermVocabulary
from retrieval.text.terms import STOP_WORDS


class Spellings:
    """Every word as written, in lower case, stop words left out, and how often."""

    def __init__(self, vocabulary: TermVocabulary) -> None:
        self._vocabulary = vocabulary

    def count(self, word: str) -> int:
        """Return how often a word occurs."""
        return 0 if word in STOP_WORDS else self._vocabulary.count(word)

    def words(self) -> Iterator[str]:
        """Return the words, in the order of the alphabet."""
        return (word for word in self._vocabulary if word not in STOP_WORDS)

    @cached_property
    def total(self) -> int:
        """How often all of them occur together."""
        return int(self._vocabulary.counts.sum()) - sum(map(self._vocabulary.count, STOP_WORDS))
