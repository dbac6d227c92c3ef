"""Candidates to hits: how much of the question a passage holds, and so how likely it is to support an answer."""

import math
from collections.abc import Callable, Sequence

from retrieval.models import Hit, Passage, Query
from retrieval.terms import term_set

INTERCEPT, COVERAGE, TERMS = -6.0, 8.1, 0.27
"""Logistic regression of 'one of the first three hits is right' on idf-coverage and the number of terms (at most 12),
fitted on 1,150 questions of the development sets."""


def rank(query: Query, candidates: Sequence[tuple[Passage, float]], idf: Callable[[str], float]) -> list[Hit]:
    """Judge candidates.

    Args:
        query: The question as read.
        candidates: Passages with their BM25 score, best first.
        idf: Inverse document frequency of a term; the most for one that no passage holds.

    Returns:
        A hit for each candidate, in the same order.
    """
    weights = {term: idf(term) for term in query.terms}
    return [_hit(place, passage, score, weights) for place, (passage, score) in enumerate(candidates, 1)]


def _hit(place: int, passage: Passage, score: float, weights: dict[str, float]) -> Hit:
    held = term_set(passage.text)
    matched = tuple(term for term in weights if term in held)
    coverage = sum(weights[term] for term in matched) / sum(weights.values())
    confidence = 1 / (1 + math.exp(-(INTERCEPT + COVERAGE * coverage + TERMS * min(len(weights), 12))))
    return Hit(passage=passage, rank=place, score=score, confidence=confidence, matched=matched)
