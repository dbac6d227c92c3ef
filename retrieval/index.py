"""A library's passages as arrays: which terms stand where, and what surrounds each passage."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.prepared import Numbers, PreparedArticle, Tokens
from retrieval.terms import STOP_WORDS

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


class Row(NamedTuple):
    """The tokens of some units, in one row.

    Attributes:
        owner: Of which of the units each token is, by its place among them.
        offset: Its place within its unit.
        at: Its place among the tokens of all units.
    """

    owner: Ints
    offset: Ints
    at: Ints


class Units:
    """A sequence of texts as terms: for a term, the units that hold it and how often."""

    def __init__(self, parts: Sequence[Tokens]) -> None:
        """Number the terms.

        Args:
            parts: The terms of the units, in order, some units in each part.
        """
        words = dict.fromkeys(chain.from_iterable(part.words for part in parts))
        self.vocabulary = {word: number for number, word in enumerate(words)}
        self.tokens = self._renumbered(parts)
        self.lengths: Ints = np.concatenate([np.empty(0, dtype=np.int64), *(part.lengths for part in parts)])
        self.starts = np.concatenate([[0], np.cumsum(self.lengths)])
        self._sort()

    def _renumbered(self, parts: Sequence[Tokens]) -> Numbers:
        """The tokens of all parts by the numbers of the whole vocabulary; a library may have millions of them."""
        words = chain.from_iterable(part.words for part in parts)
        numbers: Numbers = np.fromiter(map(self.vocabulary.__getitem__, words), dtype=np.int32)
        firsts = np.cumsum([0, *(len(part.words) for part in parts)])
        places = [part.numbers + first for part, first in zip(parts, firsts, strict=False)]
        renumbered: Numbers = numbers[np.concatenate([np.empty(0, dtype=np.int64), *places])]
        return renumbered

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

    def places(self, term: str) -> Ints:
        """The units that hold a term, ascending."""
        postings = self.postings(term)
        return np.empty(0, dtype=np.int64) if postings is None else postings.places

    def held(self, place: int, terms: Iterable[str]) -> tuple[str, ...]:
        """Those of some terms that a unit holds."""
        held = set(self.tokens[self.starts[place] : self.starts[place + 1]].tolist())
        return tuple(term for term in terms if self.vocabulary.get(term) in held)

    def frequencies(self) -> dict[str, int]:
        """How often each term occurs in all units."""
        counts = np.bincount(self.tokens, minlength=len(self.vocabulary)).tolist()
        return dict(zip(self.vocabulary, counts, strict=True))

    def row(self, places: Ints) -> Row:
        """The tokens of some units, one after the other."""
        lengths = self.lengths[places]
        owner = np.repeat(np.arange(len(places)), lengths)
        offset = np.arange(len(owner)) - (np.cumsum(lengths) - lengths)[owner]
        return Row(owner, offset, self.starts[places][owner] + offset)

    def counts(self, terms: Sequence[str], first: Ints, last: Ints) -> Ints:
        """How often some terms occur in stretches of units.

        Args:
            terms: The terms.
            first: First unit of each stretch.
            last: Unit after the last of each stretch.

        Returns:
            One row a term, one count a stretch.
        """
        # stretches share many of their ends: each is looked up once
        ends, where = np.unique(np.concatenate([first, last]), return_inverse=True)
        before = np.zeros((len(terms), len(ends)), dtype=np.int64)
        for row, term in enumerate(terms):
            postings = self.postings(term)
            if postings is not None:
                before[row] = postings.running[np.searchsorted(postings.places, ends)]
        return before[:, where[len(first) :]] - before[:, where[: len(first)]]


class Stretches(NamedTuple):
    """Stretches of passages, each from `first` up to and without `last`."""

    first: Ints
    last: Ints


class PassageIndex:
    """The passages of a library with their surroundings and their shapes.

    Attributes:
        passages: The terms of each passage.
        titles: The terms of each article's title.
        article: The number of the article each passage stands in.
        order: The place of each passage within its article, from 0.
        word_shapes: The shape of each word, in step with `passages.tokens`.
        written: All words of each passage as written, stop words too, in lower case.
        capital: Whether each of these is written with a capital, in step with `written.tokens`.
        shapes: The shape of each passage.
        measures: The kinds of figures each passage holds.
    """

    def __init__(self, prepared: Sequence[PreparedArticle]) -> None:
        """Index passages.

        Args:
            prepared: The articles, in order.
        """
        self.passages = Units([each.terms for each in prepared])
        self.titles = Units([each.title for each in prepared])
        counts = [len(each.passages) for each in prepared]
        self.article = np.repeat(np.arange(len(prepared)), counts)
        self._surround(_numbered([each.paragraphs for each in prepared]))
        self.written = Units([each.written for each in prepared])
        self.capital = np.concatenate([each.capital for each in prepared])
        self.word_shapes = np.concatenate([each.word_shapes for each in prepared])
        self.shapes = np.concatenate([each.shapes for each in prepared])
        self.measures = np.concatenate([each.measures for each in prepared])

    def _surround(self, paragraphs: Ints) -> None:
        """Note what surrounds each passage: itself, its neighbours, its paragraph, its article."""
        whole, place = _runs(self.article), np.arange(len(self.passages))
        self.order = place - whole.first
        window = Stretches(np.maximum(place - 1, whole.first), np.minimum(place + 2, whole.last))
        around = (Stretches(place, place + 1), window, _runs(paragraphs), whole)
        self._around = Stretches(*(np.stack(ends) for ends in zip(*around, strict=True)))

    @cached_property
    def spellings(self) -> dict[str, int]:
        """Every word as written, in lower case, stop words left out, and how often."""
        return {word: count for word, count in self.written.frequencies().items() if word not in STOP_WORDS}

    def counts(self, terms: Sequence[str], places: Ints) -> Ints:
        """How often some terms occur in and around some passages.

        Args:
            terms: The terms.
            places: The passages.

        Returns:
            An array over terms, fields and passages; the fields are the passage, it and its neighbours, its paragraph,
            its article, its title.
        """
        first, last = self._around.first[:, places], self._around.last[:, places]
        inside = self.passages.counts(terms, first.ravel(), last.ravel())
        articles, which = np.unique(self.article[places], return_inverse=True)
        titles = self.titles.counts(terms, articles, articles + 1)[:, which]
        return np.concatenate([inside.reshape(len(terms), *first.shape), titles[:, None]], axis=1)

    def relative_lengths(self, places: Ints) -> Floats:
        """How long each field of some passages is, beside its mean; one row a field."""
        titles = self.titles.lengths[self.article[places]]
        return np.vstack([self._lengths(places), titles]) / self._mean_lengths

    def _lengths(self, places: Ints) -> Ints:
        """Length, in terms, of what is around some passages."""
        starts = self.passages.starts
        lengths: Ints = starts[self._around.last[:, places]] - starts[self._around.first[:, places]]
        return lengths

    @cached_property
    def _mean_lengths(self) -> Floats:
        """Mean length, in terms, of each field."""
        means = [*self._lengths(np.arange(len(self.passages))).mean(axis=1), self.titles.lengths.mean()]
        return np.array([mean or 1.0 for mean in means])[:, None]


def _numbered(paragraphs: Sequence[Ints]) -> Ints:
    """The paragraphs of all articles, numbered through."""
    counts = [int(each[-1]) + 1 if len(each) else 0 for each in paragraphs]
    firsts = np.cumsum([0, *counts])
    return np.concatenate([each + first for each, first in zip(paragraphs, firsts, strict=False)])


def _runs(numbers: Ints) -> Stretches:
    """For each of some numbers that do not descend, where the run of its equals begins and ends."""
    return Stretches(np.searchsorted(numbers, numbers, "left"), np.searchsorted(numbers, numbers, "right"))
