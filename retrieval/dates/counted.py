"""Days, months and weekdays that are said without their year, counted from an article's date."""

import datetime as dt
from collections.abc import Iterable

from retrieval.dates import calendar
from retrieval.dates.calendar import DaySpan

_SOON, _LONG_AGO = 60, 300
"""A day without a year that comes within so many days is meant, where the last such day is longer ago than that."""
_DAYS_OF_UNIT = {"day": 1, "week": 7}
_MONTHS_OF_UNIT = {"month": 1, "year": 12}
_WEEK, _YEAR = 7, 12


def nearest_day(published: dt.date, month: int, day: int, *, ahead: bool) -> dt.date:
    """Return the last such day up to the article, or the next where the sentence looks ahead."""
    return _nearest(_days((published.year + step, month, day) for step in (-1, 0, 1)), published, ahead=ahead)


def nearest_of_month(published: dt.date, day: int, *, ahead: bool) -> dt.date:
    """Return the last such day of any month up to the article, or the next where the sentence looks ahead."""
    around = [calendar.first_of(published.year, published.month + step) for step in (-2, -1, 0, 1, 2)]
    found = list(_days((month.year, month.month, day) for month in around))
    if ahead and (after := [each for each in found if each >= published]):
        return after[0]
    return [each for each in found if each <= published][-1]


def _days(parts: Iterable[tuple[int, int, int]]) -> Iterable[dt.date]:
    for year, month, day in parts:
        if day <= calendar.month(year, month).last.day:
            yield dt.date(year, month, day)


def _nearest(days: Iterable[dt.date], published: dt.date, *, ahead: bool) -> dt.date:
    around = list(days)
    before = [each for each in around if each <= published]
    after = [each for each in around if each >= published]
    if not after:
        return before[-1]
    is_soon = (after[0] - published).days <= _SOON
    if ahead or not before or (is_soon and (published - before[-1]).days > _LONG_AGO):
        return after[0]
    return before[-1]


def nearest_month(published: dt.date, month: int, *, ahead: bool) -> DaySpan:
    """Return the last such month up to the article's, or the next where the sentence looks ahead."""
    year = published.year
    if ahead and month < published.month:
        year += 1
    if not ahead and month > published.month:
        year -= 1
    return calendar.month(year, month)


def weekday(published: dt.date, number: int, *, week: int | None, ahead: bool) -> DaySpan:
    """Return a weekday (Monday is 0): of a week counted from the article's, or the nearest where none is said."""
    back = (published.weekday() - number) % _WEEK
    if week is not None:
        monday = published - dt.timedelta(days=published.weekday())
        return calendar.day(monday + dt.timedelta(days=_WEEK * week + number))
    return calendar.day(published + dt.timedelta(days=(-back) % _WEEK if ahead else -back))


def steps_away(published: dt.date, count: int, unit: str) -> DaySpan:
    """Return the day, month or year so many units after the article, before it where the count is negative."""
    if unit == "year":
        return calendar.year(published.year + count)
    if unit == "month":
        then = calendar.months_later(published, count)
        return calendar.month(then.year, then.month)
    return calendar.day(published + dt.timedelta(days=count * _DAYS_OF_UNIT[unit]))


def past(published: dt.date, count: int, unit: str) -> DaySpan:
    """Return the days from so many units before the article up to it."""
    if unit in _MONTHS_OF_UNIT:
        return calendar.days(calendar.months_later(published, -count * _MONTHS_OF_UNIT[unit]), published)
    return calendar.days(published - dt.timedelta(days=count * _DAYS_OF_UNIT[unit]), published)


def week(published: dt.date, step: int) -> DaySpan:
    """Return a week counted from the article's, from Monday on."""
    return calendar.week(published + dt.timedelta(days=_WEEK * step))


def weekend(published: dt.date, step: int) -> DaySpan:
    """Return the Saturday and the Sunday of a week counted from the article's."""
    last = week(published, step).last
    return calendar.days(last - dt.timedelta(days=1), last)


def season(year: int, first: int, count: int) -> DaySpan:
    """Return so many months of a year from the first on."""
    return calendar.months(year, first, first + count - 1)


def half(year: int, *, second: bool) -> DaySpan:
    """Return the first or the second half of a year."""
    return calendar.part(calendar.year(year), "second" if second else "first")


def first_months(year: int, count: int, *, last: bool) -> DaySpan:
    """Return the first so many months of a year, or the last."""
    return calendar.months(year, _YEAR - count + 1, _YEAR) if last else calendar.months(year, 1, count)


def decade(first: int, part: str = "") -> DaySpan:
    """Return the ten years from a first one on, or their early, middle or late ones."""
    begin, end = {"early": (0, 3), "mid": (4, 6), "late": (7, 9), "first": (0, 4), "second": (5, 9)}.get(part, (0, 9))
    return calendar.days(dt.date(first + begin, 1, 1), dt.date(first + end, 12, 31))


def years(first: int, last: int) -> DaySpan:
    """Return the years from one to another."""
    if last <= first:
        raise ValueError
    return calendar.days(dt.date(first, 1, 1), dt.date(last, 12, 31))
