"""Words of English that mean nearly the same, or go together: 'worry' and 'concern', 'educate' and 'school'."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from retrieval.text.rarity import TABLES

TABLE = TABLES / "near_words.txt"


class NearTerm(NamedTuple):
    """Another term, and how near it is in meaning, 0 to 1."""

    term: str
    nearness: float


@cache
def _table() -> dict[str, str]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines)


@lru_cache(maxsize=1 << 14)
def near_terms(term: str) -> Sequence[NearTerm]:
    """Return the terms near a term in meaning, the nearest first (`retrieval.training.build_near_words`)."""
    pairs = (pair.split(":") for pair in _table().get(term, "").split())
    return [NearTerm(other, int(percent) / 100) for other, percent in pairs]
