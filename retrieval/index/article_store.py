"""The articles and the passages of a library themselves, made of what is kept of them when they are asked for."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import TypeVar, overload

from retrieval.index.passages import PassageIndex
from retrieval.index.segment import Segment
from retrieval.models import Article, Passage
from retrieval.reading.sentences import passage_at

Item = TypeVar("Item")

REMEMBERED = 256
"""How many articles are remembered with their text: the best candidates of a question stand in fewer."""


class ArticleStore:
    """What the numbers of an index stand for.

    Attributes:
        articles: All articles, in the order of their names.
        passages: All passages, in the order of the articles' names.
    """

    def __init__(self, index: PassageIndex, base: Segment, more: Segment) -> None:
        """Take what is kept of the articles.

        Args:
            index: Numbers them.
            base: The articles that were there from the beginning.
            more: The articles that came since.
        """
        self._index, self._base, self._more = index, base, more
        self._article = lru_cache(maxsize=REMEMBERED)(self._read)
        self._numbers = {index.entries[number].source.file: number for number in index.articles.tolist()}
        self.articles: Sequence[Article] = LazySequence(len(index.articles), self._ranked_article)
        self.passages: Sequence[Passage] = LazySequence(index.size, lambda rank: self.passage(index.place(rank)))

    def article(self, file: str) -> Article | None:
        """The article of a file name; None where there is none."""
        number = self._numbers.get(file)
        return None if number is None else self._article(number)

    def passages_of(self, file: str) -> list[Passage]:
        """The passages of an article, by its file name."""
        number = self._numbers.get(file)
        return [] if number is None else [self.passage(place) for place in self._index.places_of(number)]

    def counts(self) -> list[int]:
        """How many passages each article has, in the order of their names."""
        return [len(self._index.places_of(number)) for number in self._index.articles.tolist()]

    def passage(self, place: int) -> Passage:
        """The passage of a place."""
        number = int(self._index.article[place])
        article, first = self._article(number), len(self._base.starts)
        segment, at = (self._base, place) if place < first else (self._more, place - first)
        span = int(segment.starts[at]), int(segment.ends[at])
        return passage_at(article, span, int(segment.lines[at]))

    def _ranked_article(self, rank: int) -> Article:
        return self._article(int(self._index.articles[rank]))

    def _read(self, number: int) -> Article:
        first = len(self._base.entries)
        segment, at = (self._base, number) if number < first else (self._more, number - first)
        begin = int(segment.letter_begins[at])
        text = segment.letters[begin : begin + int(segment.letter_counts[at])].tobytes().decode()
        return Article(**dict(self._index.entries[number].source), text=text)


class LazySequence(Sequence[Item]):
    """A sequence whose items are made when they are asked for."""

    def __init__(self, length: int, make: Callable[[int], Item]) -> None:
        """Take what makes them.

        Args:
            length: How many there are.
            make: Makes the one of a number from 0.
        """
        self._range, self._make = range(length), make

    def __len__(self) -> int:
        return len(self._range)

    @overload
    def __getitem__(self, number: int) -> Item: ...
    @overload
    def __getitem__(self, number: "slice[int | None, int | None, int | None]") -> "LazySequence[Item]": ...
    def __getitem__(self, number: "int | slice[int | None, int | None, int | None]") -> "Item | LazySequence[Item]":
        if isinstance(number, slice):
            chosen = self._range[number]
            return LazySequence(len(chosen), lambda at: self._make(chosen[at]))
        return self._make(self._range[number])

    def __iter__(self) -> Iterator[Item]:
        return map(self._make, self._range)
