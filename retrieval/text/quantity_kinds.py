"""What a question wants measured or named: money, a share, a duration, an extent, a date; and the word it turns on."""

import re
from enum import IntFlag, auto
from functools import lru_cache

from retrieval.text.terms import words


class QuantityKind(IntFlag):
    """What kind of figure a text holds or a question asks for."""

    SHARE = auto()
    MONEY = auto()
    DURATION = auto()
    EXTENT = auto()
    DATE = auto()


_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"

_ASKED = tuple(
    (measure, re.compile(pattern, re.IGNORECASE))
    for measure, pattern in (
        (QuantityKind.SHARE, r"percent|percentage|share|proportion|fraction|rate"),
        (
            QuantityKind.MONEY,
            r"how much|cost|price|money|salary|budget|revenue|profit|fee|fund|\b(?:paid|pay)\b|worth|value",
        ),
        (QuantityKind.DURATION, r"how (?:long|old)|\bage\b|duration"),
        (QuantityKind.EXTENT, r"how (?:far|tall|high|deep|wide|large|big)|distance|height|area|length"),
        (QuantityKind.DATE, r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade)"),
    )
)
_HELD = tuple(
    (measure, re.compile(pattern))
    for measure, pattern in (
        (QuantityKind.SHARE, r".*percent.*|cent|half|third|quarter.*|.*majority.*"),
        (QuantityKind.MONEY, r".*(?:dollar|euro|pound|million|billion).*|yen"),
        (QuantityKind.DURATION, r".*(?:year|month|week|day|hour|minute|decade|centur).*"),
        (QuantityKind.EXTENT, r".*(?:mile|kilomet|acre|hectare|square|inch).*|km|met(?:er|re)s?|feet|foot|m"),
        (QuantityKind.DATE, rf"(?:1\d|20)\d\d|{_MONTHS}|{_DAYS}|.*centur.*"),
    )
)
"""What a word, in small letters, says of the figures beside it."""
_SIGNS = (("%", int(QuantityKind.SHARE)), *((sign, int(QuantityKind.MONEY)) for sign in "$€£¥"))
_FOCUS = re.compile(
    r"\b(?:what|which)\b\s+(?:(?:is|was|are|were|(?:kind|type|sort)s? of|the|other|name of|term|two|three)\s+)*"
    r"([\w-]+)",
    re.IGNORECASE,
)


def quantity_kind_asked(question: str) -> QuantityKind | None:
    """The kind of figure that a question asks for, where it asks for one."""
    return next((measure for measure, asked in _ASKED if asked.search(question)), None)


def quantity_kinds_by_sign(passage: str) -> int:
    """The kinds of figures that signs in a passage speak of, as flags."""
    return sum(measure for measure in {measure for sign, measure in _SIGNS if sign in passage})


@lru_cache(maxsize=1 << 16)
def quantity_kind_of(word: str) -> int:
    """The kinds of figures that a word in small letters speaks of, as flags."""
    return sum(int(measure) for measure, pattern in _HELD if pattern.fullmatch(word))


def focus_of(question: str) -> str | None:
    """The term that says what kind of thing is asked for: 'city' in 'Which city ...?'.

    A passage that answers often leaves it out, and names the thing instead.
    """
    found = _FOCUS.search(question)
    named = words(found.group(1)) if found else []
    return named[0].term if named else None
