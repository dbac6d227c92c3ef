"""The days that a date in English means, counted from the article's date where it says no year."""

import datetime as dt
import re
from re import Match

from retrieval.dates import calendar
from retrieval.dates.calendar import DaySpan
from retrieval.dates.tense import looks_ahead
from retrieval.patterns import lazy_pattern

MONTHS = "january february march april may june july august september october november december".split()
DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
ONES = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
ONES += "seventeen eighteen nineteen".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBERS = {word: number for number, word in enumerate(ONES, 1)}
_NUMBERS |= {word: number for number, word in zip(range(20, 100, 10), TENS, strict=True)}
_PARTS = {
    "beginning": "early", "start": "early", "middle": "mid", "end": "late", "latter": "second", "early": "early",
    "mid": "mid", "late": "late", "first": "first", "second": "second", "earlier": "earlier", "later": "later",
}  # fmt: skip
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 14)}
_QUARTERS = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "final": 3}
_DAYS_OF_UNIT = {"day": 1, "week": 7, "fortnight": 14}
_STEPS = {"this": 0, "last": -1, "past": -1, "previous": -1, "the previous": -1, "next": 1, "coming": 1}
_BEFORE_MONTH = (
    r"in|for|from|to|before|after|during|since|by|until|through|of|and|this|last|past|next|an?|the|its|their|his|her"
    r"|our|In|From|Since|By|During|Last|This|Next|Until|A|An|The|After|Before"
)
_INTRODUCED = lazy_pattern(rf"(?:\b(?:{_BEFORE_MONTH})|[’']s)\s(?:as early as\s|[Ll]ate\s|[Ee]arly\s)?$")
"""How the words before the bare name of a month end."""
_NEAR = 40
"""Within how many characters before the name these words stand."""
_NOT_NAMED = lazy_pattern(r"\s(?:I|we)\b")
_SHORTENED = 3
_SOON, _LONG_AGO = 60, 300
"""A day without a year that comes within so many days is meant, where the last such day is longer ago than that."""


def month_number(name: str) -> int:
    """Return the number of a month by its name, whole or short."""
    return 1 + next(n for n, each in enumerate(MONTHS) if each.startswith(name.lower().rstrip(".")[:3]))


def _said(match: Match[str], name: str) -> str:
    return (match.groupdict().get(name) or "").lower()


def _year_of(match: Match[str], published: dt.date | None) -> int | None:
    """The year that a match says, in figures or counted from the article's date; None where it says none."""
    if _said(match, "year"):
        return int(match["year"])
    near = _said(match, "near")
    if near in _STEPS and published is not None:
        return published.year + _STEPS[near]
    return None


def iso(match: Match[str], published: dt.date | None) -> DaySpan:
    """Read '2014-09-09'."""
    del published
    return calendar.day(dt.date(int(match["year"]), int(match["number"]), int(match["day"])))


