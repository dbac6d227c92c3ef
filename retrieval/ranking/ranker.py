"""Candidates to their order: the trained ranker and the untrained score, blended."""

import numpy as np

from retrieval.index.passages import Floats, Ints
from retrieval.ranking.features import CandidateFeatures
from retrieval.ranking.trees import Trees
from retrieval.ranking.tuning import Tuning

CANDIDATES = 30
"""How many candidates are ranked; fifty find no more right sentences first, at twice the cost (docs/quality.md)."""
POOL = 100
"""How many candidates the engine gives, of which those are chosen by all fields."""
TRAINED_SHARE = 0.75
"""How much the trained ranker counts beside the untrained score; measured (docs/quality.md)."""


def rank(candidates: CandidateFeatures, trees: Trees | None, tuning: Tuning) -> Ints:
    """Return the rows of candidates, best first; ties stay in the order of the untrained score.

    Args:
        candidates: Of one question.
        trees: The trained ranker; None for the untrained score alone.
        tuning: Counts only beside the trained ranker.
    """
    scores = candidates.untrained
    if trees is not None:
        scores = blend(trees.predict(candidates.values), scores)
        if tuning.ranker:
            scores = scores + tuning.bonus(candidates.values)
    ordered: Ints = np.argsort(-scores, kind="stable")
    return ordered


def blend(trained: Floats, untrained: Floats) -> Floats:
    """Mix the trained and the untrained scores of one question's candidates, each with mean 0 and deviation 1."""
    mixed: Floats = TRAINED_SHARE * _standard_scores(trained) + (1 - TRAINED_SHARE) * _standard_scores(untrained)
    return mixed


def _standard_scores(scores: Floats) -> Floats:
    standard: Floats = (scores - scores.mean()) / (scores.std() or 1.0)
    return standard
