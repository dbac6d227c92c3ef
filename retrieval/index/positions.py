"""Figures that follow from a segment and are worked out once: where each term stands, how long everything is."""

from typing import NamedTuple, TypeAlias

import numpy as np

from retrieval.arrays import Ints, Numbers
from retrieval.index.chained_array import ChainedArray
from retrieval.index.segment import Per, Segment, Texts, beginnings, slice_segment

Begins: TypeAlias = Ints | ChainedArray[np.int64]
Lengths: TypeAlias = Numbers | ChainedArray[np.int32]


class TokenRow(NamedTuple):
    """The tokens of texts, in one row."""

    owner: Ints  # which of the texts
    offset: Ints  # the token's place within its text
    at: Ints  # its place among all tokens


class Ranges(NamedTuple):
    """Stretches of passages, each from `first` up to and without `last`."""

    first: Ints
    last: Ints


class GroupIndex(NamedTuple):
    """The places of words in texts."""

    begins: Ints  # where each text begins
    holders: Numbers  # the text of each token, those of one word together, ascending
    bounds: Ints  # where in `holders` each word's begin, and at the end where the last one's end
    holding: Ints  # how many texts hold each word

    def of(self, number: int) -> Numbers:
        """Return the texts that hold a word, ascending, each as often as it does; none for a newer word."""
        if number >= len(self.holding):
            return self.holders[:0]
        return self.holders[self.bounds[number] : self.bounds[number + 1]]


class Positions(NamedTuple):
    """The places of a segment's passages, terms and words, and total lengths."""

    article: Numbers  # the number of the article each passage stands in
    order: Numbers  # the place of each passage within its article, from 0
    terms: GroupIndex
    titles: GroupIndex
    written_begins: Ints  # where the words as written of each passage begin
    word_counts: Ints  # how often each of these words occurs
    totals: Ints
    """Length in terms of all passages, windows, paragraphs, articles and titles, each added up; at the end that of the
    passages as BM25 counts it, where none is shorter than 1."""


def build_positions(segment: Segment) -> Positions:
    """Work out the positions of a segment."""
    counts, written = segment.passage_counts, segment.written
    article = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    order = (np.arange(len(article)) - beginnings(counts)[article]).astype(np.int32)
    terms = group(segment.terms, len(segment.terms.words))
    fields = fields_around(np.arange(len(article)), order, segment.before, segment.after, counts[article])
    return Positions(
        article=article,
        order=order,
        terms=terms,
        titles=group(segment.titles, len(segment.titles.words)),
        written_begins=beginnings(written.lengths),
        word_counts=np.bincount(written.numbers, minlength=len(written.words)),
        totals=total_lengths(fields, terms.begins, segment.terms.lengths, segment.titles.lengths),
    )


def group(texts: Texts, words: int) -> GroupIndex:
    """Group the tokens of texts by word, given the number after the highest of a word."""
    order = np.argsort(texts.numbers, kind="stable")
    holders = np.repeat(np.arange(len(texts.lengths), dtype=np.int32), texts.lengths)[order]
    sorted_numbers = texts.numbers[order]
    bounds = np.searchsorted(sorted_numbers, np.arange(words + 1, dtype=np.int32))
    holding = np.bincount(sorted_numbers[_begins(holders, bounds)], minlength=words)
    return GroupIndex(beginnings(texts.lengths), holders, bounds, holding)


def most_in_one(grouped: GroupIndex) -> int:
    """Return how often a text holds the same word at most."""
    begins = _begins(grouped.holders, grouped.bounds)
    return int(np.diff(begins, append=len(grouped.holders)).max(initial=0))


def _begins(holders: Numbers, bounds: Ints) -> Ints:
    """Where another text than before, or another word, begins among the tokens by word."""
    is_another = np.ones(len(holders) + 1, dtype=np.bool_)
    is_another[1:-1] = holders[1:] != holders[:-1]
    is_another[bounds] = True
    return np.flatnonzero(is_another[:-1])


def slice_articles(segment: Segment, positions: Positions, first: int, last: int) -> Segment:
    """Return the articles of a segment from the number `first` up to and without `last`, as `slice_segment` does."""

    def within(begins: Ints, total: int, rows: slice) -> slice:
        ends = [int(begins[row]) if row < len(begins) else total for row in (rows.start, rows.stop)]
        return slice(*ends)

    articles = slice(first, last)
    passages = within(beginnings(segment.passage_counts), len(segment.starts), articles)
    rows = {
        Per.ARTICLE: articles,
        Per.BYTE: within(beginnings(segment.letter_counts), len(segment.letters), articles),
        Per.PASSAGE: passages,
        Per.TERM: within(positions.terms.begins, len(segment.terms.numbers), passages),
        Per.WORD: within(positions.written_begins, len(segment.written.numbers), passages),
    }
    return slice_segment(segment, rows, within(positions.titles.begins, len(segment.titles.numbers), articles))


def fields_around(places: Ints, order: Numbers, before: Numbers, after: Numbers, counts: Numbers) -> Ranges:
    """Return four rows of ranges: passages, each with its neighbours, its paragraph, its article.

    Args:
        places: The passages.
        order: The place of each within its article.
        before: How many passages of its paragraph stand before each.
        after: How many stand after it.
        counts: How many passages its article has.
    """
    first = places - order
    last = first + counts
    return Ranges(
        np.array([places, np.maximum(places - 1, first), places - before, first]),
        np.array([places + 1, np.minimum(places + 2, last), places + after + 1, last]),
    )


def range_lengths(ranges: Ranges, begins: Begins, lengths: Lengths) -> Ints:
    """Return the length in terms of ranges of passages, by where the terms of all passages begin."""
    final = ranges.last - 1
    return begins[final] + lengths[final] - begins[ranges.first]


def total_lengths(fields: Ranges, begins: Begins, lengths: Lengths, titles: Numbers) -> Ints:
    """Return `Positions.totals` of the fields around passages, and of titles by their lengths."""
    around = range_lengths(fields, begins, lengths)
    return np.array([*around.sum(axis=1), titles.sum(dtype=np.int64), np.maximum(around[0], 1).sum()], dtype=np.int64)


def token_row(places: Ints, begins: Begins, lengths: Lengths) -> TokenRow:
    """Return the tokens of the texts at some places, one after the other."""
    own = lengths[places].astype(np.int64)
    owner = np.arange(len(places)).repeat(own)
    offset = np.arange(len(owner)) - (own.cumsum() - own)[owner]
    return TokenRow(owner, offset, begins[places][owner] + offset)
