"""Postings built from the terms of a library's passages."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.arrays import Floats, Ints, Numbers
from retrieval.bm25.parameters import K1, B
from retrieval.bm25.postings import DEPTHS, Counts, Postings, Singles

BUCKETS = 32
"""How many buckets a library has at least."""
BUCKET_PASSAGES = 1 << 15
"""Most passages of a bucket: their scores, 128 KB, stay in the processor's second cache."""
FREQUENT = 1 << 10
"""Postings from which on a term has bounds and places for each bucket; below that its list is short anyway."""
DENSE = 16
"""A term that more than one passage in so many holds has its frequencies in a row with one entry a passage."""


AT_A_TIME = 1 << 22
"""How many tokens are sorted at a time."""


class TermUnits(NamedTuple):
    """Passages as term numbers, one passage after the other."""

    terms: int  # the number after the highest of a term
    tokens: Numbers
    lengths: Numbers  # of each passage


def build_postings(units: TermUnits) -> Postings:
    """Build the postings of at least one passage."""
    lengths = np.maximum(units.lengths, 1)
    places = np.argsort(lengths, kind="stable").astype(np.int32)
    mean = int(lengths.sum()) / len(lengths)
    lengths = lengths[places].astype(np.int32)
    norms = (K1 * (1 - B + B * lengths / mean)).astype(np.float32)
    ranges = _term_ranges(units)
    starts, passages, frequencies = _invert(units, places, ranges)
    holding = np.diff(starts)
    idf = _idf(holding, len(lengths))
    impacts = np.empty(len(passages), dtype=np.float32)
    for first, last in pairwise(ranges):
        own = slice(starts[first], starts[last])
        frequency, weights = frequencies[own].astype(np.float64), np.repeat(idf[first:last], holding[first:last])
        impacts[own] = weights * frequency * (K1 + 1) / (frequency + norms[passages[own]])
    bounds, frequent = _bucket_bounds(len(lengths)), holding > FREQUENT
    bucket_starts = _bucket_starts(starts, passages, bounds, np.flatnonzero(frequent))
    dense = holding > len(lengths) / DENSE
    frequency_rows = np.zeros((int(dense.sum()), len(lengths)), dtype=frequencies.dtype)
    for row, term in enumerate(np.flatnonzero(dense).tolist()):
        own = slice(starts[term], starts[term + 1])
        frequency_rows[row, passages[own]] = frequencies[own]
    return Postings(
        places, lengths, norms, bounds, starts, passages, frequencies, impacts, idf, _max_impacts(starts, impacts),
        _depth_impacts(starts, impacts), _number_flags(frequent), bucket_starts,
        _bucket_max_impacts(bucket_starts, impacts), _number_flags(dense), frequency_rows, mean,
    )  # fmt: skip


def _term_ranges(units: TermUnits) -> list[int]:
    """Return the first term of each range of terms, and their number; ranges of few tokens need little memory."""
    tokens = np.cumsum(np.bincount(units.tokens, minlength=units.terms))
    cuts = np.searchsorted(tokens, np.arange(AT_A_TIME, len(units.tokens), AT_A_TIME)) + 1
    return [0, *np.unique(cuts[cuts < units.terms]).tolist(), units.terms]


def _invert(units: TermUnits, places: Numbers, ranges: Sequence[int]) -> tuple[Ints, Numbers, Counts]:
    """Return where each term's postings start, and of each posting its passage, ascending, and its frequency."""
    numbers = np.empty(len(places), dtype=np.int32)
    numbers[places] = np.arange(len(places), dtype=np.int32)
    numbers = np.repeat(numbers, units.lengths)
    holding = np.zeros(units.terms, dtype=np.int64)
    passages, frequencies = [], []
    for first, last in pairwise(ranges):
        chosen = (units.tokens >= first) & (units.tokens < last)
        pairs = units.tokens[chosen].astype(np.int64) << 32 | numbers[chosen]
        pairs.sort()
        begins = np.flatnonzero(np.diff(pairs, prepend=-1))
        frequencies.append(np.diff(begins, append=len(pairs)).astype(np.int32))
        pairs = pairs[begins]
        passages.append((pairs & 0xFFFFFFFF).astype(np.int32))
        holding += np.bincount(pairs >> 32, minlength=units.terms)
    counts = np.concatenate(frequencies)
    starts = np.concatenate([[0], np.cumsum(holding)])
    return starts, np.concatenate(passages), counts.astype(np.min_scalar_type(int(counts.max(initial=0))))


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
