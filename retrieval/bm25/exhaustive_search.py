"""The search of postings by numpy alone: the result of `pruned_search` at once, while its machine code still loads.

It touches every posting of the question's terms, which takes several times as long as the machine code takes, and a
small part of what it takes to load that.
"""

from typing import NamedTuple

import numpy as np

from retrieval.arrays import Flags, Floats, Ints, Numbers
from retrieval.bm25.parameters import DELTA, K1, B
from retrieval.bm25.postings import Postings, Singles


class SearchTerms(NamedTuple):
    """A question's terms as candidates are found by them, the most telling first."""

    terms: Ints
    weights: Singles  # above 0
    k: int
    allowed: Flags  # for each place, whether its passage may be found; empty for all of them
    drift: float
    """How far scores by the postings may be off since these were made: 1 for not at all, else the lesser of the mean
    lengths then and now by the greater."""


class WeightedTerms(NamedTuple):
    """A question's terms in its own order with today's figures, by which candidates are scored exactly."""

    terms: Ints
    weights: Floats
    idf: Floats
    base: float  # the score of every passage, whatever it holds
    mean_length: float


def search(postings: Postings, query: SearchTerms, weighted: WeightedTerms) -> tuple[Numbers, Floats]:
    """Return the numbers of the passages that may be among the best, and their exact scores."""
    passages = _find_candidates(postings, query)
    return passages, _exact_scores(postings, weighted, passages)


def _find_candidates(postings: Postings, query: SearchTerms) -> Numbers:
    scores = np.zeros(len(postings.places), dtype=np.float32)
    for term, weight in zip(query.terms.tolist(), query.weights, strict=True):
        own = slice(*postings.starts[term : term + 2].tolist())
        scores[postings.passages[own]] += weight * postings.impacts[own]
    if len(query.allowed):
        scores[~query.allowed[postings.places]] = 0
    found = scores.nonzero()[0]
    if len(found) > query.k:
        least = np.partition(scores[found], -query.k)[-query.k]
        # sums in single precision may be off, so passages that come short by a little stay
        slack = np.float32((1 - 1e-6 - 2.5e-7 * len(query.terms)) * query.drift)
        found = found[scores[found] >= least * slack]
    return found.astype(np.int32)


def _exact_scores(postings: Postings, weighted: WeightedTerms, passages: Numbers) -> Floats:
    """Score by the same operations in the same order as `pruned_search.exact_scores`, so that no bit differs."""
    scores = np.full(len(passages), weighted.base)
    norms = K1 * (1 - B + B * postings.lengths[passages] / weighted.mean_length)
    at, idf = _nearest_postings(postings, weighted.terms, passages), weighted.idf[:, None]
    frequency = postings.frequencies[at].astype(np.float64)
    score = idf * (DELTA + (frequency * (K1 + 1)) / (norms + frequency))
    added = weighted.weights[:, None] * (score - idf * DELTA)
    added[postings.passages[at] != passages] = 0
    for of_term in added:  # one after the other: numpy may add a column up in another order
        scores += of_term
    return scores


def _nearest_postings(postings: Postings, terms: Ints, passages: Numbers) -> Ints:
    """For each term (row), the place of its posting of each passage, where it has one."""
    at = np.empty((len(terms), len(passages)), dtype=np.int64)
    for row, term in zip(at, terms.tolist(), strict=True):
        first, last = postings.starts[term : term + 2].tolist()
        np.minimum(first + postings.passages[first:last].searchsorted(passages), last - 1, out=row)
    return at
