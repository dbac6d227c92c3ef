"""A library's passages as arrays: which terms stand where, and what surrounds each passage."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.models import Article, Passage
from retrieval.shapes import passage_shape, word_shapes
from retrieval.terms import Word, terms, words

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Postings(NamedTuple):
    """Where a term stands.

    Attributes:
        places: The units that hold it, ascending.
        running: How often it occurs in all units before each of these, and at the end in all; one longer than `places`.
    """

    places: Ints
    running: Ints


class Units:
    """A sequence of texts as terms: for a term, the units that hold it and how often."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        """Number the terms.

        Args:
            texts: The terms of each unit, in order and with repetitions.
        """
        self.vocabulary: dict[str, int] = {}
        number = self.vocabulary.setdefault
        flat = [number(term, len(self.vocabulary)) for text in texts for term in text]
        self.tokens = np.array(flat, dtype=np.int32)
        self.lengths = np.array([len(text) for text in texts], dtype=np.int64)
        self.starts = np.concatenate([[0], np.cumsum(self.lengths)])
        self._sort()

    def _sort(self) -> None:
        """Group the occurrences by term."""
        order = np.argsort(self.tokens, kind="stable")
        self._owners = np.repeat(np.arange(len(self.lengths)), self.lengths)[order]
        self._bounds = np.searchsorted(self.tokens[order], np.arange(len(self.vocabulary) + 1))
        self._postings: dict[str, Postings] = {}

    def __len__(self) -> int:
        return len(self.lengths)

    def postings(self, term: str) -> Postings | None:
        """Where a term stands; None for one that no unit holds."""
        number = self.vocabulary.get(term)
        if number is None:
            return None
        if term not in self._postings:
            occurrences = self._owners[self._bounds[number] : self._bounds[number + 1]]
            places, counts = np.unique(occurrences, return_counts=True)
            self._postings[term] = Postings(places, np.concatenate([[0], np.cumsum(counts)]))
        return self._postings[term]

    def count(self, term: str, first: Ints, last: Ints) -> Ints:
        """How often a term occurs in stretches of units.

        Args:
            term: The term.
            first: First unit of each stretch.
            last: Unit after the last of each stretch.

        Returns:
            One count a stretch.
        """
        postings = self.postings(term)
        if postings is None:
            return np.zeros(len(first), dtype=np.int64)
        places, running = postings
        counts: Ints = running[np.searchsorted(places, last)] - running[np.searchsorted(places, first)]
        return counts


class Stretches(NamedTuple):
    """For each passage, the passages from `first` up to and without `last` that surround it."""

    first: Ints
    last: Ints


class PassageIndex:
    """The passages of a library with their surroundings and their shapes.

    Attributes:
        passages: The terms of each passage.
        titles: The terms of each article's title.
        article: The number of the article each passage stands in.
        order: The place of each passage within its article, from 0.
        around: The stretches of passages around each: the passage itself, its neighbours, its paragraph, its article.
        word_shapes: The shape of each word, in step with `passages.tokens`.
        shapes: The shape of each passage.
        spellings: Every word as written, in lower case, and how often.
    """

    def __init__(self, articles: Sequence[Article], passages: Sequence[Passage]) -> None:
        """Index passages.

        Args:
            articles: The articles, in the order in which their passages follow each other.
            passages: All passages.
        """
        read = [words(passage.text) for passage in passages]
        self._texts = [[word.term for word in found] for found in read]
        self.passages = Units(self._texts)
        self.spellings = _spellings(passages, read)
        self.titles = Units([terms(article.title) for article in articles])
        numbers = {article.file: number for number, article in enumerate(articles)}
        self.article = np.array([numbers[passage.file] for passage in passages], dtype=np.int64)
        whole = _runs(self.article)
        paragraph = _runs(_paragraphs(articles, passages, numbers))
        place = np.arange(len(passages))
        self.order = place - whole.first
        window = Stretches(np.maximum(place - 1, whole.first), np.minimum(place + 2, whole.last))
        self.around = {
            "passage": Stretches(place, place + 1),
            "window": window,
            "paragraph": paragraph,
            "article": whole,
        }
        flat = [
            shape for passage, found in zip(passages, read, strict=True) for shape in word_shapes(passage.text, found)
        ]
        self.word_shapes = np.array(flat, dtype=np.uint8)
        self.shapes = np.array([passage_shape(passage.text) for passage in passages], dtype=np.uint8)

    def texts(self) -> Sequence[Sequence[str]]:
        """The terms of each passage, in order and with repetitions."""
        return self._texts

    @cached_property
    def mean_lengths(self) -> dict[str, float]:
        """Mean length, in terms, of the stretches of each kind, and of the titles."""
        means = {name: float(np.mean(self.length(name, np.arange(len(self.passages))))) for name in self.around}
        return {name: mean or 1.0 for name, mean in {**means, "title": float(self.titles.lengths.mean())}.items()}

    def length(self, name: str, places: Ints) -> Ints:
        """Length, in terms, of the stretch of a kind around each of some passages."""
        stretch = self.around[name]
        lengths: Ints = self.passages.starts[stretch.last[places]] - self.passages.starts[stretch.first[places]]
        return lengths


def _spellings(passages: Sequence[Passage], read: Sequence[Sequence[Word]]) -> Counter[str]:
    return Counter(
        passage.text[word.start : word.end].lower()
        for passage, found in zip(passages, read, strict=True)
        for word in found
    )


def _paragraphs(articles: Sequence[Article], passages: Sequence[Passage], numbers: dict[str, int]) -> Ints:
    """The number of the paragraph each passage stands in."""
    found, number, before = [], 0, None
    for passage in passages:
        text = articles[numbers[passage.file]].text
        if before is None or before.file != passage.file or "\n" in text[before.end : passage.start]:
            number += 1
        found.append(number)
        before = passage
    return np.array(found, dtype=np.int64)


def _runs(numbers: Ints) -> Stretches:
    """For each of some numbers that do not descend, where the run of its equals begins and ends."""
    return Stretches(np.searchsorted(numbers, numbers, "left"), np.searchsorted(numbers, numbers, "right"))
