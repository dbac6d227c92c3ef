"""The gain of a change of weights on judged questions, and its significance."""

from collections.abc import Sequence

import numpy as np

from retrieval.arrays import Floats
from retrieval.evaluation.measures import DEPTH, QuestionResult
from retrieval.models import Value

RESAMPLED = 2_000
SEED = 1
INTERVAL = (0.5, 99.5)
"""Percentiles between which a gain lies, 99 times in 100: of five figures one is better by chance 2 times in 100."""
NAMES = ("hit@1", "hit@3", f"mrr@{DEPTH}", "right outcome", "calibration")
"""First right, right among three, reciprocal rank (of answerable questions); answered or refused rightly; and one less
Brier's score of the confidence (Brier 1950)."""


class Gain(Value):
    """A measure before and after a change; more of it is better."""

    name: str
    before: float | None  # its mean with the shipped weights; None where no question tells
    after: float | None  # its mean with the new ones
    low: float  # the gain that is exceeded 99.5 times in 100, by a bootstrap over the questions (Efron 1979)
    high: float  # the gain that is exceeded once in 200 times


def gains(before: Sequence[QuestionResult], after: Sequence[QuestionResult]) -> tuple[Gain, ...]:
    """Return the gains between two runs over the same questions, the second with weights that had not seen them."""
    earlier, later = _scores(before), _scores(after)
    drawn = np.random.default_rng(SEED).integers(0, len(before), (RESAMPLED, len(before)))
    return tuple(_gain(name, earlier[:, n], later[:, n], drawn) for n, name in enumerate(NAMES))


def is_improved(found: Sequence[Gain]) -> bool:
    """Return whether a measure is surely better, and none surely worse."""
    return any(gain.low > 0 for gain in found) and not any(gain.high < 0 for gain in found)


def _gain(name: str, before: Floats, after: Floats, drawn: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> Gain:
    known = ~np.isnan(before)
    if not known.any():
        return Gain(name=name, before=None, after=None, low=0.0, high=0.0)
    counted = known[drawn]
    change = np.where(known, after - before, 0.0)[drawn]
    means = change.sum(axis=1) / np.maximum(counted.sum(axis=1), 1)
    low, high = np.percentile(means, INTERVAL).tolist()
    return Gain(name=name, before=float(before[known].mean()), after=float(after[known].mean()), low=low, high=high)


def _scores(results: Sequence[QuestionResult]) -> Floats:
    """The scores, a row a question and a column a name; not a number where the question does not tell."""
    return np.array([_scores_of_result(result) for result in results])


def _scores_of_result(result: QuestionResult) -> tuple[float, ...]:
    rank = result.rank or np.inf
    found = (float(rank <= 1), float(result.supported), 1 / rank) if result.answerable else (np.nan,) * 3
    decided = float((result.outcome == "answered") == result.answerable)
    return (*found, decided, 1 - (result.confidence - result.supported) ** 2)
