"""A library's passages as arrays: where each term stands, and what surrounds each passage.

The base segment never changes and may be mapped from files. Articles that have come since stand in a second, small
segment, and articles that have gone are left out of all figures. A passage's place is its number in the base segment,
counted on in the second; its rank is its number in the order of the articles' names.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from retrieval.arrays import Flags, Floats, Ints, Numbers, distinct
from retrieval.index.chained_array import ChainedArray
from retrieval.index.date_order import date_undecided
from retrieval.index.positions import (
    GroupIndex,
    Positions,
    Ranges,
    TokenRow,
    fields_around,
    group,
    range_lengths,
    token_row,
    total_lengths,
)
from retrieval.index.segment import ArticleEntry, Segment, Texts, beginnings
from retrieval.index.vectors import VectorIndex
from retrieval.text.term_dictionary import TermDictionary, TermVocabulary


class TokenRows:
    """Texts as word numbers: those of a base segment, continued by those of a delta with the same numbers."""

    def __init__(self, base: Texts, begins: Ints, more: Texts, vocabulary: TermVocabulary) -> None:
        self.vocabulary, self.more = vocabulary, more
        self.tokens = ChainedArray(base.numbers, more.numbers)
        self.lengths = ChainedArray(base.lengths, more.lengths)
        self.begins = ChainedArray(begins, len(base.numbers) + beginnings(more.lengths))

    def row(self, places: Ints) -> TokenRow:
        """Return the tokens of the texts at some places, one text after the other."""
        return token_row(places, self.begins, self.lengths)


class PassageTokens(TokenRows):
    """Texts as term numbers, with the places of each term."""

    def __init__(
        self, base: Texts, grouped: GroupIndex, more: Texts, grouped_more: GroupIndex, vocabulary: TermVocabulary
    ) -> None:
        super().__init__(base, grouped.begins, more, vocabulary)
        self.grouped_more = grouped_more
        parts = ((0, grouped), (len(base.lengths), grouped_more))
        self._parts = [part for part in parts if len(part[1].holders)] or parts[:1]

    def places(self, term: str) -> Ints:
        """Return the places of the texts that hold a term, ascending."""
        number = self.vocabulary.find(term)
        if number is None:
            return np.empty(0, dtype=np.int64)
        return np.concatenate([first + distinct(part.of(number)).astype(np.int64) for first, part in self._parts])

    def counts(self, terms: Sequence[str], first: Ints, last: Ints) -> Ints:
        """Return how often terms occur in stretches of texts: a row a term, a column a stretch.

        Args:
            terms: The terms.
            first: First text of each stretch.
            last: Text after the last of each stretch.
        """
        # stretches share many of their ends: each is looked up once
        both = np.concatenate([first, last]).astype(np.int32)
        ends = distinct(both)
        where = ends.searchsorted(both)
        before = np.zeros((len(terms), len(ends)), dtype=np.int64)
        numbers = [
            (row, number) for row, term in enumerate(terms) if (number := self.vocabulary.find(term)) is not None
        ]
        for begin, part in self._parts:
            own = ends - np.int32(begin)
            for row, number in numbers:
                before[row] += part.of(number).searchsorted(own)
        return before.take(where[len(first) :], axis=1) - before.take(where[: len(first)], axis=1)


class PassageIndex:
    """The passages of a library with their surroundings and their shapes.

    Attributes:
        entries: All articles by number, those that have gone too; dated by what the others show.
        articles: The numbers of the articles that are there, in the order of their names.
        alive: For each place, whether its article is there; None where all are.
        size: How many passages are there.
        article: The number of the article of each place.
        order: The place of each passage within its article, from 0.
        vectors: The vectors of the passages, of no dimensions where no semantic model has read them.
    """

    def __init__(self, base: Segment, positions: Positions, more: Segment, gone: Sequence[int] = ()) -> None:
        """Continue a base segment by the articles of a delta; `gone` numbers the base's articles that are no more."""
        self._arrange(base, positions, more, gone)
        dead = np.empty(0, dtype=np.int64) if self.alive is None else np.flatnonzero(~self.alive)
        gone_articles = np.array(gone, dtype=np.int64)
        self.passages = _chain_terms(base.terms, positions.terms, more.terms, dead)
        self.titles = _chain_terms(base.titles, positions.titles, more.titles, gone_articles)
        self.written = _chain_words(base.written, positions, more.written, dead)
        self.capital = ChainedArray(base.capital, more.capital)
        self.word_shapes = ChainedArray(base.word_shapes, more.word_shapes)
        self.shapes, self.measures = ChainedArray(base.shapes, more.shapes), ChainedArray(base.measures, more.measures)
        self._speakers = ChainedArray(base.speakers, more.speakers)
        self.vectors = VectorIndex(base.vectors, base.signs, more.vectors, more.signs, self.size)
        self._before, self._after = ChainedArray(base.before, more.before), ChainedArray(base.after, more.after)
        new = np.arange(len(more.starts)) + len(base.starts)
        self._totals = positions.totals - self._total_lengths(dead, base.titles.lengths[gone_articles])
        self._totals += self._total_lengths(new, more.titles.lengths)

    def _arrange(self, base: Segment, positions: Positions, more: Segment, gone: Sequence[int]) -> None:
        """Note which articles there are, and where the passages of each stand."""
        entries = [*base.entries, *more.entries]
        left = sorted(set(range(len(entries))).difference(gone))
        dated = date_undecided([entries[number].source for number in left])
        for number, source in zip(left, dated, strict=True):
            if source is not entries[number].source:
                entries[number] = entries[number].model_copy(update={"source": source})
        self.entries: tuple[ArticleEntry, ...] = tuple(entries)
        self.articles = np.array(sorted(left, key=self._file), dtype=np.int64)
        self._counts = np.concatenate([base.passage_counts, more.passage_counts])
        article = np.repeat(np.arange(len(base.entries), len(self.entries), dtype=np.int32), more.passage_counts)
        self._firsts = beginnings(self._counts)
        order = (np.arange(len(base.starts), len(base.starts) + len(article)) - self._firsts[article]).astype(np.int32)
        self.article, self.order = ChainedArray(positions.article, article), ChainedArray(positions.order, order)
        is_there = np.zeros(len(self.entries), dtype=np.bool_)
        is_there[self.articles] = True
        self.alive: Flags | None = np.repeat(is_there, self._counts) if gone else None
        ends = np.cumsum(self._counts[self.articles], dtype=np.int64)
        self._ranks = np.zeros(len(self.entries), dtype=np.int64)  # the rank of each article's first passage
        self._ranks[self.articles] = self._first_ranks = ends - self._counts[self.articles]
        self.size = int(ends[-1]) if len(ends) else 0

    def _file(self, number: int) -> str:
        return self.entries[number].source.file

    def rank(self, places: Ints) -> Ints:
        """Return the numbers of passages in the order of the articles' names."""
        ranks: Ints = self._ranks[self.article[places]] + self.order[places]
        return ranks

    def place(self, rank: int) -> int:
        """Return the place of the passage of a number in the order of the articles' names."""
        article = int(np.searchsorted(self._first_ranks, rank, "right")) - 1
        return int(self._firsts[self.articles[article]] + rank - self._first_ranks[article])

    def places_of(self, article: int) -> range:
        """Return the places of an article's passages, by its number."""
        first = int(self._firsts[article])
        return range(first, first + int(self._counts[article]))

    def speakers(self, places: Ints) -> list[str | None]:
        """Return whoever says the passages at places, as their articles name them; None where nobody is named."""
        pairs = zip(self._speakers[places].tolist(), self.article[places].tolist(), strict=True)
        return [self.entries[article].speakers[number - 1] if number else None for number, article in pairs]

    def of_articles(self, chosen: Sequence[bool] | Flags) -> Flags:
        """Return, for each place, whether its article is chosen, by a flag an article in the order of their names."""
        flags = np.zeros(len(self.entries), dtype=np.bool_)
        flags[self.articles] = chosen
        return np.repeat(flags, self._counts)

    @cached_property
    def mean_length(self) -> float:
        """Mean length of the passages as BM25 counts it, where none is shorter than 1."""
        return int(self._totals[-1]) / self.size

    def counts(self, terms: Sequence[str], places: Ints, fields: Ranges) -> Ints:
        """Return how often terms occur in and around passages: an array over terms, fields and passages.

        The fields are the passage, it and its neighbours, its paragraph, its article (`fields`), its title.
        """
        first, last = fields
        inside = self.passages.counts(terms, first.ravel(), last.ravel())
        own = self.article[places].astype(np.int64)
        articles = distinct(own)
        titles = self.titles.counts(terms, articles, articles + 1).take(articles.searchsorted(own), axis=1)
        return np.concatenate([inside.reshape(len(terms), *first.shape), titles[:, None]], axis=1)

    def relative_lengths(self, places: Ints, fields: Ranges) -> Floats:
        """Return the length of each field of passages, beside its mean; a row a field."""
        around = range_lengths(fields, self.passages.begins, self.passages.lengths)
        titles = self.titles.lengths[self.article[places]]
        return np.concatenate([around, titles[None]]) / self._mean_lengths

    def fields_around(self, places: Ints) -> Ranges:
        """Return the ranges of places that passages, and what surrounds them, take up."""
        counts = self._counts[self.article[places]]
        return fields_around(places, self.order[places], self._before[places], self._after[places], counts)

    def _total_lengths(self, places: Ints, titles: Numbers) -> Ints:
        return total_lengths(self.fields_around(places), self.passages.begins, self.passages.lengths, titles)

    @cached_property
    def _mean_lengths(self) -> Floats:
        """Mean length, in terms, of each field."""
        *around, titles = self._totals[:5].tolist()
        means = [*(total / self.size for total in around), titles / len(self.articles)]
        return np.array([mean or 1.0 for mean in means])[:, None]


