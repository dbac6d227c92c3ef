"""What follows from a segment of articles and is worked out once: where each term stands, how long everything is."""

from typing import NamedTuple

import numpy as np

from retrieval.index.chained_array import ChainedArray
from retrieval.index.segment import Ints, Numbers, Segment, Texts, beginnings


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


class Ranges(NamedTuple):
    """Stretches of passages, each from `first` up to and without `last`."""

    first: Ints
    last: Ints


class GroupIndex(NamedTuple):
    """Where the words of some texts stand.

    Attributes:
        begins: Where each text begins.
        holders: The text of each token, those of one word together, ascending.
        bounds: Where in `holders` each word's begin, and at the end where the last one's end.
        holding: How many texts hold each word.
    """

    begins: Ints
    holders: Numbers
    bounds: Ints
    holding: Ints

    def of(self, number: int) -> Numbers:
        """The texts that hold a word, ascending, each as often as it does; none for a word newer than they."""
        if number >= len(self.holding):
            return self.holders[:0]
        return self.holders[self.bounds[number] : self.bounds[number + 1]]


class Positions(NamedTuple):
    """What follows from a segment.

    Attributes:
        article: The number of the article each passage stands in.
        order: The place of each passage within its article, from 0.
        terms: Where the terms of the passages stand.
        titles: Where the terms of the titles stand.
        written_begins: Where the words as written of each passage begin.
        spelt: How often each of these words occurs.
        totals: Length in terms of all passages, windows, paragraphs, articles and titles, each added up; at the end
            that of the passages as BM25 counts it, where none is shorter than 1.
    """

    article: Numbers
    order: Numbers
    terms: GroupIndex
    titles: GroupIndex
    written_begins: Ints
    spelt: Ints
    totals: Ints


def build_positions(segment: Segment) -> Positions:
    """Work out what follows from a segment."""
    counts, written = segment.passage_counts, segment.written
    article = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    order = (np.arange(len(article)) - beginnings(counts)[article]).astype(np.int32)
    terms = group(segment.terms, len(segment.terms.words))
    whole = surroundings(np.arange(len(article)), order, segment.before, segment.after, counts[article])
    return Positions(
        article=article,
        order=order,
        terms=terms,
        titles=group(segment.titles, len(segment.titles.words)),
        written_begins=beginnings(written.lengths),
        spelt=np.bincount(written.numbers, minlength=len(written.words)),
        totals=totals(whole, terms.begins, segment.terms.lengths, segment.titles.lengths),
    )


def group(texts: Texts, words: int) -> GroupIndex:
    """Note where the words of some texts stand.

    Args:
        texts: The texts.
        words: The number after the highest of a word.
    """
    order = np.argsort(texts.numbers, kind="stable")
    holders = np.repeat(np.arange(len(texts.lengths), dtype=np.int32), texts.lengths)[order]
    sorted_numbers = texts.numbers[order]
    bounds = np.searchsorted(sorted_numbers, np.arange(words + 1, dtype=np.int32))
    another = np.ones(len(holders), dtype=np.bool_)
    another[1:] = (holders[1:] != holders[:-1]) | (sorted_numbers[1:] != sorted_numbers[:-1])
    holding = np.bincount(sorted_numbers[another], minlength=words)
    return GroupIndex(beginnings(texts.lengths), holders, bounds, holding)


def surroundings(places: Ints, order: Numbers, before: Numbers, after: Numbers, counts: Numbers) -> Ranges:
    """What surrounds some passages: they themselves, they and their neighbours, their paragraphs, their articles.

    Args:
        places: The passages.
        order: The place of each within its article.
        before: How many passages of its paragraph stand before each.
        after: How many stand after it.
        counts: How many passages its article has.

    Returns:
        Four rows of ends, one column a passage.
    """
    first = places - order
    last = first + counts
    return Ranges(
        np.stack([places, np.maximum(places - 1, first), places - before, first]),
        np.stack([places + 1, np.minimum(places + 2, last), places + after + 1, last]),
    )


def lengths_of(
    stretches: Ranges, begins: Ints | ChainedArray[np.int64], lengths: Numbers | ChainedArray[np.int32]
) -> Ints:
    """Length in terms of stretches of passages."""
    final = stretches.last - 1
    return begins[final] + lengths[final] - begins[stretches.first]


def totals(
    stretches: Ranges, begins: Ints | ChainedArray[np.int64], lengths: Numbers | ChainedArray[np.int32], titles: Numbers
) -> Ints:
    """`Positions.totals` of some passages and titles.

    Args:
        stretches: What surrounds the passages.
        begins: Where the terms of all passages begin.
        lengths: How many terms each has.
        titles: How many terms each of the titles has.
    """
    around = lengths_of(stretches, begins, lengths)
    return np.array([*around.sum(axis=1), titles.sum(dtype=np.int64), np.maximum(around[0], 1).sum()], dtype=np.int64)


def row_of(places: Ints, begins: Ints | ChainedArray[np.int64], lengths: Numbers | ChainedArray[np.int32]) -> Row:
    """The tokens of some units, one after the other.

    Args:
        places: The units.
        begins: Where each unit begins.
        lengths: How many tokens each has.
    """
    own = lengths[places].astype(np.int64)
    owner = np.repeat(np.arange(len(places)), own)
    offset = np.arange(len(owner)) - (np.cumsum(own) - own)[owner]
    return Row(owner, offset, begins[places][owner] + offset)
