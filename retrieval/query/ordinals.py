"""The ordinals and years of a question, which tell one thing from others like it: 'the second summit'."""

from functools import cache
from typing import NamedTuple

from retrieval.models import Query
from retrieval.patterns import lazy_pattern

ORDINALS = {word: number for number, word in enumerate(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    " sixteenth seventeenth eighteenth nineteenth twentieth".split(), 1
)}  # fmt: skip
"""The numbers of ordinals that are written out."""
_YEAR = lazy_pattern(r"(?:1[89]|20)\d\d")
_YEARS = tuple(map(str, range(1945, 2036)))
"""The years that articles tell things apart by."""


class AskedOrdinal(NamedTuple):
    """An ordinal or a year that a question names."""

    row: int  # its place among the question's terms
    others: tuple[str, ...]  # the terms for the others of its kind


def ordinals_of(query: Query) -> list[AskedOrdinal]:
    """Return the ordinals and years among a question's terms."""
    ordinals, found = _written_ordinals(), []
    for row, term in enumerate(query.terms):
        if term in ordinals:
            others = [other for other, number in ordinals.items() if number != ordinals[term]]
            found.append(AskedOrdinal(row, tuple(others)))
        elif _YEAR.fullmatch(term):
            found.append(AskedOrdinal(row, tuple(year for year in _YEARS if year != term)))
    return found


@cache
def _written_ordinals() -> dict[str, int]:
    """The numbers of ordinals, in words and in digits."""
    return ORDINALS | {f"{number}{_suffix(number)}": number for number in range(1, 100)}


def _suffix(number: int) -> str:
    return "th" if number // 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
