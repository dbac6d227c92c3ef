"""Which BM25 scorer searches a library."""

from enum import StrEnum
from importlib.util import find_spec

from retrieval.errors import EngineError

LARGE = 50_000
"""From how many passages on MaxScore is chosen: both search so many in 0.4 ms (median, the ten best, terms that
rank-bm25 has met before); 10,000 in 0.31 ms beside 0.16, 100,000 in 0.38 beside 0.62 (docs/performance.md)."""
FORMER_NAMES = {"okapi": "reference", "bucketed": "max-score"}
"""What scorers were called before; still accepted."""


class ScorerName(StrEnum):
    """The scorers there are, and the choice between them by size."""

    AUTO = "auto"
    REFERENCE = "reference"
    MAX_SCORE = "max-score"

    @classmethod
    def _missing_(cls, value: object) -> "ScorerName | None":
        return cls(FORMER_NAMES[value]) if isinstance(value, str) and value in FORMER_NAMES else None


def choose_scorer(name: ScorerName, passages: int) -> ScorerName:
    """Choose by the number of passages where the name leaves it open; MaxScore needs Numba.

    Raises:
        EngineError: MaxScore was named, and Numba is not installed.
    """
    if name is ScorerName.AUTO:
        return ScorerName.MAX_SCORE if passages >= LARGE and _has_numba() else ScorerName.REFERENCE
    if name is ScorerName.MAX_SCORE and not _has_numba():
        raise EngineError("The max-score engine needs Numba: install policydesk[scale], or set POLICYDESK_ENGINE=auto.")
    return name


def _has_numba() -> bool:
    return find_spec("numba") is not None
