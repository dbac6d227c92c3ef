"""Which engine searches a library."""

from enum import StrEnum
from importlib.util import find_spec

from retrieval.errors import EngineError

LARGE = 50_000
"""From how many passages on the bucketed engine is chosen: both search so many in 0.4 ms (median, the ten best, terms
that rank-bm25 has met before); 10,000 in 0.31 ms beside 0.16, 100,000 in 0.38 beside 0.62 (docs/performance.md)."""


class ScorerName(StrEnum):
    """The engines there are, and the choice between them by size."""

    AUTO = "auto"
    OKAPI = "okapi"
    BUCKETED = "bucketed"


def choose_scorer(name: ScorerName, passages: int) -> ScorerName:
    """Which engine is to search a library.

    Args:
        name: Which; the choice between them also asks whether Numba, which one of them needs, is installed.
        passages: How many passages it has, about.

    Raises:
        EngineError: The engine asked for cannot be used.
    """
    if name is ScorerName.AUTO:
        return ScorerName.BUCKETED if passages >= LARGE and _has_numba() else ScorerName.OKAPI
    if name is ScorerName.BUCKETED and not _has_numba():
        raise EngineError("The bucketed engine needs Numba: install policydesk[scale], or set POLICYDESK_ENGINE=auto.")
    return name


def _has_numba() -> bool:
    return find_spec("numba") is not None
