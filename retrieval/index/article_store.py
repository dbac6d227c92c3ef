"""The articles and passages of a library, made of the segments when they are asked for."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Protocol, TypeVar, overload

from retrieval.index.passages import PassageIndex
from retrieval.index.segment import Segment, article_text, beginnings
from retrieval.models import Article, Passage
from retrieval.reading.sentences import passage_at

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)

REMEMBERED = 256
"""How many articles are remembered with their text: the best candidates of a question stand in fewer."""
PASSAGES_REMEMBERED = 1 << 11
"""How many passages are remembered: those found for some questions are found for many."""


class Maker(Protocol[Item_co]):
    """Makes the item of a number from 0."""

    def __call__(self, number: int, /) -> Item_co:
        """Make an item."""
        ...


class LazySequence(Sequence[Item]):
    """A sequence whose items are made when they are asked for."""

    def __init__(self, numbers: range, make: Maker[Item]) -> None:
        self._numbers, self._make = numbers, make

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, at: int) -> Item: ...
    @overload
    def __getitem__(self, at: "slice[int | None, int | None, int | None]") -> "LazySequence[Item]": ...
    def __getitem__(self, at: "int | slice[int | None, int | None, int | None]") -> "Item | LazySequence[Item]":
        return LazySequence(self._numbers[at], self._make) if isinstance(at, slice) else self._make(self._numbers[at])

    def __iter__(self) -> Iterator[Item]:
        return map(self._make, self._numbers)


class ArticleStore:
    """The texts and passages that the numbers of an index stand for; `articles` and `passages` go by files' names."""

    def __init__(self, index: PassageIndex, base: Segment, more: Segment) -> None:
        """Take the segments that the index was made of."""
        self._index, self._base, self._more = index, base, more
        self._text_begins = [beginnings(segment.letter_counts) for segment in (base, more)]
        self._article = lru_cache(maxsize=REMEMBERED)(self._read_article)
        self._passage = lru_cache(maxsize=PASSAGES_REMEMBERED)(self._read_passage)
        self._numbers = {index.entries[number].source.file: number for number in index.articles.tolist()}
        self.articles: Sequence[Article] = LazySequence(range(len(index.articles)), self._ranked_article)
        self.passages: Sequence[Passage] = LazySequence(range(index.size), self._ranked_passage)

    def article(self, file: str) -> Article | None:
        """Return the article of a file name; None where there is none."""
        number = self._numbers.get(file)
        return None if number is None else self._article(number)

    def number(self, file: str) -> int | None:
        """Return the number of the article of a file name; None where there is none."""
        return self._numbers.get(file)

    def passages_of(self, file: str) -> list[Passage]:
        """Return the passages of an article, by its file name."""
        number = self._numbers.get(file)
        return [] if number is None else [self.passage(place) for place in self._index.places_of(number)]

    def counts(self) -> list[int]:
        """Return how many passages each article has, in the order of their names."""
        return [len(self._index.places_of(number)) for number in self._index.articles.tolist()]

    def passage(self, place: int) -> Passage:
        """Return the passage of a place."""
        return self._passage(place)

    def _read_passage(self, place: int) -> Passage:
        number = int(self._index.article[place])
        article = self._article(number)
        first = len(self._base.starts)
        segment, at = (self._base, place) if place < first else (self._more, place - first)
        span = int(segment.starts[at]), int(segment.ends[at])
        entry = self._index.entries[number]
        speaker = _name(entry.speakers, int(segment.speakers[at]))
        return passage_at(
            article, span, int(segment.lines[at]), speaker, _name(entry.headings, int(segment.headings[at]))
        )

    def _ranked_article(self, rank: int) -> Article:
        return self._article(int(self._index.articles[rank]))

    def _ranked_passage(self, rank: int) -> Passage:
        return self.passage(self._index.place(rank))

    def _read_article(self, number: int) -> Article:
        first, (base, more) = len(self._base.entries), self._text_begins
        if number < first:
            text = article_text(self._base, int(base[number]), number)
        else:
            text = article_text(self._more, int(more[number - first]), number - first)
        return Article(**dict(self._index.entries[number].source), text=text)


def _name(names: Sequence[str], number: int) -> str | None:
    """The speaker or heading of a number among those of an article; None for 0."""
    return names[number - 1] if number else None
