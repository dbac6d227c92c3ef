"""Postings built from the places of a library's terms, a range of terms after the other."""

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from retrieval.arrays import Array, Floats, Ints, Numbers
from retrieval.bm25.parameters import K1, B
from retrieval.bm25.postings import DEPTHS, Postings, Singles

BUCKETS = 32
"""How many buckets a library has at least."""
BUCKET_PASSAGES = 1 << 15
"""Most passages of a bucket: their scores, 128 KB, stay in the processor's second cache."""
FREQUENT = 1 << 10
"""Postings from which on a term has bounds and places for each bucket; below that its list is short anyway."""
DENSE = 16
"""A term that more than one passage in so many holds has its frequencies in a row with one entry a passage."""
AT_A_TIME = 1 << 22
"""How many tokens are sorted at a time; of a term with more of them, all its own."""
NUMBERED = 1 << 20
"""How many passages are numbered at a time."""


class TermFigures(NamedTuple):
    """How often the terms of at least one passage occur."""

    bounds: Ints  # where the tokens of each term begin among those of all, term by term, and where the last ones end
    holding: Ints  # how many passages hold each
    most: int  # how often a passage holds the same term at most


class HolderReader(Protocol):
    """Reads the passages that hold some terms."""

    def __call__(self, first: int, last: int, /) -> Numbers:
        """Return the places of the tokens of the terms from `first` up to and without `last`; a term's ascend."""
        ...


def build_postings(terms: TermFigures, lengths: Numbers, holders: Numbers) -> Postings:
    """Build the postings of passages by the lengths of these and by the place of each token, term by term."""

    def read_holders(first: int, last: int) -> Numbers:
        return holders[terms.bounds[first] : terms.bounds[last]]

    parts: dict[str, list[Array]] = {}
    for part in postings_in_parts(terms, lengths, read_holders):
        for name, array in part.items():
            parts.setdefault(name, []).append(array)
    mean_length = float(parts.pop("mean_length")[0])
    return Postings(**{name: np.concatenate(arrays) for name, arrays in parts.items()}, mean_length=mean_length)


def postings_in_parts(
    terms: TermFigures, lengths: Numbers, read_holders: HolderReader, at_a_time: int = AT_A_TIME
) -> Iterator[Mapping[str, Array]]:
    """Return the arrays of postings by their names, each whole or one part after the other."""
    order = _number_by_length(lengths)
    size, bounds = len(lengths), _bucket_bounds(len(lengths))
    frequent, dense = terms.holding > FREQUENT, terms.holding > size / DENSE
    idf = _idf(terms.holding, size)
    yield {"places": order.places, "bounds": bounds, "idf": idf, "mean_length": np.array(order.mean_length)}
    order = order._replace(places=order.places[:0].copy())  # it has been taken by now, and is large
    yield {"lengths": order.repeat(order.lengths)}
    yield {"norms": order.repeat(order.norms), "starts": np.concatenate([[0], np.cumsum(terms.holding)])}
    yield {"bucket_rows": _number_flags(frequent), "dense": _number_flags(dense)}
    max_impacts = np.zeros(len(idf), dtype=np.float32)
    depth_impacts = np.zeros((len(DEPTHS), len(idf)), dtype=np.float32)
    for first, last in pairwise(_term_ranges(terms.bounds, at_a_time)):
        own = slice(first, last)
        starts = np.concatenate([[0], np.cumsum(terms.holding[own])])
        numbers = order.numbers[read_holders(first, last)]
        passages, frequencies = _count(np.diff(terms.bounds[first : last + 1]), numbers)
        weights, norms = np.repeat(idf[own], terms.holding[own]), order.norms_of(passages)
        impacts = (weights * frequencies * (K1 + 1) / (frequencies + norms)).astype(np.float32)
        frequencies = frequencies.astype(np.min_scalar_type(terms.most))
        max_impacts[own], depth_impacts[:, own] = _max_impacts(starts, impacts), _depth_impacts(starts, impacts)
        begins = _bucket_starts(starts, passages, bounds, np.flatnonzero(frequent[own]))
        yield {"passages": passages, "frequencies": frequencies, "impacts": impacts}
        yield {
            "bucket_starts": begins + int(terms.holding[:first].sum()),
            "bucket_max_impacts": _bucket_max_impacts(begins, impacts),
            "frequency_rows": _frequency_rows(starts, passages, frequencies, np.flatnonzero(dense[own]), size),
        }
    yield {"max_impacts": max_impacts, "depth_impacts": depth_impacts}


class _LengthOrder(NamedTuple):
    """Passages numbered by their lengths, those of one length by their places."""

    places: Numbers  # of each passage
    numbers: Numbers  # of the passage at each place
    lengths: Numbers  # the distinct lengths
    ends: Ints  # the number after the last passage of each length
    norms: Singles  # of each length
    mean_length: float  # of the passages

    def repeat(self, figures: Array) -> Array:
        """Return the figures of the lengths as those of the passages."""
        return np.repeat(figures, np.diff(self.ends, prepend=0))

    def norms_of(self, passages: Numbers) -> Singles:
        """Return the norms of passages."""
        norms: Singles = self.norms[np.searchsorted(self.ends, passages, "right")]
        return norms


