"""How sure the desk may be: the probability that one of the first three hits supports an answer.

A question's words are weighed by how rare they are in English at large, not only in the library: five articles cannot
tell that 'president' is common and 'chlorophyll' is not.
"""

import math
from collections.abc import Container
from functools import cache
from pathlib import Path

import numpy as np

from retrieval.index.passages import Floats
from retrieval.models import Query
from retrieval.ranking.features import NAMES as FIGURES
from retrieval.ranking.features import CandidateFeatures
from retrieval.ranking.trees import Trees
from retrieval.ranking.tuning import Tuning

BACKGROUND = Path(__file__).parent.parent / "tables" / "background.txt"
RAREST = 13.0
"""Background idf of a term that the table does not hold: a little more than its rarest."""
SHOWN = 3
LOOKED_AT = 10
HELD = 0.35
"""From which level on a term counts as held; a distant related form alone does not."""

_FROM_BEST = (
    "coverage", "unfocused", "missing", "score_passage", "untrained", "written", "wording", "longest_run", "proximity",
    "answer", "answer_near", "new_words", "names", "has_names", "rarest", "left_window", "left_article",
    "score_bigrams", "score_title", "question_terms",
)  # fmt: skip
_BEST_COLUMNS = [FIGURES.index(name) for name in _FROM_BEST]
NAMES = (
    "background_coverage", "background_best", "background_first_three", "background_missing_most",
    "background_missing_names", "background_unknown", "background_soft", "idf_first_three", "gap_second", "gap_fifth",
    "background_mean", "agreeing", *(f"best_{name}" for name in _FROM_BEST),
)  # fmt: skip
"""The figures that confidence is made of, in the order of the columns."""


@cache
def background() -> dict[str, float]:
    """How telling common English stems are: idf of 20,000 stems (see `retrieval.training.build_tables`)."""
    lines = (line.split() for line in BACKGROUND.read_text(encoding="utf-8").splitlines())
    return {stem: float(idf) for idf, *stems in lines for stem in stems}


def confidence(figures: Floats, trees: Trees | None, tuning: Tuning) -> float:
    """The probability that one of the first three hits supports an answer.

    Args:
        figures: The figures of `NAMES`.
        trees: The trained trees, whose sum is the log-odds; without them the coverage of the best hit has to do.
        tuning: What the desk has learnt from its own judgments, which corrects those log-odds.

    Returns:
        A probability, 0 to 1.
    """
    if trees is None:
        return float(figures[0])
    return 1 / (1 + math.exp(-tuning.log_odds(float(trees.predict(figures[None, :])[0]))))


def confidence_figures(query: Query, evidence: CandidateFeatures, vocabulary: Container[str]) -> Floats:
    """The figures of `NAMES` for a question and its ranked candidates.

    Args:
        query: The question, with at least one term.
        evidence: What speaks for the candidates, in their final order; at least one.
        vocabulary: The terms that the library holds.

    Returns:
        One number a name.
    """
    rarity = np.array([background().get(term, RAREST) * query.weight(term) for term in query.terms])
    share = rarity / rarity.sum()
    levels = evidence.levels[:LOOKED_AT]
    covered = levels @ share
    first, first_three = levels[0], levels[:SHOWN].max(axis=0)
    unheld = first < HELD
    named = np.array([term in query.names for term in query.terms])
    unknown = np.array([term not in vocabulary for term in query.terms])
    replaced = {expansion.term for expansion in query.expansions}
    soft = np.array([term in replaced for term in query.terms]) & unknown
    scores = np.sort(evidence.untrained)[::-1]
    return np.array(
        [
            covered[0],
            covered.max(),
            first_three @ share,
            (rarity * unheld).max() / rarity.max(),
            share @ (unheld & named),
            share @ (unknown & ~soft),
            share @ soft,
            first_three @ evidence.weights / (evidence.weights.sum() or 1.0),
            _gap(scores, 1),
            _gap(scores, 4),
            rarity.mean() / RAREST,
            (covered[:5] >= 0.8 * covered[0]).mean(),
            *evidence.figures[0, _BEST_COLUMNS],
        ]
    )


def _gap(scores: Floats, place: int) -> float:
    """How far the score at a place falls behind the best, as a share of it."""
    other = scores[place] if len(scores) > place else 0.0
    return float((scores[0] - other) / (scores[0] or 1.0))
