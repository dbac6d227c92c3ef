"""The bucketed engine's search by numpy alone: the same result as `exact_search` at once, while that is still loaded.

It touches every posting of the question's terms, which takes several times as long as the machine code takes, and a
small part of what it takes to load that.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.bm25.postings import Floats, Ints, Numbers, Postings, Singles
from retrieval.bm25.reference import DELTA, K1, B

Flags = npt.NDArray[np.bool_]


class SearchTerms(NamedTuple):
    """A question.

    Attributes:
        terms: Numbers of its terms, the most telling first.
        weights: What each is worth, above 0.
        k: How many passages are wanted.
        allowed: For each place, whether its passage may be found; empty for all of them.
        drift: How far the scores by the postings may be off since these were made: 1 for not at all, else the lesser of
            the mean lengths then and now by the greater.
    """

    terms: Ints
    weights: Singles
    k: int
    allowed: Flags
    drift: float


class WeightedTerms(NamedTuple):
    """A question with the figures that count now.

    Attributes:
        terms: Numbers of its terms, in the order of the question.
        weights: What each is worth.
        idf: Inverse document frequency of each.
        base: What every passage scores.
        mean_length: The mean length of the passages.
    """

    terms: Ints
    weights: Floats
    idf: Floats
    base: float
    mean_length: float


def search(postings: Postings, asked: SearchTerms, wanted: WeightedTerms) -> tuple[Numbers, Floats]:
    """The passages that may be among the best, by their numbers, and their scores.

    Args:
        postings: The library.
        asked: The question.
        wanted: The same with the figures that count now.
    """
    found = candidates(postings, asked)
    return found, exact_scores(postings, wanted, found)


def candidates(postings: Postings, asked: SearchTerms) -> Numbers:
    """See `exact_search.candidates`."""
    scores = np.zeros(len(postings.places), dtype=np.float32)
    for term, weight in zip(asked.terms.tolist(), asked.weights, strict=True):
        own = slice(*postings.starts[term : term + 2].tolist())
        scores[postings.passages[own]] += weight * postings.impacts[own]
    if len(asked.allowed):
        scores[~asked.allowed[postings.places]] = 0
    found = np.flatnonzero(scores)
    if len(found) > asked.k:
        least = np.partition(scores[found], -asked.k)[-asked.k]
        found = found[scores[found] >= least * slack(asked)]
    return found.astype(np.int32)


def slack(asked: SearchTerms) -> np.float32:
    """By what a score is lowered that others are compared with, since sums in single precision may be off."""
    return np.float32((1 - 1e-6 - 2.5e-7 * len(asked.terms)) * asked.drift)


def exact_scores(postings: Postings, wanted: WeightedTerms, passages: Numbers) -> Floats:
    """See `exact_search.exact_scores`; the same operations in the same order, so that no bit differs."""
    scores = np.full(len(passages), wanted.base)
    norms = K1 * (1 - B + B * postings.lengths[passages] / wanted.mean_length)
    for term, idf, weight in zip(wanted.terms.tolist(), wanted.idf, wanted.weights, strict=True):
        first, last = postings.starts[term : term + 2].tolist()
        at = np.minimum(first + np.searchsorted(postings.passages[first:last], passages), last - 1)
        held = postings.passages[at] == passages
        frequency, norm = postings.frequencies[at[held]].astype(np.float64), norms[held]
        whole = idf * (DELTA + (frequency * (K1 + 1)) / (norm + frequency))
        scores[held] += weight * (whole - idf * DELTA)
    return scores
