"""The period that a question speaks of: 'in March 2023', 'since 2020', 'between 2014 and 2023', 'late 2021'."""

import datetime as dt
import re
from typing import NamedTuple

from retrieval.dates.calendar import first_of
from retrieval.dates.english_readings import MONTHS, month_number
from retrieval.models import TimeSpan
from retrieval.text.terms import terms

_MONTH = "|".join(month.capitalize() for month in MONTHS) + "|" + "|".join(month for month in MONTHS if month != "may")
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_DATE = (
    rf"(?:(?P<day>{_DAY}) (?:of )?)?(?P<month>{_MONTH})(?: (?P<late_day>{_DAY}))?,? (?:of )?(?P<year>(?:19|20)\d\d)\b"
    r"|(?P<nen>(?:19|20)\d\d)年(?:(?P<gatsu>1[0-2]|0?[1-9])月(?:(?P<nichi>[12]\d|3[01]|0?[1-9])日)?)?"
    r"|(?:(?<!\w)ngày (?P<ngay>\d{1,2})(?:/| tháng ))?(?:(?<=/)|(?<= tháng )"
    r"|(?<!\w)tháng )(?P<thang>1[0-2]|0?[1-9])(?:/| năm | )"
    r"(?P<nam>(?:19|20)\d\d)\b"
    r"|(?<![\w$€£¥.,/-])(?P<alone>(?:19|20)\d\d)(?![\w%/-]|[.,]\d)"
)
_WRITTEN = re.compile(_DATE)
_OPEN_END = re.compile(
    r"\b(?:since|after)\s+(?:the )?(?:(?:early|late|mid)[ -])?$|\b(?:từ|kể từ|sau)\s+(?:năm )?$", re.IGNORECASE
)
_OPEN_START = re.compile(
    r"\b(?:before|until|till|by|prior to|up to)\s+(?:(?:early|late|mid)[ -])?$|\b(?:trước|đến|cho đến)\s+(?:năm )?$",
    re.IGNORECASE,
)
_OPEN_END_BEHIND, _OPEN_START_BEHIND = re.compile("以降|以後|から(?!.*まで)"), re.compile("以前|まで|より前")
"""The same in Japanese, where they stand behind the date."""
_PART = re.compile(r"\b(early|mid|late|first half of|second half of)[ -]$", re.IGNORECASE)
_MONTHS_OF_PART = {"early": (1, 5), "mid": (5, 9), "late": (9, 13), "first half of": (1, 7), "second half of": (7, 13)}


class _Span(NamedTuple):
    first: dt.date
    after: dt.date  # the first day after it
    start: int
    end: int


def period_of(text: str) -> TimeSpan | None:
    """Return the period that a question names, its first and last dates joined where it names two; None for none."""
    spans = [span for match in _WRITTEN.finditer(text) if (span := _span(match, text))]
    if not spans:
        return None
    first, last = spans[0], spans[-1]
    start: dt.date | None = min(span.first for span in spans)
    after: dt.date | None = max(span.after for span in spans)
    if len(spans) == 1:
        before = text[: first.start]
        start = None if _OPEN_START.search(before) or _OPEN_START_BEHIND.match(text, first.end) else start
        after = None if _OPEN_END.search(before) or _OPEN_END_BEHIND.match(text, first.end) else after
        if start is None:
            after = first.first
    used = " ".join(text[span.start : span.end] for span in (first, *spans[1:-1], last))
    return TimeSpan(first=start, after=after, terms=frozenset(terms(used)))


def _span(match: re.Match[str], text: str) -> _Span | None:
    year = int(match["year"] or match["nen"] or match["nam"] or match["alone"])
    try:
        first, after = _days(match, year, text)
    except ValueError:
        return None
    return _Span(first, after, *match.span())


def _days(match: re.Match[str], year: int, text: str) -> tuple[dt.date, dt.date]:
    if match["alone"]:
        part = _PART.search(text[: match.start()])
        begin, end = _MONTHS_OF_PART[part[1].lower()] if part else (1, 13)
        return first_of(year, begin), first_of(year, end)
    figure = match["gatsu"] or match["thang"]
    if match["nen"] and not figure:
        return first_of(year, 1), first_of(year, 13)
    month = int(figure) if figure else month_number(match["month"])
    day = match["day"] or match["late_day"] or match["nichi"] or match["ngay"]
    if day:
        only = dt.date(year, month, int(re.sub(r"\D", "", day)))
        return only, only + dt.timedelta(days=1)
    return first_of(year, month), first_of(year, month + 1)
