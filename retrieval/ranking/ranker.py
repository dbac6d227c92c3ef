"""Candidates to their order: the trained ranker, and what a desk has learnt from its own judgments."""

from retrieval.ranking.features import CandidateFeatures
from retrieval.ranking.trees import Trees
from retrieval.ranking.tuning import Tuning

CANDIDATES = 40
"""How many candidates are ranked; fifty find few more right sentences, at more cost (docs/quality.md)."""


def rank(candidates: CandidateFeatures, trees: Trees | None, tuning: Tuning) -> CandidateFeatures:
    """Return candidates with their merit, best first; ties stay in the order of the untrained score.

    Args:
        candidates: Of one question.
        trees: The trained ranker; None for the untrained score alone.
        tuning: Counts only beside the trained ranker.
    """
    merit = candidates.untrained
    if trees is not None:
        merit = trees.predict(candidates.values)
        if tuning.ranker:
            merit = merit + (merit.std() or 1.0) * tuning.bonus(candidates.values)
    return candidates._replace(merit=merit).take((-merit).argsort(kind="stable"))
