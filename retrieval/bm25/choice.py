"""Which BM25 scorer searches a library."""

from enum import StrEnum
from importlib.util import find_spec

INDEXED = 4_000
"""From how many passages on a library is kept indexed and searched by MaxScore: reading so many takes half a second."""
LARGE = 50_000
"""From how many passages on the search is compiled, where Numba is installed: loading it then pays
(docs/performance.md)."""
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
    """Choose by the number of passages where the name leaves it open."""
    if name is ScorerName.AUTO:
        return ScorerName.MAX_SCORE if passages >= INDEXED else ScorerName.REFERENCE
    return name


def has_numba() -> bool:
    """Return whether Numba is installed, which compiles the search of a large library."""
    return find_spec("numba") is not None
