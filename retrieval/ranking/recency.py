"""Questions that want the newest or the oldest report: how they are told, and what stands first for them."""

import datetime as dt
import re
from collections.abc import Sequence

import numpy as np

from retrieval.index.passages import Ints
from retrieval.models import Age, AgePreference
from retrieval.ranking.features import CandidateFeatures

SIMILAR = 0.8
"""Share of the untrained score of the best that a candidate must reach to be about as good (DECISIONS.md)."""

_REPORT = r"(?:reports?|reported|articles?|mention(?:s|ed)?|news|account|stor(?:y|ies))"
_ASKED_WHEN = r"\bwhen\b.*?\b(?:did|has|have|had|was|were)\b.*?"
_RULES = tuple(
    (age, re.compile(pattern, re.IGNORECASE))
    for age, pattern in (
        (
            Age.NEWEST,
            r"\b(?P<said>latest|newest|most recent(?:ly)?|recent(?:ly)?|currently|nowadays|up.to.date)\b",
        ),
        (Age.NEWEST, r"\b(?P<said>so far|right now|as of now|at present|these days|this (?:year|month|week)|today)\b"),
        (
            Age.NEWEST,
            r"\b(?:the|['’]s|is|are|its|his|her|their|our) (?P<said>current) (?!(?:in|of|from|at)\b)\w",
        ),
        (Age.NEWEST, r"\b(?:is|are|has|have|can|does|do) (?:\w+ ){0,4}?(?P<said>now)\b(?! (?:called|known?)\b)"),
        (Age.NEWEST, r"\b(?P<said>now)\?|\bwhat(?:['’]s| is) (?P<new>new)\b(?= (?:in|on|about|with|for)\b|\W*$)"),
        (Age.NEWEST, rf"{_ASKED_WHEN}\b(?P<said>last)\b(?! (?:year|month|week|night)\b)"),
        (Age.OLDEST, rf"\b(?P<said>(?:first|earliest|oldest|original) {_REPORT})\b"),
        (Age.OLDEST, rf"{_ASKED_WHEN}(?:(?<!\bthe )(?<!\bits )\b(?P<said>first)\b|\b(?P<early>earliest)\b)"),
    )
)
"""The first rule that fits decides. 'First' alone says nothing of reports: 'the first countries to receive'."""


def age_wanted(text: str) -> AgePreference | None:
    """Whether a question wants the newest or the oldest reports, and by which of its words.

    Args:
        text: The question.

    Returns:
        What it wants; None where their age does not matter.
    """
    found = ((age, rule.search(text)) for age, rule in _RULES)
    return next((AgePreference(age=age, because=match[match.lastgroup or 0]) for age, match in found if match), None)


def by_age(evidence: CandidateFeatures, dates: Sequence[dt.date | None], age: Age) -> Ints:
    """The order in which candidates are best shown to who wants the newest or the oldest.

    From the best down, those about as good as the best of the rest stand by date; one without a date counts as neither
    new nor old and stands behind them. None is overtaken by one that is much worse.

    Args:
        evidence: What speaks for the candidates, in their order by merit.
        dates: The date of each, where known.
        age: Which to prefer.

    Returns:
        Rows of the evidence, best first.
    """
    answer = evidence.column("answer")
    rows = list(range(len(dates)))
    ordered: list[int] = []
    while rows:
        best = rows[0]
        enough = SIMILAR * evidence.untrained[best]
        tier = [row for row in rows if evidence.untrained[row] >= enough and answer[row] >= answer[best]]
        ordered += sorted(tier, key=lambda row: _place(dates[row], age))
        rows = [row for row in rows if row not in tier]
    return np.array(ordered, dtype=np.int64)


def _place(day: dt.date | None, age: Age) -> int:
    """A number that grows with the place at which a date should stand."""
    if day is None:
        return dt.date.max.toordinal()
    return -day.toordinal() if age is Age.NEWEST else day.toordinal()
