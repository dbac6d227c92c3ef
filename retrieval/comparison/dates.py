"""The dates in a passage, each with the precision of its text, for comparison with another passage's."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from retrieval.dates.calendar import DaySpan, Grain
from retrieval.dates.expressions import DateExpression, find_dates

_ANY_DAYS = (dt.date(2001, 2, 13), dt.date(2007, 9, 28), dt.date(2012, 6, 6))
"""Days of different years, months and weekdays: what is said of a date is the same, whichever it is counted from."""


class DateMention(NamedTuple):
    """A date as far as it is known, and where it stands in the passage."""

    first: int | None  # first and last year it may lie in; None where no year is said
    last: int | None
    month: int | None  # 1 to 12
    day: int | None
    weekday: int | None  # Monday 0
    relative: str  # the words that count it from an unknown date ('this year' in an article without a date)
    start: int
    end: int
    days: DaySpan | None = None  # None where it is counted from a date that is not known

    def may_equal(self, other: "DateMention") -> bool:
        """Return whether two dates may be the same day, month or year, as far as each is said."""
        if self.days and other.days:
            return self.days.first <= other.days.last and other.days.first <= self.days.last
        pairs = ((self.month, other.month), (self.day, other.day), (self.weekday, other.weekday))
        return all(a is None or b is None or a == b for a, b in pairs)


def find_date_mentions(text: str, published: dt.date | None) -> list[DateMention]:
    """Return the dates of a passage, in order, none within another.

    Args:
        text: The passage.
        published: The date of its article, from which 'this year' and 'on Monday' are counted, where known.
    """
    found = find_dates(text, published)
    counted = any(date.days is None for date in found)
    guesses = [{each.start: each.days for each in find_dates(text, day)} for day in _ANY_DAYS] if counted else []
    return [_mention(text, date, [guess.get(date.start) for guess in guesses]) for date in found]


def _mention(text: str, date: DateExpression, guesses: Sequence[DaySpan | None]) -> DateMention:
    if date.days is not None:
        return DateMention(*_parts(date.days), "", date.start, date.end, date.days)
    first, last, month, day, weekday = _shared(guesses)
    is_said = any(part is not None for part in (month, day, weekday))
    relative = "" if is_said else text[date.start : date.end].lower()
    return DateMention(first, last, month, day, weekday, relative, date.start, date.end)


def _parts(days: DaySpan) -> tuple[int, int, int | None, int | None, int | None]:
    """The years, the month, the day and the weekday of days, as far as these have one."""
    first, last = days.first, days.last
    month = (
        first.month if days.grain is not Grain.YEAR and (first.year, first.month) == (last.year, last.month) else None
    )
    is_day = days.grain is Grain.DAY
    return first.year, last.year, month, first.day if is_day else None, first.weekday() if is_day else None


def _shared(guesses: Sequence[DaySpan | None]) -> list[int | None]:
    """The parts that are the same from whichever day a date is counted."""
    read = [_parts(days) for days in guesses if days is not None]
    return [values[0] if len({*values}) == 1 else None for values in zip(*read, strict=True)] or [None] * 5
