"""Postings built from the terms of a library's passages."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.bm25.parameters import K1, B
from retrieval.bm25.postings import DEPTHS, Floats, Ints, Numbers, Postings, Singles

BUCKETS = 32
"""How many buckets a library has at least."""
BUCKET_PASSAGES = 1 << 15
"""Most passages of a bucket: their scores, 128 KB, stay in the processor's second cache."""
FREQUENT = 1 << 10
"""Postings from which on a term has bounds and places for each bucket; below that its list is short anyway."""
DENSE = 16
"""A term that more than one passage in so many holds has its frequencies in a row with one entry a passage."""


class TermUnits(NamedTuple):
    """Passages as term numbers, one passage after the other."""

    terms: int  # the number after the highest of a term
    tokens: Numbers
    lengths: Numbers  # of each passage


def build_postings(units: TermUnits) -> Postings:
    """Build the postings of at least one passage."""
    from retrieval.bm25 import build_kernels  # noqa: PLC0415 - Numba takes half a second to load

    lengths = np.maximum(units.lengths, 1)
    places = np.argsort(lengths, kind="stable").astype(np.int32)
    mean = int(lengths.sum()) / len(lengths)
    lengths = lengths[places].astype(np.int32)
    norms = (K1 * (1 - B + B * lengths / mean)).astype(np.float32)
    begins = np.concatenate([[0], np.cumsum(units.lengths, dtype=np.int64)])
    starts, passages, counts = build_kernels.invert(units.tokens, begins, places, units.terms)
    frequencies = counts.astype(np.min_scalar_type(int(counts.max(initial=0))))
    holding = np.diff(starts)
    idf = _idf(holding, len(lengths))
    bounds = _bucket_bounds(len(lengths))
    bucket_rows, dense = _number_flags(holding > FREQUENT), _number_flags(holding > len(lengths) / DENSE)
    impacts = np.empty(len(passages), dtype=np.float32)
    build_kernels.fill_impacts(starts, passages, frequencies, norms, idf, impacts)
    bucket_starts = np.zeros((int(bucket_rows.max(initial=-1)) + 1, len(bounds)), dtype=np.int64)
    build_kernels.fill_bucket_starts(starts, passages, bounds, bucket_rows, bucket_starts)
    bucket_max_impacts = np.zeros((len(bucket_starts), len(bounds) - 1), dtype=np.float32)
    build_kernels.fill_bucket_max_impacts(bucket_starts, impacts, bucket_max_impacts)
    frequency_rows = np.zeros((int(dense.max(initial=-1)) + 1, len(lengths)), dtype=frequencies.dtype)
    build_kernels.fill_frequency_rows(starts, passages, frequencies, dense, frequency_rows)
    return Postings(
        places, lengths, norms, bounds, starts, passages, frequencies, impacts, idf, _max_impacts(starts, impacts),
        _depth_impacts(starts, impacts), bucket_rows, bucket_starts, bucket_max_impacts, dense, frequency_rows, mean,
    )  # fmt: skip


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
