"""How rare English words are at large."""

from functools import cache
from pathlib import Path

BACKGROUND = Path(__file__).parent.parent / "tables" / "background.txt"


@cache
def background() -> dict[str, float]:
    lines = (line.split() for line in BACKGROUND.read_text(encoding="utf-8").splitlines())
    return {stem: float(idf) for idf, *stems in lines for stem in stems}
