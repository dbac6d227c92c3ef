"""The forms of dates in Vietnamese, in the order of precedence, and the days that they mean."""

import datetime as dt
import re
from collections.abc import Callable
from functools import wraps
from re import Match

from retrieval.dates import calendar, counted
from retrieval.dates.calendar import DaySpan
from retrieval.dates.tense import tense_marks
from retrieval.patterns import lazy_pattern

_NUMBERS = {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9}
_NUMBERS |= {"mười": 10, "mười một": 11, "mười hai": 12, "giêng": 1, "chạp": 12, "vài": 3}
_PARTS = {
    "đầu": "early", "thượng tuần": "early", "giữa": "mid", "trung tuần": "mid", "cuối": "late", "hạ tuần": "late",
    "nửa đầu": "first", "nửa cuối": "second", "nửa sau": "second",
}  # fmt: skip
_STEPS = {"nay": 0, "này": 0, "ngoái": -1, "trước": -1, "qua": -1, "vừa qua": -1, "vừa rồi": -1, "rồi": -1}
_STEPS |= {"kia": -2, "tới": 1, "sau": 1, "sang": 1}
_UNITS = {"ngày": "day", "tuần": "week", "tháng": "month", "năm": "year"}
_SEASONS = {"xuân": 3, "hè": 6, "hạ": 6, "thu": 9, "đông": 12}
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "một": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4}
_WEEKDAYS = {"hai": 0, "ba": 1, "tư": 2, "năm": 3, "sáu": 4, "bảy": 5, "nhật": 6}
_YESTERDAY = "hôm qua|tối qua|đêm qua|chiều qua|sáng qua"
_NEAR_DAYS = {"hôm kia": -2, "hôm kìa": -3, "ngày mai": 1, "sáng mai": 1, "chiều mai": 1, "ngày kia": 2}

_D = r"(?:0?[1-9]|[12]\d|3[01])"
_M = r"(?:1[0-2]|0?[1-9])"
_MONTH_WORD = "(?:giêng|mười (?:một|hai)|hai|ba|tư|năm|sáu|bảy|tám|chín|mười|chạp)"
_MONTH = rf"(?P<month>{_M}(?!\d)|{_MONTH_WORD}(?!\w))"
_NUMBER_WORD = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_COUNT = rf"(?P<count>\d{{1,3}}|{_NUMBER_WORD})"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)(?![\d%]|[.,]\d)"
_NEAR_YEAR = r"năm (?P<near>nay|ngoái|kia|trước|tới|sau|vừa qua|qua)(?!\w)"
_OF_YEAR = rf"(?:(?:\s?[/.\-–]\s?|,? năm |, | ){_YEAR}|,? {_NEAR_YEAR})"
_PART = r"(?:(?P<part>nửa đầu|nửa cuối|nửa sau|thượng tuần|trung tuần|hạ tuần|đầu|giữa|cuối) )?"
_WEEKDAY_NAME = r"(?:[Tt]hứ (?:[Hh]ai|[Bb]a|[Tt]ư|[Nn]ăm|[Ss]áu|[Bb]ảy|[2-7])|[Cc]hủ [Nn]hật)"
_BEFORE_DAY = rf"(?:{_WEEKDAY_NAME},?\s+)?(?:\(?(?:ngày|hôm|sáng|trưa|chiều|tối|đêm|mùng|rạng sáng)\s+)?(?:mùng\s+)?"
_FROM_DAY = (
    rf"(?:từ )?(?:ngày )?(?P<from>{_D})(?:[/.](?P<from_month>{_M}))?\s?(?:đến|tới|[-–]|và)\s?(?:hết )?(?:ngày )?"
)
_TOLD_DAY = (
    r"(?:(?:ngày|hôm|sáng|trưa|chiều|tối|đêm|mùng|rạng sáng|đến|tới|từ)\s+(?:ngày\s+)?(?:mùng\s+)?"
    rf"|{_WEEKDAY_NAME},?\s+(?:ngày\s+)?\(?)"
)
"""Words before a day without its year: '27/11' alone may be a share."""


def _number(written: str) -> int:
    return int(written) if written.isdigit() else _NUMBERS[written.lower()]


def _said(match: Match[str], name: str) -> str:
    return (match.groupdict().get(name) or "").lower()


def _year_of(match: Match[str], published: dt.date | None) -> int | None:
    """The year that a match says, or that is counted from the article's date; None where neither is known."""
    if _said(match, "year"):
        return int(match["year"])
    if _said(match, "near") and published is not None:
        return published.year + _STEPS[_said(match, "near")]
    return None


def _with_year(reading: Callable[[Match[str], int], DaySpan]) -> Callable[[Match[str], dt.date | None], DaySpan | None]:
    """Read a form by its year; nothing where that is not known."""

    @wraps(reading)
    def read(match: Match[str], published: dt.date | None) -> DaySpan | None:
        year = _year_of(match, published)
        return None if year is None else reading(match, year)

    return read


