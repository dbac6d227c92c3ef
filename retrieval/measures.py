"""What a question wants measured or named: money, a share, a duration, an extent, a date; and the word it turns on."""

import re
from enum import IntFlag, auto

from retrieval.terms import words


class Measure(IntFlag):
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
        (Measure.SHARE, r"percent|percentage|share|proportion|fraction|rate"),
        (
            Measure.MONEY,
            r"how much|cost|price|money|salary|budget|revenue|profit|fee|fund|\b(?:paid|pay)\b|worth|value",
        ),
        (Measure.DURATION, r"how (?:long|old)|\bage\b|duration"),
        (Measure.EXTENT, r"how (?:far|tall|high|deep|wide|large|big)|distance|height|area|length"),
        (Measure.DATE, r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade)"),
    )
)
_HELD = tuple(
    (measure, re.compile(pattern, re.IGNORECASE))
    for measure, pattern in (
        (Measure.SHARE, r"%|percent|per cent|\b(?:half|third)\b|\bquarter|majority"),
        (Measure.MONEY, r"[$€£¥]|dollar|euro|pound|yen|million|billion"),
        (Measure.DURATION, r"year|month|week|day|hour|minute|decade|centur"),
        (Measure.EXTENT, r"mile|km|kilomet|met(?:er|re)s?|feet|foot|\bm\b|acre|hectare|square|inch"),
        (Measure.DATE, rf"\b(?:1\d|20)\d\d\b|\b(?:{_MONTHS}|{_DAYS})\b|centur"),
    )
)
_FOCUS = re.compile(
    r"\b(?:what|which)\b\s+(?:(?:is|was|are|were|(?:kind|type|sort)s? of|the|other|name of|term|two|three)\s+)*"
    r"([\w-]+)",
    re.IGNORECASE,
)


def measure_asked(question: str) -> Measure | None:
    """The kind of figure that a question asks for, where it asks for one."""
    return next((measure for measure, asked in _ASKED if asked.search(question)), None)


def measures_in(passage: str) -> Measure:
    """The kinds of figures that a passage holds."""
    held = Measure(0)
    for measure, pattern in _HELD:
        if pattern.search(passage):
            held |= measure
    return held


def focus_of(question: str) -> str | None:
    """The term that says what kind of thing is asked for: 'city' in 'Which city ...?'.

    A passage that answers often leaves it out, and names the thing instead.
    """
    found = _FOCUS.search(question)
    named = words(found.group(1)) if found else []
    return named[0].term if named else None
