"""The order of candidates for a question that wants the newest or the oldest reports."""

import datetime as dt
from collections.abc import Sequence

import numpy as np

from retrieval.arrays import Flags, Ints
from retrieval.models import Age
from retrieval.ranking.features import CandidateFeatures

SIMILAR = 0.8
"""Share of the best untrained score from which a candidate is about as good (docs/decisions/retrieval.md)."""


def order_by_age(candidates: CandidateFeatures, dates: Sequence[dt.date | None], age: Age, named: Flags) -> Ints:
    """Return the rows of candidates, best first, for a question that wants the newest or the oldest.

    From the best down, those about as good as the best of the rest stand by date; one without a date counts as neither
    new nor old and stands behind them. None is overtaken by one that is much worse, or that holds far less of the names
    and so does its title: the newest report on Indonesia is none on India.

    Args:
        candidates: In their order by merit.
        dates: The date of each, where known.
        age: Which to prefer.
        named: Which of the question's terms are names.
    """
    answer, untrained = candidates.column("answer"), candidates.untrained
    weights = candidates.weights * named
    held = (np.maximum(candidates.levels, candidates.titles) > 0) @ weights
    rows = list(range(len(dates)))
    ordered: list[int] = []
    while rows:
        best = rows[0]
        tier = [
            row
            for row in rows
            if untrained[row] >= SIMILAR * untrained[best]
            and answer[row] >= answer[best]
            and held[row] >= SIMILAR * held[best]
        ]
        by_date = sorted((_date_rank(dates[row], age), place, row) for place, row in enumerate(tier))
        ordered += [row for _, _, row in by_date]
        rows = [row for row in rows if row not in tier]
    return np.array(ordered, dtype=np.int64)


def _date_rank(day: dt.date | None, age: Age) -> int:
    """A number that grows with the place at which a date should stand."""
    if day is None:
        return dt.date.max.toordinal()
    return -day.toordinal() if age is Age.NEWEST else day.toordinal()
