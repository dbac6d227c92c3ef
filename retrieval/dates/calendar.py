"""Spans of days by their grain: years, months, weeks, and parts of them."""

import datetime as dt
from enum import StrEnum
from typing import NamedTuple


class Grain(StrEnum):
    """How exactly a date is said."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    RANGE = "range"


class DaySpan(NamedTuple):
    """Days from a first to a last, both included."""

    grain: Grain
    first: dt.date
    last: dt.date

    def iso(self) -> str:
        """The span as ISO 8601 writes its day, month or year; a range as its first and last day."""
        if self.grain is Grain.RANGE:
            return f"{self.first}/{self.last}"
        return str(self.first)[: {Grain.DAY: 10, Grain.MONTH: 7, Grain.YEAR: 4}[self.grain]]


_PARTS_OF_YEAR = {"early": (1, 4), "mid": (5, 8), "late": (9, 12), "first": (1, 6), "second": (7, 12)}
_PARTS_OF_MONTH = {"early": (1, 10), "mid": (11, 20), "late": (21, 31), "first": (1, 15), "second": (16, 31)}
_MONTHS = 12
_DAYS = 7


def day(value: dt.date) -> DaySpan:
    """Return one day."""
    return DaySpan(Grain.DAY, value, value)


def month(year: int, number: int) -> DaySpan:
    """Return a month; 0 is the December before, 13 the January after."""
    first = first_of(year, number)
    return DaySpan(Grain.MONTH, first, first_of(year, number + 1) - dt.timedelta(days=1))


def year(number: int) -> DaySpan:
    """Return a year."""
    return DaySpan(Grain.YEAR, dt.date(number, 1, 1), dt.date(number, 12, 31))


def months(year_: int, first: int, last: int) -> DaySpan:
    """Return the months of a year from one to another, which may lie in the next year."""
    return days(first_of(year_, first), month(year_, last).last)


def days(first: dt.date, last: dt.date) -> DaySpan:
    """Return the days from one to another."""
    return DaySpan(Grain.RANGE, first, last)


def week(of: dt.date) -> DaySpan:
    """Return the week of a day, from Monday on."""
    monday = of - dt.timedelta(days=of.weekday())
    return days(monday, monday + dt.timedelta(days=_DAYS - 1))


def part(span: DaySpan, name: str) -> DaySpan:
    """Return a part of a year or month: early, mid, late, its first or second half."""
    if span.grain is Grain.YEAR:
        return months(span.first.year, *_PARTS_OF_YEAR[name])
    begin, end = _PARTS_OF_MONTH[name]
    return days(span.first.replace(day=begin), span.first.replace(day=min(end, span.last.day)))


def months_later(value: dt.date, count: int) -> dt.date:
    """Return the day so many months later, or the last of that month."""
    first = first_of(value.year, value.month + count)
    return first.replace(day=min(value.day, month(first.year, first.month).last.day))


def first_of(year_: int, number: int) -> dt.date:
    """Return the first day of a month; 0 is the December before, 13 the January after."""
    return dt.date(year_ + (number - 1) // _MONTHS, (number - 1) % _MONTHS + 1, 1)
