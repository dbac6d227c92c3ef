"""A library's passages as arrays: which terms stand where, and what surrounds each passage.

The articles that were there from the beginning stand in a segment that never changes and may be mapped from files. What
has come since stands in a second, small one, and what has gone is left out of all figures. A passage's place is its
number in the first segment, counted on in the second; its rank is its number in the order of the articles' names.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from retrieval.index.chained_array import ChainedArray
from retrieval.index.positions import (
    GroupIndex,
    Positions,
    Ranges,
    Row,
    group,
    lengths_of,
    row_of,
    surroundings,
    totals,
)
from retrieval.index.segment import ArticleEntry, Numbers, Segment, Texts
from retrieval.text.term_dictionary import TermVocabulary

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class TokenRows:
    """A sequence of texts as numbers of words.

    Attributes:
        vocabulary: The words that are held, with their numbers.
        more: The texts that came later, by these numbers.
        tokens: The words of all texts, one text after the other.
        lengths: How many words each text has.
        begins: Where in `tokens` each text begins.
    """

    def __init__(self, base: Texts, begins: Ints, more: Texts, vocabulary: TermVocabulary) -> None:
        """Put texts together.

        Args:
            base: The first ones.
            begins: Where each of these begins.
            more: Those after them, by the same numbers.
            vocabulary: The numbers.
        """
        self.vocabulary, self.more = vocabulary, more
        self.tokens = ChainedArray(base.numbers, more.numbers)
        self.lengths = ChainedArray(base.lengths, more.lengths)
        self.begins = ChainedArray(begins, len(base.numbers) + np.cumsum(more.lengths, dtype=np.int64) - more.lengths)

    def row(self, places: Ints) -> Row:
        """The tokens of some units, one after the other."""
        return row_of(places, self.begins, self.lengths)

    def held(self, places: Ints, words: Iterable[str]) -> list[tuple[str, ...]]:
        """Those of some words that each of some units holds."""
        row, numbers = self.row(places), {word: self.vocabulary.get(word) for word in words}
        held: list[set[int | None]] = [set() for _ in places]
        for unit, number in zip(row.owner.tolist(), self.tokens[row.at].tolist(), strict=True):
            held[unit].add(number)
        return [tuple(word for word, number in numbers.items() if number in inside) for inside in held]


class PassageTokens(TokenRows):
    """Texts as numbers of terms, of which it is known where each term stands."""

    def __init__(
        self, base: Texts, grouped: GroupIndex, more: Texts, later: GroupIndex, vocabulary: TermVocabulary
    ) -> None:
        """Put texts together; see `TokenRows`.

        Args:
            base: The first ones.
            grouped: Where their terms stand.
            more: Those after them, by the same numbers.
            later: Where the terms of these stand.
            vocabulary: The numbers.
        """
        super().__init__(base, grouped.begins, more, vocabulary)
        self._parts = ((0, grouped), (len(base.lengths), later))

    def places(self, term: str) -> Ints:
        """The units that hold a term, ascending."""
        number = self.vocabulary.get(term)
        if number is None:
            return np.empty(0, dtype=np.int64)
        return np.concatenate([first + np.unique(part.of(number)).astype(np.int64) for first, part in self._parts])

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
        ends, where = np.unique(np.concatenate([first, last]).astype(np.int32), return_inverse=True)
        before = np.zeros((len(terms), len(ends)), dtype=np.int64)
        numbers = [(row, self.vocabulary[term]) for row, term in enumerate(terms) if term in self.vocabulary]
        for begin, part in self._parts:
            own = ends - np.int32(begin)
            for row, number in numbers:
                before[row] += np.searchsorted(part.of(number), own)
        return before[:, where[len(first) :]] - before[:, where[: len(first)]]


class PassageIndex:
    """The passages of a library with their surroundings and their shapes.

    Attributes:
        entries: All articles by number, those that have gone too.
        articles: The numbers of those that are there, in the order of their names.
        alive: For each place, whether its article is there; None where all are.
        size: How many passages are there.
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

    def __init__(self, base: Segment, layout: Positions, more: Segment, gone: Sequence[int] = ()) -> None:
        """Index passages.

        Args:
            base: The articles that were there from the beginning.
            layout: What follows from that.
            more: The articles that came since.
            gone: The numbers of those of the first ones that are not there any more.
        """
        self._arrange(base, layout, more, gone)
        dead = np.empty(0, dtype=np.int64) if self.alive is None else np.flatnonzero(~self.alive)
        absent = np.array(gone, dtype=np.int64)
        self.passages = _units(base.terms, layout.terms, more.terms, dead)
        self.titles = _units(base.titles, layout.titles, more.titles, absent)
        self.written = _rows(base.written, layout, more.written, dead)
        self.capital = ChainedArray(base.capital, more.capital)
        self.word_shapes = ChainedArray(base.word_shapes, more.word_shapes)
        self.shapes, self.measures = ChainedArray(base.shapes, more.shapes), ChainedArray(base.measures, more.measures)
        self._before, self._after = ChainedArray(base.before, more.before), ChainedArray(base.after, more.after)
        came = np.arange(len(more.starts)) + len(base.starts)
        self._totals = layout.totals - self._summed(dead, base.titles.lengths[absent])
        self._totals += self._summed(came, more.titles.lengths)

    def _arrange(self, base: Segment, layout: Positions, more: Segment, gone: Sequence[int]) -> None:
        """Note which articles there are, and where the passages of each stand."""
        self.entries: tuple[ArticleEntry, ...] = (*base.entries, *more.entries)
        left = set(range(len(self.entries))).difference(gone)
        self.articles = np.array(sorted(left, key=lambda number: self.entries[number].source.file), dtype=np.int64)
        self._counts = np.concatenate([base.passage_counts, more.passage_counts])
        came = np.repeat(np.arange(len(base.entries), len(self.entries), dtype=np.int32), more.passage_counts)
        self._firsts = np.cumsum(self._counts, dtype=np.int64) - self._counts
        order = (np.arange(len(base.starts), len(base.starts) + len(came)) - self._firsts[came]).astype(np.int32)
        self.article, self.order = ChainedArray(layout.article, came), ChainedArray(layout.order, order)
        there = np.zeros(len(self.entries), dtype=np.bool_)
        there[self.articles] = True
        self.alive: Flags | None = np.repeat(there, self._counts) if gone else None
        ends = np.cumsum(self._counts[self.articles], dtype=np.int64)
        self._ranks = np.zeros(len(self.entries), dtype=np.int64)  # the rank of each article's first passage
        self._ranks[self.articles] = self._first_ranks = ends - self._counts[self.articles]
        self.size = int(ends[-1]) if len(ends) else 0

    def rank(self, places: Ints) -> Ints:
        """The number of some passages in the order of the articles' names."""
        ranks: Ints = self._ranks[self.article[places]] + self.order[places]
        return ranks

    def place(self, rank: int) -> int:
        """The place of the passage of a number in that order."""
        article = int(np.searchsorted(self._first_ranks, rank, "right")) - 1
        return int(self._firsts[self.articles[article]] + rank - self._first_ranks[article])

    def places_of(self, article: int) -> range:
        """The places of an article's passages, by its number."""
        first = int(self._firsts[article])
        return range(first, first + int(self._counts[article]))

    def of_articles(self, chosen: Sequence[bool]) -> Flags:
        """For each place, whether its article is among those chosen.

        Args:
            chosen: Whether each article is, in the order of their names.
        """
        flags = np.zeros(len(self.entries), dtype=np.bool_)
        flags[self.articles] = chosen
        return np.repeat(flags, self._counts)

    @cached_property
    def mean_length(self) -> float:
        """Mean length of the passages as BM25 counts it, where none is shorter than 1."""
        return int(self._totals[-1]) / self.size

    def counts(self, terms: Sequence[str], places: Ints) -> Ints:
        """How often some terms occur in and around some passages.

        Args:
            terms: The terms.
            places: The passages.

        Returns:
            An array over terms, fields and passages; the fields are the passage, it and its neighbours, its paragraph,
            its article, its title.
        """
        first, last = self._around(places)
        inside = self.passages.counts(terms, first.ravel(), last.ravel())
        articles, which = np.unique(self.article[places].astype(np.int64), return_inverse=True)
        titles = self.titles.counts(terms, articles, articles + 1)[:, which]
        return np.concatenate([inside.reshape(len(terms), *first.shape), titles[:, None]], axis=1)

    def relative_lengths(self, places: Ints) -> Floats:
        """How long each field of some passages is, beside its mean; one row a field."""
        around = lengths_of(self._around(places), self.passages.begins, self.passages.lengths)
        titles = self.titles.lengths[self.article[places]]
        return np.vstack([around, titles]) / self._mean_lengths

    def _around(self, places: Ints) -> Ranges:
        """What surrounds some passages: themselves, their neighbours, their paragraphs, their articles."""
        counts = self._counts[self.article[places]]
        return surroundings(places, self.order[places], self._before[places], self._after[places], counts)

    def _summed(self, places: Ints, titles: Numbers) -> Ints:
        return totals(self._around(places), self.passages.begins, self.passages.lengths, titles)

    @cached_property
    def _mean_lengths(self) -> Floats:
        """Mean length, in terms, of each field."""
        *around, titles = self._totals[:5].tolist()
        means = [*(total / self.size for total in around), titles / len(self.articles)]
        return np.array([mean or 1.0 for mean in means])[:, None]


