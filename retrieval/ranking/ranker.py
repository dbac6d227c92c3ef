"""Candidates to hits: the trained ranker and the untrained score, blended."""

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


def order(evidence: CandidateFeatures, trees: Trees | None, tuning: Tuning) -> Ints:
    """The order in which candidates are best shown.

    Args:
        evidence: What speaks for them.
        trees: The trained ranker; None for the untrained score alone.
        tuning: What the desk has learnt from its own judgments, which counts only beside the trained ranker.

    Returns:
        Rows of the evidence, best first; ties stay in the order of the untrained score.
    """
    scores = evidence.untrained
    if trees is not None:
        scores = blend(trees.predict(evidence.figures), scores)
        if tuning.ranker:
            scores = scores + tuning.added(evidence.figures)
    ordered: Ints = np.argsort(-scores, kind="stable")
    return ordered


def blend(learnt: Floats, untrained: Floats) -> Floats:
    """The scores of one question's candidates by the trained ranker and without it, brought to one scale and mixed."""
    mixed: Floats = TRAINED_SHARE * _standard(learnt) + (1 - TRAINED_SHARE) * _standard(untrained)
    return mixed


def _standard(scores: Floats) -> Floats:
    """Scores with mean 0 and deviation 1."""
    standard: Floats = (scores - scores.mean()) / (scores.std() or 1.0)
    return standard