_MARKS = lazy_pattern(
    r"\b(?:(?P<ahead>sẽ|dự kiến|sắp|kế hoạch|dự định|chuẩn bị|lên lịch|hướng tới)|đã|vừa|từng)\b", re.IGNORECASE
)
_COMING = lazy_pattern(r"\s+(?:sắp )?tới(?!\w)")


def _is_ahead(match: Match[str]) -> bool:
    """Whether a sentence speaks of what is yet to come, by the mark of the verb nearest behind a date or before it."""
    if _COMING.match(match.string, match.end()):
        return True
    marks = tense_marks(_MARKS, match.string)
    behind = marks.first_from(match.end())
    return bool(marks.last_before(match.start())) if behind is None else behind


def _part(span: DaySpan, match: Match[str]) -> DaySpan:
    part = _said(match, "part")
    return calendar.part(span, _PARTS[part]) if part else span


def _day(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read '27/11/2023', 'ngày 27 tháng 11 năm 2023', '27 tháng 11 năm ngoái' or 'ngày 27/11', or days up to that."""
    month, day, year = _number(match["month"]), int(match["day"]), _year_of(match, published)
    if year is None:
        if published is None or _said(match, "near"):
            return None
        first = counted.nearest_day(published, month, day, ahead=_is_ahead(match))
    else:
        first = dt.date(year, month, day)
    if not _said(match, "from"):
        return calendar.day(first)
    begin = dt.date(first.year, int(_said(match, "from_month") or month), int(match["from"]))
    return calendar.days(begin if begin <= first else begin.replace(year=begin.year - 1), first)


def _month(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read 'tháng 11/2023', 'đầu tháng 11 năm ngoái' or 'tháng Ba'."""
    number, year = _number(match["month"]), _year_of(match, published)
    if year is not None:
        return _part(calendar.month(year, number), match)
    if published is None or _said(match, "near"):
        return None
    return _part(counted.nearest_month(published, number, ahead=_is_ahead(match)), match)


@_with_year
def _months(match: Match[str], year: int) -> DaySpan:
    """Read 'từ tháng 4 đến tháng 6/2023'."""
    return calendar.months(year, _number(match["from"]), _number(match["month"]))


@_with_year
def _first_months(match: Match[str], year: int) -> DaySpan:
    """Read '6 tháng đầu năm 2023'."""
    return counted.first_months(year, _number(match["count"]), last=match["end"] == "cuối")


@_with_year
def _whole_year(match: Match[str], year: int) -> DaySpan:
    """Read 'năm 2023', 'năm ngoái' or 'cuối năm 2024'."""
    return _part(calendar.year(year), match)


def _season(match: Match[str], published: dt.date | None) -> DaySpan | None:
    year = _year_of(match, published)
    if year is None and published is not None:
        year = published.year + _STEPS[_said(match, "near_season") or "nay"]
    return None if year is None else counted.season(year, _SEASONS[_said(match, "season")], 3)


@_with_year
def _quarter(match: Match[str], year: int) -> DaySpan:
    said = _said(match, "quarter")
    return counted.season(year, 3 * (int(said) if said.isdigit() else _QUARTERS[said]) - 2, 3)


def _decade(match: Match[str], _: dt.date | None) -> DaySpan:
    first = int(match["year"])
    return counted.decade(first if first > 99 else 1900 + first, _PARTS.get(_said(match, "part"), ""))  # noqa: PLR2004


def _years(match: Match[str], _: dt.date | None) -> DaySpan:
    return counted.years(int(match["year"]), int(match["until"]))


def _near_unit(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read 'tháng trước', 'cuối tuần này' or 'tuần tới'."""
    if published is None:
        return None
    step = _STEPS[_said(match, "near_unit")]
    if _said(match, "unit") == "tháng":
        return _part(calendar.month(published.year, published.month + step), match)
    return counted.weekend(published, step) if _said(match, "part") == "cuối" else counted.week(published, step)


def _weekday(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read 'hôm thứ Hai' or 'Chủ nhật tuần trước'."""
    if published is None:
        return None
    name = _said(match, "weekday").split()[-1]
    number = int(name) - 2 if name.isdigit() else _WEEKDAYS[name]
    near = _said(match, "near_week")
    return counted.weekday(published, number, week=_STEPS[near] if near else None, ahead=_is_ahead(match))


def _near_day(match: Match[str], published: dt.date | None) -> DaySpan | None:
    said = " ".join(_said(match, "word").split())
    step = -1 if said in _YESTERDAY.split("|") else _NEAR_DAYS.get(said, 0)
    return None if published is None else counted.steps_away(published, step, "day")


def _away(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read '3 ngày trước', 'cách đây hai năm' or 'hai tuần nữa'."""
    if published is None:
        return None
    count = _number(match["count"])
    ahead = _said(match, "way") in {"nữa", "tới", "sau"}
    return counted.steps_away(published, count if ahead else -count, _UNITS[_said(match, "unit")])


def _past(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read '3 năm qua' or 'trong năm qua'."""
    count, unit = _said(match, "count"), _UNITS[_said(match, "unit")]
    return None if published is None else counted.past(published, _number(count) if count else 1, unit)


_THU, _SMALL_DAYS = "[Tt]hứ", "hai|ba|tư|năm|sáu|bảy|[2-7]"
_TOLD_PART = "|".join(f"(?<={word} )" for word in "hôm sáng trưa chiều tối đêm Hôm Sáng Trưa Chiều Tối Đêm".split())
_UNIT = "(?P<unit>ngày|tuần|tháng|năm)"
FORMS = tuple(
    (lazy_pattern(rf"(?<!\w){pattern}", re.IGNORECASE), reading)
    for pattern, reading in (
        # days, of one month or two, with their year or without
        (rf"{_FROM_DAY}(?P<day>{_D})(?:[/.\-]| tháng ){_MONTH}{_OF_YEAR}", _day),
        (rf"{_BEFORE_DAY}(?P<day>{_D})(?:\s?[/.\-–]\s?| tháng ){_MONTH}{_OF_YEAR}", _day),
        (rf"{_FROM_DAY}(?P<day>{_D})(?:/| tháng ){_MONTH}(?!/)", _day),
        (rf"{_TOLD_DAY}(?P<day>{_D})(?:[/\-]| tháng ){_MONTH}(?![/\-]\d|%)", _day),
        (rf"{_BEFORE_DAY}(?P<day>{_D}) tháng {_MONTH}", _day),
        # months, seasons, quarters and halves of a year
        (rf"(?:từ )?tháng (?P<from>{_M})\s?(?:đến|tới|[-–])\s?(?:tháng )?{_MONTH}{_OF_YEAR}", _months),
        (rf"{_PART}tháng {_MONTH}{_OF_YEAR}", _month),
        (rf"{_COUNT} tháng (?P<end>đầu|cuối)(?: của)?(?: năm {_YEAR}| {_NEAR_YEAR})", _first_months),
        (rf"quý (?P<quarter>[1-4]|iv|i{{1,3}}|một|hai|ba|tư|bốn){_OF_YEAR}", _quarter),
        (rf"mùa (?P<season>xuân|hè|hạ|thu|đông)(?:(?: năm)? {_YEAR}| {_NEAR_YEAR})", _season),
        (
            r"mùa (?P<season>xuân|hè|hạ|thu|đông) (?P<near_season>này|năm nay|năm ngoái|trước|vừa qua|tới)(?!\w)",
            _season,
        ),
        # years
        (
            (
                rf"{_PART}(?:(?:những|các) (?:năm )?(?:thập (?:niên|kỷ|kỉ) )?|thập (?:niên|kỷ|kỉ) )(?:năm )?"
                r"(?P<year>1\d\d0|20\d0|[2-9]0)(?![\d/])"
            ),
            _decade,
        ),
        (
            (
                rf"(?:(?:từ )?(?:năm )|giai đoạn (?:từ )?(?:năm )?|từ ){_YEAR}\s?(?:đến|tới|[-–])\s?(?:năm )?"
                r"(?P<until>(?:19|20)\d\d)(?!\d)"
            ),
            _years,
        ),
        (
            (  # 'Thứ Ba' is a day, 'thứ ba' the third
                r"(?-i:(?<!lần )(?<!đứng )(?<!hạng )(?:(?:[Hh]ôm|[Ss]áng|[Tt]rưa|[Cc]hiều|[Tt]ối|[Đđ]êm) )?"
                rf"(?P<weekday>(?:{_TOLD_PART}){_THU} (?:{_SMALL_DAYS})|{_THU} (?:{_SMALL_DAYS})(?= tuần )"
                rf"|{_THU} (?:Hai|Ba|Tư|Năm|Sáu|Bảy)|[Cc]hủ [Nn]hật)(?!\w)"
                r"(?: (?:tuần )?(?P<near_week>này|vừa qua|trước|tới|sau)(?!\w))?)"
            ),
            _weekday,
        ),
        # so many units from the article's date
        (rf"(?:trong )?(?:(?:vòng|suốt) )?{_COUNT} {_UNIT} (?:vừa qua|gần đây|qua|trở lại đây)(?!\w)", _past),
        (rf"trong (?:suốt |một )?{_UNIT} qua(?!\w)", _past),
        (rf"(?:cách đây|cách nay) (?:khoảng |gần |hơn )?{_COUNT} {_UNIT}", _away),
        (rf"{_COUNT} {_UNIT} (?P<way>trước|nữa)(?! (?:đó|khi|ngày))(?!\w)", _away),
        (rf"{_PART}năm {_YEAR}", _whole_year),
        (rf"{_PART}{_NEAR_YEAR}(?! (?:đó|khi))", _whole_year),
        (
            rf"{_PART}(?P<unit>tuần|tháng) (?P<near_unit>này|vừa qua|vừa rồi|trước|qua|tới|sau)(?!\w)",
            _near_unit,
        ),
        (rf"(?P<word>(?:hôm|sáng|trưa|chiều|tối|đêm) nay|{_YESTERDAY}|{'|'.join(_NEAR_DAYS)})(?!\w)", _near_day),
        (rf"{_PART}tháng {_MONTH}(?![/\-]\d)", _month),
    )
)
"""A pattern and its reading: a group `year` has the year where a match says one, or else its days are counted."""