def _units(base: Texts, grouped: GroupIndex, more: Texts, dead: Ints) -> PassageTokens:
    """Texts with some of the first left out of the counts."""
    more, added = _continued(base, more)
    later = group(more, len(base.words) + len(added))
    holding = later.holding.copy()
    holding[: len(base.words)] += grouped.holding
    lost = row_of(dead, grouped.begins, base.lengths)
    pairs = np.unique(lost.owner << 32 | base.numbers[lost.at])
    holding -= np.bincount(pairs & 0xFFFFFFFF, minlength=len(holding))
    return PassageTokens(base, grouped, more, later, TermVocabulary(base.words, holding, added))


def _rows(base: Texts, layout: Positions, more: Texts, dead: Ints) -> TokenRows:
    """Texts with some of the first left out of the counts."""
    more, added = _continued(base, more)
    spelt = np.bincount(more.numbers, minlength=len(base.words) + len(added))
    spelt[: len(base.words)] += layout.spelt
    lost = row_of(dead, layout.written_begins, base.lengths)
    spelt -= np.bincount(base.numbers[lost.at], minlength=len(spelt))
    return TokenRows(base, layout.written_begins, more, TermVocabulary(base.words, spelt, added))


def _continued(base: Texts, more: Texts) -> tuple[Texts, list[str]]:
    """Further texts by the numbers that their words have in the first ones, and the words that are new."""
    found = [(word, base.words.find(word)) for word in more.words]
    added = [word for word, number in found if number is None]
    new = iter(range(len(base.words), len(base.words) + len(added)))
    own = np.array([next(new) if number is None else number for _, number in found], dtype=np.int32)
    return more._replace(numbers=own[more.numbers]), added
