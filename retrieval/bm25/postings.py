"""A library's postings as arrays for the bucketed engine: passages renumbered by length, in buckets, with bounds."""

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.bm25.reference import K1, B

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Counts = npt.NDArray[np.unsignedinteger[Any]]

BUCKETS = 32
"""How many buckets a library has at least."""
BUCKET_PASSAGES = 1 << 15
"""Most passages of a bucket: their scores, 128 KB, stay in the processor's second cache."""
LISTED = 1 << 10
"""Postings from which on a term's bounds and places are kept for each bucket; below that its list is short anyway."""
DENSE = 16
"""A term that more than one passage in so many holds has its frequencies in a row with one entry a passage."""
DEPTHS = np.array([10, 100])
"""For how many hits a term's least score among its own best passages is kept."""


class TermUnits(NamedTuple):
    """What postings are made of: passages as numbers of terms.

    Attributes:
        terms: The number after the highest of a term.
        tokens: The terms of all passages by their numbers, one passage after the other.
        lengths: How many terms each passage has.
    """

    terms: int
    tokens: Numbers
    lengths: Numbers


class Postings(NamedTuple):
    """All that a search looks at; a passage's number here is its rank by length, a term's is that of the vocabulary.

    Attributes:
        places: The place in the library of each passage.
        lengths: How many terms each passage has, at least 1, as rank-bm25 is told.
        norms: The part of BM25's denominator that depends on a passage's length, of each passage.
        bounds: The first passage of each bucket, and at the end the number of passages.
        starts: Where each term's postings begin, and at the end where the last one's end.
        passages: The passages that hold a term, ascending.
        frequencies: How often they hold it.
        impacts: What it adds to the score of each, at weight 1.
        idf: Inverse document frequency of each term.
        greatest: The greatest impact of each term.
        deep: For each of `DEPTHS`, what so many passages score by a term alone; 0 where fewer hold it.
        listed: Of a term with many postings, its row in the next two; -1 for the others.
        bucket_starts: Where the postings of a listed term begin in each bucket, and at the end where the last ones end.
        bucket_greatest: The greatest impact of a listed term in each bucket.
        dense: Of a very common term, its row in the next; -1 for the others.
        rows: How often each passage holds a dense term.
        mean_length: The mean of `lengths`.
    """

    places: Numbers
    lengths: Numbers
    norms: Singles
    bounds: Ints
    starts: Ints
    passages: Numbers
    frequencies: Counts
    impacts: Singles
    idf: Floats
    greatest: Singles
    deep: Singles
    listed: Numbers
    bucket_starts: Ints
    bucket_greatest: Singles
    dense: Numbers
    rows: Counts
    mean_length: float


def make_postings(units: TermUnits) -> Postings:
    """Make a library's postings.

    Args:
        units: Its passages, at least one.
    """
    from retrieval.bm25 import build_kernels as filling  # noqa: PLC0415 - Numba takes half a second to load

    lengths = np.maximum(units.lengths, 1)
    places = np.argsort(lengths, kind="stable").astype(np.int32)
    mean = int(lengths.sum()) / len(lengths)
    lengths = lengths[places].astype(np.int32)
    norms = (K1 * (1 - B + B * lengths / mean)).astype(np.float32)
    begins = np.concatenate([[0], np.cumsum(units.lengths, dtype=np.int64)])
    starts, passages, counts = filling.grouped(units.tokens, begins, places, units.terms)
    frequencies = counts.astype(np.min_scalar_type(int(counts.max(initial=0))))
    holding = np.diff(starts)
    idf = _idf(holding, len(lengths))
    bounds = bucket_bounds(len(lengths))
    listed, dense = _numbered(holding > LISTED), _numbered(holding > len(lengths) / DENSE)
    impacts = np.empty(len(passages), dtype=np.float32)
    filling.fill_impacts(starts, passages, frequencies, norms, idf, impacts)
    bucket_starts = np.zeros((int(listed.max(initial=-1)) + 1, len(bounds)), dtype=np.int64)
    filling.fill_bucket_starts(starts, passages, bounds, listed, bucket_starts)
    bucket_greatest = np.zeros((len(bucket_starts), len(bounds) - 1), dtype=np.float32)
    filling.fill_greatest(bucket_starts, impacts, bucket_greatest)
    rows = np.zeros((int(dense.max(initial=-1)) + 1, len(lengths)), dtype=frequencies.dtype)
    filling.fill_rows(starts, passages, frequencies, dense, rows)
    return Postings(
        places, lengths, norms, bounds, starts, passages, frequencies, impacts, idf, _greatest(starts, impacts),
        _deep(starts, impacts), listed, bucket_starts, bucket_greatest, dense, rows, mean,
    )  # fmt: skip


def bucket_bounds(passages: int) -> Ints:
    """The first passage of each bucket, and their number: buckets of one size, up to `BUCKET_PASSAGES`."""
    buckets = min(max(BUCKETS, math.ceil(passages / BUCKET_PASSAGES)), passages)
    return np.arange(buckets + 1, dtype=np.int64) * passages // buckets


def _numbered(chosen: npt.NDArray[np.bool_]) -> Numbers:
    """A number from 0 for each that is chosen; -1 for the others."""
    return np.where(chosen, np.cumsum(chosen) - 1, -1).astype(np.int32)


def _idf(holding: Ints, passages: int) -> Floats:
    """BM25+'s idf, by the same function of the same numbers as rank-bm25's, so that not even the last bit differs."""
    distinct, which = np.unique(holding, return_inverse=True)
    values = [math.log((passages + 1) / count) if count else 0.0 for count in distinct.tolist()]
    return np.array(values, dtype=np.float64)[which]


def _greatest(starts: Ints, impacts: Singles) -> Singles:
    """The greatest impact of each term."""
    greatest = np.zeros(len(starts) - 1, dtype=np.float32)
    held = np.flatnonzero(np.diff(starts))
    greatest[held] = np.maximum.reduceat(impacts, starts[held]) if len(held) else 0
    return greatest


def _deep(starts: Ints, impacts: Singles) -> Singles:
    """For each of `DEPTHS`, the impact of each term that so many of its impacts reach."""
    deep = np.zeros((len(DEPTHS), len(starts) - 1), dtype=np.float32)
    holding = np.diff(starts)
    for row, depth in enumerate(DEPTHS.tolist()):
        for term in np.flatnonzero(holding >= depth).tolist():
            own = impacts[starts[term] : starts[term + 1]]
            deep[row, term] = np.partition(own, -depth)[-depth]
    return deep