def _chain_terms(base: Texts, grouped: GroupIndex, more: Texts, dead: Ints) -> PassageTokens:
    """Continue the texts of a base segment; those at the places `dead` count no more."""
    more, added = _renumber(more, base.words)
    grouped_more = group(more, len(base.words) + len(added))
    holding = grouped_more.holding.copy()
    holding[: len(base.words)] += grouped.holding
    lost = token_row(dead, grouped.begins, base.lengths)
    pairs = distinct(lost.owner << 32 | base.numbers[lost.at])
    holding -= np.bincount(pairs & 0xFFFFFFFF, minlength=len(holding))
    return PassageTokens(base, grouped, more, grouped_more, TermVocabulary(base.words, holding, added))


def _chain_words(base: Texts, positions: Positions, more: Texts, dead: Ints) -> TokenRows:
    """Continue the words as written of a base segment; those of the texts at the places `dead` count no more."""
    more, added = _renumber(more, base.words)
    counts = np.bincount(more.numbers, minlength=len(base.words) + len(added))
    counts[: len(base.words)] += positions.word_counts
    lost = token_row(dead, positions.written_begins, base.lengths)
    counts -= np.bincount(base.numbers[lost.at], minlength=len(counts))
    return TokenRows(base, positions.written_begins, more, TermVocabulary(base.words, counts, added))


def _renumber(more: Texts, words: TermDictionary) -> tuple[Texts, list[str]]:
    """Return texts by the word numbers of a dictionary, and the words that continue this."""
    found = [(word, words.find(word)) for word in more.words]
    added = [word for word, number in found if number is None]
    new = iter(range(len(words), len(words) + len(added)))
    own = np.array([next(new) if number is None else number for _, number in found], dtype=np.int32)
    return more._replace(numbers=own[more.numbers]), added
