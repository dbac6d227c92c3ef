"""Which BM25 scorer searches a library."""

from enum import StrEnum
from importlib.util import find_spec

LARGE = 50_000
"""From how many passages on the search is compiled, where Numba is installed: loading it then pays
(docs/performance.md)."""
FORMER_NAMES = {"okapi": "reference", "bucketed": "max-score"}
"""What scorers were called before; still accepted."""


class ScorerName(StrEnum):
    """The scorers there are; `auto` is MaxScore, with an index in files where the folder is large."""

    AUTO = "auto"
    REFERENCE = "reference"
    MAX_SCORE = "max-score"

    @classmethod
    def _missing_(cls, value: object) -> "ScorerName | None":
        return cls(FORMER_NAMES[value]) if isinstance(value, str) and value in FORMER_NAMES else None


def has_numba() -> bool:
    """Return whether Numba is installed, which compiles the search of a large library."""
    return find_spec("numba") is not None
