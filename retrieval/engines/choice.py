"""Which engine searches a library."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from importlib.util import find_spec

from retrieval.engines.engine import Engine
from retrieval.engines.okapi import OkapiEngine
from retrieval.errors import EngineError
from retrieval.index import Units

LARGE = 50_000
"""From how many passages on the bucketed engine is chosen. At 10,000 rank-bm25 takes 3 ms for a term it has not met and
0.3 ms after, this one 0.35 ms always; below some tens of thousands that is not worth Numba's half second to load."""


class EngineName(StrEnum):
    """The engines there are, and the choice between them by size."""

    AUTO = "auto"
    OKAPI = "okapi"
    BUCKETED = "bucketed"


def make_engine(name: EngineName, units: Units, counted: Callable[[], Sequence[Mapping[str, int]]]) -> Engine:
    """Index passages with an engine.

    Args:
        name: Which; the choice between them also asks whether Numba, which one of them needs, is installed.
        units: The terms of the passages; at least one passage.
        counted: Tells how often each passage holds each of its terms, by place.

    Raises:
        EngineError: The engine asked for cannot be used.
    """
    if name is EngineName.AUTO:
        name = EngineName.BUCKETED if len(units) >= LARGE and _has_numba() else EngineName.OKAPI
    if name is EngineName.OKAPI:
        return OkapiEngine(counted(), units.places)
    if not _has_numba():
        raise EngineError("The bucketed engine needs Numba: install policydesk[scale], or set POLICYDESK_ENGINE=auto.")
    from retrieval.engines.bucketed import BucketedEngine  # noqa: PLC0415 - Numba takes half a second to load

    return BucketedEngine.of(units)


def _has_numba() -> bool:
    return find_spec("numba") is not None
