"""The terms of the names in the tables of places and of aliases, by a table, so that no question waits for them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from retrieval.text.terms import terms

NAME_TERMS = Path(__file__).parent.parent / "tables" / "name_terms.txt"


def name_terms(name: str) -> tuple[str, ...]:
    """Return the terms of a name."""
    known = _known().get(name)
    return tuple(terms(name)) if known is None else known


@cache
def _known() -> Mapping[str, tuple[str, ...]]:
    lines = (line.split("\t") for line in NAME_TERMS.read_text(encoding="utf-8").splitlines() if line[0] != "#")
    return {name: tuple(written.split()) for name, written in lines}
