"""The confidence: the probability that one of the first three hits supports an answer.

A question's words are weighed by how rare they are in English at large, not only in the library (see
`retrieval.text.rarity`).
"""

import math
from collections.abc import Container

import numpy as np

from retrieval.index.passages import Floats
from retrieval.models import Query
from retrieval.ranking.features import FEATURE_NAMES, CandidateFeatures
from retrieval.ranking.trees import Trees
from retrieval.ranking.tuning import Tuning
from retrieval.text.rarity import RAREST, background

SHOWN = 3
LOOKED_AT = 10
HELD = 0.35
"""From which level on a term counts as held; a distant related form alone does not."""

_FROM_BEST = (
    "coverage", "unfocused", "missing", "score_passage", "untrained", "written", "wording", "longest_run", "proximity",
    "answer", "answer_near", "new_words", "names", "has_names", "rarest", "left_window", "left_article",
    "score_bigrams", "score_title", "question_terms",
)  # fmt: skip
_BEST_COLUMNS = [FEATURE_NAMES.index(name) for name in _FROM_BEST]
_BEST_NAMES = tuple(f"best_{name}" for name in _FROM_BEST)
CONFIDENCE_NAMES = (
    "background_coverage", "background_best", "background_first_three", "background_missing_most",
    "background_missing_names", "background_unknown", "background_soft", "idf_first_three", "gap_second", "gap_fifth",
    "background_mean", "agreeing", *_BEST_NAMES,
)  # fmt: skip
"""The features of the confidence in the order of their columns, by which the shipped weights know them."""


def confidence(features: Floats, trees: Trees | None, tuning: Tuning) -> float:
    """Return the probability, 0 to 1, that one of the first three hits supports an answer.

    Args:
        features: Those of `CONFIDENCE_NAMES`.
        trees: The trained trees, whose sum is the log-odds; without them the coverage of the best hit has to do.
        tuning: Corrects those log-odds.
    """
    if trees is None:
        return float(features[0])
    return 1 / (1 + math.exp(-tuning.log_odds(float(trees.predict(features[None, :])[0]))))


def confidence_features(query: Query, candidates: CandidateFeatures, vocabulary: Container[str]) -> Floats:
    """Return the features of `CONFIDENCE_NAMES` for a question and its ranked candidates.

    Args:
        query: The question, with at least one term.
        candidates: In their final order; at least one.
        vocabulary: The terms that the library holds.
    """
    rarity = np.array([background().get(term, RAREST) * query.weight(term) for term in query.terms])
    share = rarity / rarity.sum()
    levels = candidates.levels[:LOOKED_AT]
    covered = levels @ share
    first, first_three = levels[0], levels[:SHOWN].max(axis=0)
    unheld = first < HELD
    named = np.array([term in query.names for term in query.terms])
    unknown = np.array([term not in vocabulary for term in query.terms])
    replaced = {expansion.term for expansion in query.expansions}
    soft = np.array([term in replaced for term in query.terms]) & unknown
    scores = np.sort(candidates.untrained)[::-1]
    features = {
        "background_coverage": covered[0],
        "background_best": covered.max(),
        "background_first_three": first_three @ share,
        "background_missing_most": (rarity * unheld).max() / rarity.max(),
        "background_missing_names": share @ (unheld & named),
        "background_unknown": share @ (unknown & ~soft),
        "background_soft": share @ soft,
        "idf_first_three": first_three @ candidates.weights / (candidates.weights.sum() or 1.0),
        "gap_second": _gap(scores, 1),
        "gap_fifth": _gap(scores, 4),
        "background_mean": rarity.mean() / RAREST,
        "agreeing": (covered[:5] >= 0.8 * covered[0]).mean(),
    }
    features |= zip(_BEST_NAMES, candidates.values[0, _BEST_COLUMNS], strict=True)
    return np.array([features[name] for name in CONFIDENCE_NAMES])


def _gap(scores: Floats, place: int) -> float:
    """How far the score at a place falls behind the best, as a share of it."""
    other = scores[place] if len(scores) > place else 0.0
    return float((scores[0] - other) / (scores[0] or 1.0))
