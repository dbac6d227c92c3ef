"""Date expressions of a text, in order, each with the days it means.

The forms of a language are a list of patterns with a reading each; those of a further language are added to `FORMS`.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from operator import attrgetter
from re import Match, Pattern
from typing import NamedTuple, TypeAlias

from retrieval.dates.calendar import DaySpan
from retrieval.dates.english import FORMS as ENGLISH

Reading: TypeAlias = Callable[[Match[str], dt.date | None], DaySpan | None]
"""The days that a match means, counted from the article's date where need be; None where that is not known."""
FORMS: tuple[tuple[Pattern[str], Reading], ...] = ENGLISH
"""The forms of all languages, those first that win over the others."""


class DateExpression(NamedTuple):
    """A date as written in a text, and the days it means."""

    start: int
    end: int
    days: DaySpan | None  # None where it is counted from an article's date that is not known
    is_counted: bool  # from the article's date, at least its year: 'on Monday', 'in March', 'May 3'


def find_dates(text: str, published: dt.date | None) -> list[DateExpression]:
    """Return the date expressions of a text, in order, none within another.

    Args:
        text: A sentence.
        published: The date of its article, from which 'last year' and 'on Monday' are counted, where known.
    """
    found: list[DateExpression] = []
    for pattern, read in FORMS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < other.end and other.start < end for other in found):
                continue
            try:
                days = read(match, published)
            except (ValueError, OverflowError):  # 'February 30', or a year that the calendar does not have
                continue
            is_counted = not match.groupdict().get("year")
            if days is not None or (is_counted and published is None):
                found.append(DateExpression(start, end, days, is_counted))
    return sorted(found, key=attrgetter("start"))


class WorkedOutDate(NamedTuple):
    """A date that a passage counts from its article's, as written there and as it is worked out."""

    written: str
    date: str  # a day, a month, a year, or the first and the last day of a range


def worked_out_dates(text: str, published: dt.date | None) -> Iterator[WorkedOutDate]:
    """Yield the dates that are counted from the article's: 'on Monday', 'last year', 'three days ago'."""
    for date in find_dates(text, published):
        if date.is_counted and date.days is not None:
            yield WorkedOutDate(text[date.start : date.end], date.days.iso().replace("/", " – "))
