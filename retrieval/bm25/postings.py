"""A library's postings as arrays for the MaxScore search: passages numbered by length, in buckets, with bounds."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.arrays import Floats, Ints, Numbers

Singles = npt.NDArray[np.float32]
Counts = npt.NDArray[np.unsignedinteger[Any]]

DEPTHS = np.array([10, 100])
"""For how many hits a term's least impact among its own best passages is stored."""


class Postings(NamedTuple):
    """All arrays of a search; a passage's number here is its rank by length, a term's is that of the vocabulary."""

    # of each passage
    places: Numbers  # its place in the library
    lengths: Numbers  # its length in terms, at least 1, as rank-bm25 is told
    norms: Singles  # the part of BM25's denominator that depends on its length
    bounds: Ints  # the first passage of each bucket, and at the end the number of passages
    # of each posting, a term's by ascending passage
    starts: Ints  # where each term's postings begin, and at the end where the last one's end
    passages: Numbers
    frequencies: Counts
    impacts: Singles  # what it adds to the passage's score, at weight 1
    # of each term
    idf: Floats
    max_impacts: Singles
    depth_impacts: Singles  # for each of `DEPTHS`, the impact that so many of its postings reach; 0 where it has fewer
    bucket_rows: Numbers  # a frequent term's row in the next two; -1 for the others
    bucket_starts: Ints  # where its postings begin in each bucket, and at the end where the last ones end
    bucket_max_impacts: Singles
    dense: Numbers  # a very frequent term's row in the next; -1 for the others
    frequency_rows: Counts  # how often each passage holds it
    mean_length: float