def day_of_month(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read 'May 3', 'May 3, 2010' or '3 May'."""
    number, day = month_number(match["month"]), int(match["day"])
    if _said(match, "year") or _said(match, "near"):
        year = _year_of(match, published)
        return None if year is None else calendar.day(dt.date(year, number, day))
    if published is None:
        return None
    return calendar.day(_nearest(match, published, number, day))


def _nearest(match: Match[str], published: dt.date, number: int, day: int) -> dt.date:
    """The day of a year that is not said: the last one before the article, or the next where the sentence looks ahead.

    The weekday beside it, where there is one, decides.
    """
    around = [found for step in (-1, 0, 1) if (found := _date(published.year + step, number, day))]
    if not around:
        raise ValueError
    weekday = _said(match, "weekday")
    on_weekday = [each for each in around if weekday and DAYS[each.weekday()] == weekday]
    if len(on_weekday) == 1:
        return on_weekday[0]
    before = [each for each in around if each <= published]
    after = [each for each in around if each >= published]
    if looks_ahead(match.string, *match.span()) and after:
        return after[0]
    if not before or (after and (after[0] - published).days <= _SOON and (published - before[-1]).days > _LONG_AGO):
        return after[0]
    return before[-1]


def _date(year: int, number: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, number, day)
    except ValueError:
        return None


def day_range(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read 'July 11–13', 'June 23 and 24' or 'January 13 to January 17'."""
    first = day_of_month(match, published)
    if first is None:
        return None
    number = month_number(match["until_month"]) if _said(match, "until_month") else first.first.month
    day = int(_said(match, "until_day") or match["until"])
    if number < first.first.month and _said(match, "year"):  # 'December 30 to January 2, 2023'
        return calendar.days(first.first.replace(year=first.first.year - 1), dt.date(first.first.year, number, day))
    last = dt.date(first.first.year + (number < first.first.month), number, day)
    return calendar.days(first.first, last) if last > first.first else None


def month(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read 'March 2014', 'late September', 'October this year', or 'in June'."""
    number = month_number(match["month"])
    year = _year_of(match, published)
    has_year = bool(_said(match, "year")) or "year" in match.group()
    if not has_year:
        if not _is_month(match):
            raise ValueError
        if published is None:
            return None
        year = _year_of_month(match, published, number)
    return None if year is None else _part(calendar.month(year, number), match, published)


def _is_month(match: Match[str]) -> bool:
    """Whether a month's name alone is a month: not a surname, nor 'May I' or 'March on'."""
    near = match.string[max(0, match.start() - _NEAR) : match.start()]
    is_introduced = bool(_said(match, "near") or _said(match, "part")) or _INTRODUCED.search(near) is not None
    name = match["month"]
    if len(name.rstrip(".")) <= _SHORTENED and name != "May":
        return is_introduced and name.endswith(".")
    return is_introduced and _NOT_NAMED.match(match.string, match.end()) is None


def _year_of_month(match: Match[str], published: dt.date, number: int) -> int:
    near = _said(match, "near")
    if near == "this":
        return published.year
    if near in {"last", "past", "this past"}:
        return published.year - (number >= published.month)
    if near == "next":
        return published.year + (number <= published.month)
    if looks_ahead(match.string, *match.span()):
        return published.year + (number < published.month)
    return published.year - (number > published.month)


def _part(span: DaySpan, match: Match[str], published: dt.date | None) -> DaySpan | None:
    """The part of a year or month that is said, or all of it."""
    said = next((_PARTS[word] for word in _said(match, "part").split() if word in _PARTS), "")
    if said in {"earlier", "later"}:
        if published is None or not span.first <= published <= span.last:
            return span
        return calendar.days(span.first, published) if said == "earlier" else calendar.days(published, span.last)
    return calendar.part(span, said) if said else span


def month_range(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read 'March to June 2021'."""
    year = _year_of(match, published)
    first, last = month_number(match["month"]), month_number(match["until_month"])
    if year is None:
        return None
    return calendar.months(year - (last < first), first, last + 12 * (last < first))


def season(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read 'spring 2022', 'this fall' or 'last winter', as they are north of the equator."""
    first, last = _SEASONS[_said(match, "season")]
    year = _year_of(match, published)
    if year is None:
        return None
    if _said(match, "year") or "year" in match.group() or published is None:
        return calendar.months(year, first, last)
    begins = [calendar.months(published.year + step, first, last) for step in (-2, -1, 0, 1)]
    near = _said(match, "near")
    if near == "this":
        return next(
            (each for each in begins if each.last >= published and each.first.year == published.year), begins[2]
        )
    return (
        [e for e in begins if e.last < published][-1]
        if near != "next"
        else next(e for e in begins if e.first > published)
    )


def quarter(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read 'first quarter of 2024' or 'Q3 2022'."""
    year = _year_of(match, published)
    short = _said(match, "short")
    number = int(short[1]) - 1 if short else _QUARTERS[_said(match, "quarter")]
    return None if year is None else calendar.months(year, 3 * number + 1, 3 * number + 3)


def decade(match: Match[str], published: dt.date | None) -> DaySpan:
    """Read '1980s' or 'early 1980s'."""
    del published
    first = int(match["year"])
    begin, end = {"early": (0, 3), "mid": (4, 6), "late": (7, 9)}.get(_said(match, "part"), (0, 9))
    return calendar.days(dt.date(first + begin, 1, 1), dt.date(first + end, 12, 31))


def year_range(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read '2014-15' or 'between 2014 and 2023'."""
    del published
    first, until = int(match["year"]), match["until"]
    last = int(str(first)[: 4 - len(until)] + until)
    if last <= first:
        raise ValueError
    return calendar.days(dt.date(first, 1, 1), dt.date(last, 12, 31))


def year(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read '2019', 'last year', 'earlier this year' or 'the end of 2011'."""
    year = _year_of(match, published)
    return None if year is None else _part(calendar.year(year), match, published)


def _count(match: Match[str]) -> int:
    said = _said(match, "count") or "a"
    if said in {"a", "an"}:
        return 1
    return int(said) if said.isdigit() else sum(_NUMBERS[word] for word in re.split("[ -]", said))


def ago(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read 'two weeks ago', as exactly as the unit says."""
    if published is None:
        return None
    count, unit = _count(match), _said(match, "unit")
    if unit == "year":
        return calendar.year(published.year - count)
    if unit == "month":
        then = calendar.months_later(published, -count)
        return calendar.month(then.year, then.month)
    return calendar.day(published - dt.timedelta(days=count * _DAYS_OF_UNIT[unit]))


def past_units(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """The days from so many years, months, weeks or days before the article up to it."""
    if published is None:
        return None
    count, unit = _count(match), _said(match, "unit")
    if unit in {"year", "month"}:
        return calendar.days(calendar.months_later(published, -count * (12 if unit == "year" else 1)), published)
    return calendar.days(published - dt.timedelta(days=count * _DAYS_OF_UNIT[unit]), published)


def near_unit(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read 'last week', 'this weekend' or 'next month'."""
    if published is None:
        return None
    step, unit = _STEPS[_said(match, "near")], _said(match, "unit")
    if unit == "month":
        return _part(calendar.month(published.year, published.month + step), match, published)
    found = calendar.week(published + dt.timedelta(days=7 * step))
    if unit == "weekend":
        saturday = found.first + dt.timedelta(days=5)
        if _said(match, "near") == "this" and saturday > published and not looks_ahead(match.string, *match.span()):
            saturday -= dt.timedelta(days=7)
        return calendar.days(saturday, saturday + dt.timedelta(days=1))
    return _part_of_week(found, match, published)


def _part_of_week(span: DaySpan, match: Match[str], published: dt.date) -> DaySpan:
    said = _said(match, "part")
    if said == "earlier" and span.first <= published <= span.last:
        return calendar.days(span.first, published)
    return calendar.days(published, span.last) if said == "later" and span.first <= published <= span.last else span


def near_day(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read 'today', 'yesterday' or 'last night'."""
    if published is None:
        return None
    step = {"yesterday": -1, "last night": -1, "tomorrow": 1}.get(" ".join(_said(match, "word").split()), 0)
    return calendar.day(published + dt.timedelta(days=step))


def weekday(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """The last such day up to the article, or the next where the sentence looks ahead."""
    if published is None:
        return None
    back = (published.weekday() - DAYS.index(_said(match, "weekday"))) % 7
    near = _said(match, "near")
    if near in {"last", "this past"}:
        return calendar.day(published - dt.timedelta(days=back or 7))
    is_ahead = near == "next" or looks_ahead(match.string, *match.span())
    return calendar.day(published + dt.timedelta(days=(-back) % 7 if is_ahead else -back))
