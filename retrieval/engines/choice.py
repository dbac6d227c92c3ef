"""Which engine searches a library."""

from enum import StrEnum
from importlib.util import find_spec

from retrieval.errors import EngineError

LARGE = 50_000
"""From how many passages on the bucketed engine is chosen. At 10,000 rank-bm25 takes 3 ms for a term it has not met and
0.3 ms after, this one 0.35 ms always; below some tens of thousands that is not worth Numba's half second to load."""


class EngineName(StrEnum):
    """The engines there are, and the choice between them by size."""

    AUTO = "auto"
    OKAPI = "okapi"
    BUCKETED = "bucketed"


def choose_engine(name: EngineName, passages: int) -> EngineName:
    """Which engine is to search a library.

    Args:
        name: Which; the choice between them also asks whether Numba, which one of them needs, is installed.
        passages: How many passages it has, about.

    Raises:
        EngineError: The engine asked for cannot be used.
    """
    if name is EngineName.AUTO:
        return EngineName.BUCKETED if passages >= LARGE and _has_numba() else EngineName.OKAPI
    if name is EngineName.BUCKETED and not _has_numba():
        raise EngineError("The bucketed engine needs Numba: install policydesk[scale], or set POLICYDESK_ENGINE=auto.")
    return name


def _has_numba() -> bool:
    return find_spec("numba") is not None
