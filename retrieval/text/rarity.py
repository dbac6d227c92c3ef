"""How rare a term is in English at large: what tells 'president' from 'chlorophyll' in a library of five articles."""

from functools import cache
from pathlib import Path

BACKGROUND = Path(__file__).parent.parent / "tables" / "background.txt"
RAREST = 13.0
"""Background idf of a term that the table does not hold: a little more than its rarest."""


@cache
def background() -> dict[str, float]:
    """Return the idf of 20,000 English stems (see `retrieval.training.build_tables`)."""
    lines = (line.split() for line in BACKGROUND.read_text(encoding="utf-8").splitlines())
    return {stem: float(idf) for idf, *stems in lines for stem in stems}
