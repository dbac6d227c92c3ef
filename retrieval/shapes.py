"""What the words of a passage look like: names, numbers, dates, places; the passage itself: a question, a reason."""

import json
import re
from collections.abc import Sequence
from enum import IntFlag, auto
from functools import cache, lru_cache
from pathlib import Path

from retrieval.terms import Word

PLACES = Path(__file__).parent / "tables" / "places.json"


class WordShape(IntFlag):
    """What a word may be the answer to."""

    NAME = auto()
    NUMBER = auto()
    DATE = auto()
    PLACE = auto()


class PassageShape(IntFlag):
    """What a passage is besides its words."""

    QUESTION = auto()
    POINTS_BACK = auto()
    REASON = auto()


_MONTHS = frozenset(
    "january february april june july august september october november december jan feb apr jun jul aug sep sept oct"
    " nov dec".split()
)
_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow tonight".split())
_PERIODS = frozenset("century centuries decade decades".split())
_NUMBERS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands"
    " million millions billion billions trillion dozen dozens half third quarter double twice several both first second"
    " fourth fifth sixth seventh eighth ninth tenth".split()
)
_YEAR = re.compile(r"(?:1\d|20)\d\d(?:s|['’]s)?")
_BEFORE_PLACE = re.compile(
    r"\b(?:in|at|from|near|to|into|around|outside|across|throughout)\s+(?:the\s+)?$", re.IGNORECASE
)
_REASON = re.compile(
    r"\b(?=[abcdfiorst])(?:because|due to|owing to|in order to|so that|since|as a result|thanks to|reasons?|caused?"
    r"|therefore|thus|in response|aim(?:s|ed)?|for \w+ing)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(r"\W*(?:he|she|it|they|this|these|his|her|their|its|that|such)\b", re.IGNORECASE)


def word_shapes(text: str, words: Sequence[Word]) -> list[int]:
    """What each word of a passage may be the answer to.

    Args:
        text: The passage.
        words: Its words.

    Returns:
        One `WordShape` a word, as a plain number; 0 for an ordinary one.
    """
    return [_shape(text, word, first=place == 0) for place, word in enumerate(words)]


def passage_shape(text: str) -> PassageShape:
    """What a passage is besides its words."""
    shape = PassageShape(0)
    if text.rstrip(" \"'”’)").endswith("?"):
        shape |= PassageShape.QUESTION
    if _POINTS_BACK.match(text):
        shape |= PassageShape.POINTS_BACK
    if _REASON.search(text):
        shape |= PassageShape.REASON
    return shape


_NAME, _DATE, _PLACE = int(WordShape.NAME), int(WordShape.DATE), int(WordShape.PLACE)


def _shape(text: str, word: Word, *, first: bool) -> int:
    shape, capital = _fixed_shape(text[word.start : word.end])
    if not capital or shape & _DATE:
        return shape
    if not first:
        shape |= _NAME
    if _BEFORE_PLACE.search(text, max(0, word.start - 16), word.start):
        shape |= _PLACE
    return shape


@lru_cache(maxsize=1 << 16)
def _fixed_shape(written: str) -> tuple[int, bool]:
    """What a word is wherever it stands, and whether it is capitalised."""
    lower, shape = written.lower(), WordShape(0)
    if lower in _NUMBERS or any(c.isdigit() for c in written):
        shape |= WordShape.NUMBER
    if lower in _MONTHS or lower in _DAYS or lower in _PERIODS or _YEAR.fullmatch(lower):
        shape |= WordShape.DATE
    if written[:1].isupper() and lower.removesuffix("'s").removesuffix("’s") in place_words():
        shape |= WordShape.PLACE
    return int(shape), written[:1].isupper()


@cache
def place_groups() -> tuple[tuple[str, ...], ...]:
    """Names that stand for the same country, its people and capital among them (see `retrieval.training.tables`)."""
    return tuple(tuple(group) for group in json.loads(PLACES.read_text(encoding="utf-8")))


@cache
def place_words() -> frozenset[str]:
    """Words in lower case that name a country or capital by themselves."""
    return frozenset(name.lower() for group in place_groups() for name in group if " " not in name)
