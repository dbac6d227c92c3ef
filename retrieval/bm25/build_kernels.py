"""The loops over all postings of a library that build them, in machine code."""

import numpy as np

from retrieval.bm25.jit import jit
from retrieval.bm25.parameters import K1
from retrieval.bm25.postings import Counts, Floats, Ints, Numbers, Singles


@jit
def invert(tokens: Numbers, begins: Ints, places: Numbers, terms: int) -> tuple[Ints, Numbers, Numbers]:
    """Return where each term's postings start, and of each posting its passage, ascending, and its frequency."""
    starts = np.zeros(terms + 1, dtype=np.int64)
    latest = np.full(terms, -1, dtype=np.int32)
    for number in range(len(places)):
        for at in range(begins[places[number]], begins[places[number] + 1]):
            if latest[tokens[at]] != number:
                latest[tokens[at]] = number
                starts[tokens[at] + 1] += 1
    starts = np.cumsum(starts)
    ends = starts[:-1].copy()
    passages = np.full(starts[-1], -1, dtype=np.int32)
    counts = np.zeros(starts[-1], dtype=np.int32)
    for number in range(len(places)):
        for at in range(begins[places[number]], begins[places[number] + 1]):
            term = tokens[at]
            if latest[term] != number or ends[term] == starts[term]:
                latest[term] = number
                passages[ends[term]] = number
                ends[term] += 1
            counts[ends[term] - 1] += 1
    return starts, passages, counts


@jit
def fill_impacts(
    starts: Ints, passages: Numbers, frequencies: Counts, norms: Singles, idf: Floats, impacts: Singles
) -> None:
    """Fill in what each posting adds to its passage's score."""
    for term in range(len(starts) - 1):
        for at in range(starts[term], starts[term + 1]):
            frequency = np.float64(frequencies[at])
            impacts[at] = idf[term] * frequency * (K1 + 1) / (frequency + norms[passages[at]])


@jit
def fill_bucket_starts(starts: Ints, passages: Numbers, bounds: Ints, bucket_rows: Numbers, begins: Ints) -> None:
    """Fill in where each frequent term's postings begin in each bucket, and where the last ones end."""
    for term in range(len(bucket_rows)):
        if bucket_rows[term] >= 0:
            at = starts[term]
            for bucket in range(len(bounds)):
                while at < starts[term + 1] and passages[at] < bounds[bucket]:
                    at += 1
                begins[bucket_rows[term], bucket] = at


@jit
def fill_bucket_max_impacts(begins: Ints, impacts: Singles, max_impacts: Singles) -> None:
    """Fill in the greatest impact of each frequent term in each bucket."""
    for row in range(len(begins)):
        for bucket in range(begins.shape[1] - 1):
            for at in range(begins[row, bucket], begins[row, bucket + 1]):
                max_impacts[row, bucket] = max(max_impacts[row, bucket], impacts[at])


@jit
def fill_frequency_rows(starts: Ints, passages: Numbers, frequencies: Counts, dense: Numbers, rows: Counts) -> None:
    """Fill in how often each passage holds each dense term."""
    for term in range(len(dense)):
        if dense[term] >= 0:
            for at in range(starts[term], starts[term + 1]):
                rows[dense[term], passages[at]] = frequencies[at]