def _number_by_length(lengths: Numbers) -> _LengthOrder:
    """Number passages by their lengths, at least 1, some at a time, so that the numbers take most of the memory."""
    stretches = [slice(first, first + NUMBERED) for first in range(0, len(lengths), NUMBERED)]
    counts = np.zeros(1 + max(1, int(lengths.max())), dtype=np.int64)
    for own in stretches:
        counts += np.bincount(np.maximum(lengths[own], 1), minlength=len(counts))
    following, held = np.cumsum(counts) - counts, np.flatnonzero(counts)
    places, numbers = np.empty(len(lengths), dtype=np.int32), np.empty(len(lengths), dtype=np.int32)
    for own in stretches:
        lengths_here = np.maximum(lengths[own], 1)
        order = np.argsort(lengths_here, kind="stable")
        ordered = lengths_here[order]
        new = following[ordered] + np.arange(len(ordered)) - np.searchsorted(ordered, ordered)
        places[new], numbers[own.start + order] = own.start + order, new
        following += np.bincount(lengths_here, minlength=len(counts))
    mean = int(counts @ np.arange(len(counts))) / len(lengths)
    norms = (K1 * (1 - B + B * held / mean)).astype(np.float32)
    return _LengthOrder(places, numbers, held.astype(np.int32), np.cumsum(counts[held]), norms, mean)


def _term_ranges(bounds: Ints, at_a_time: int) -> list[int]:
    """Return the first term of each range of terms, and their number; ranges of few tokens need little memory."""
    terms = len(bounds) - 1
    cuts = np.searchsorted(bounds[1:], np.arange(at_a_time, bounds[-1], at_a_time)) + 1
    return [0, *dict.fromkeys(cuts[cuts < terms].tolist()), terms]


def _count(tokens: Ints, numbers: Numbers) -> tuple[Numbers, Ints]:
    """Return the passages of each term, ascending, and how often each holds it, given the passages of its tokens."""
    pairs = np.repeat(np.arange(len(tokens), dtype=np.int64) << 32, tokens) | numbers
    pairs.sort()
    begins = np.flatnonzero(np.diff(pairs, prepend=-1))
    return (pairs[begins] & 0xFFFFFFFF).astype(np.int32), np.diff(begins, append=len(pairs))


def _frequency_rows(starts: Ints, passages: Numbers, frequencies: Array, dense: Ints, size: int) -> Array:
    """Return how often each passage holds each very frequent term."""
    rows = np.zeros((len(dense), size), dtype=frequencies.dtype)
    for row, term in enumerate(dense.tolist()):
        own = slice(starts[term], starts[term + 1])
        rows[row, passages[own]] = frequencies[own]
    return rows


def _bucket_starts(starts: Ints, passages: Numbers, bounds: Ints, frequent: Ints) -> Ints:
    """Return where each frequent term's postings begin in each bucket, and where the last ones end."""
    begins = np.zeros((len(frequent), len(bounds)), dtype=np.int64)
    for row, term in enumerate(frequent.tolist()):
        begins[row] = starts[term] + np.searchsorted(passages[starts[term] : starts[term + 1]], bounds)
    return begins


def _bucket_max_impacts(bucket_starts: Ints, impacts: Singles) -> Singles:
    """Return the greatest impact of each frequent term in each bucket."""
    greatest = np.zeros((len(bucket_starts), max(bucket_starts.shape[1] - 1, 0)), dtype=np.float32)
    for row, begins in enumerate(bucket_starts):
        held = np.flatnonzero(np.diff(begins))
        greatest[row, held] = np.maximum.reduceat(impacts[: begins[-1]], begins[held])
    return greatest


def _bucket_bounds(passages: int) -> Ints:
    """Return the first passage of each bucket, and their number: buckets of one size, up to `BUCKET_PASSAGES`."""
    buckets = min(max(BUCKETS, math.ceil(passages / BUCKET_PASSAGES)), passages)
    return np.arange(buckets + 1, dtype=np.int64) * passages // buckets


def _number_flags(flags: npt.NDArray[np.bool_]) -> Numbers:
    """Return a number from 0 for each flag that is set; -1 for the others."""
    return np.where(flags, np.cumsum(flags) - 1, -1).astype(np.int32)


def _idf(holding: Ints, passages: int) -> Floats:
    """Return BM25+'s idf, by the same function of the same numbers as rank-bm25's, so that no bit differs."""
    distinct, which = np.unique(holding, return_inverse=True)
    values = [math.log((passages + 1) / count) if count else 0.0 for count in distinct.tolist()]
    return np.array(values, dtype=np.float64)[which]


def _max_impacts(starts: Ints, impacts: Singles) -> Singles:
    max_impacts = np.zeros(len(starts) - 1, dtype=np.float32)
    held = np.flatnonzero(np.diff(starts))
    max_impacts[held] = np.maximum.reduceat(impacts, starts[held]) if len(held) else 0
    return max_impacts


def _depth_impacts(starts: Ints, impacts: Singles) -> Singles:
    depth_impacts = np.zeros((len(DEPTHS), len(starts) - 1), dtype=np.float32)
    holding = np.diff(starts)
    for row, depth in enumerate(DEPTHS.tolist()):
        for term in np.flatnonzero(holding >= depth).tolist():
            own = impacts[starts[term] : starts[term + 1]]
            depth_impacts[row, term] = np.partition(own, -depth)[-depth]
    return depth_impacts
