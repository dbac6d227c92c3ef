"""The period that a question speaks of: 'in March 2023', 'since 2020', 'between 2014 and 2023', 'late 2021'."""

import datetime as dt
import re

from retrieval.dates.calendar import DaySpan, Grain
from retrieval.dates.english_readings import MONTHS
from retrieval.dates.expressions import DateExpression, find_dates
from retrieval.models import TimeSpan
from retrieval.patterns import lazy_pattern
from retrieval.text.terms import terms

_MONTH = lazy_pattern(rf"\b(?:{'|'.join(month for month in MONTHS if month != 'may')})\b")
_MAY_HOLD_YEAR = lazy_pattern(r"\d|[^\x00-\x7f]")
"""English writes the year of a period in digits; most questions hold none."""
_NO_SUCH_DAY = lazy_pattern(rf"\d\s+(?:{'|'.join(MONTHS)})\s+$", re.IGNORECASE)
"""The rest of a date that is none, before its year: '31 February'."""
_OPEN_END = lazy_pattern(r"\b(?:since|after)\s+(?:the )?$|\b(?:từ|kể từ|sau)\s+(?:năm )?$", re.IGNORECASE)
_OPEN_START = lazy_pattern(
    r"\b(?:before|until|till|by|prior to|up to)\s+(?:the )?$|\b(?:trước|đến|cho đến)\s+(?:năm )?$", re.IGNORECASE
)
_OPEN_END_BEHIND, _OPEN_START_BEHIND = lazy_pattern("以降|以後|から(?!.*まで)"), lazy_pattern("以前|まで|より前")
"""The same in Japanese, where they stand behind the date."""

REPORTED = 1900
"""From which year on articles are of the time that they tell of; an earlier year is a word to search for."""


def period_of(text: str) -> TimeSpan | None:
    """Return the period that a question names, its first and last dates joined where it names two; None for none."""
    if not _MAY_HOLD_YEAR.search(text):
        return None
    typed = _MONTH.sub(lambda month: month[0].capitalize(), text)
    dated = ((date, date.days) for date in find_dates(typed, None) if not date.is_counted)
    found: list[DateExpression] = []
    spans: list[DaySpan] = []
    for date, days in dated:
        if days is not None and days.first.year >= REPORTED and not _NO_SUCH_DAY.search(typed, 0, date.start):
            found.append(date)
            spans.append(days)
    if not spans:
        return None
    start: dt.date | None = min(span.first for span in spans)
    after: dt.date | None = max(span.last for span in spans) + dt.timedelta(days=1)
    if len(found) == 1:
        before = text[: found[0].start]
        behind = "" if spans[0].grain is Grain.RANGE else text[found[0].end :]  # '2007年から2009年まで' is whole
        if _OPEN_START.search(before) or _OPEN_START_BEHIND.match(behind):
            start, after = None, spans[0].first
        elif _OPEN_END.search(before) or _OPEN_END_BEHIND.match(behind):
            after = None
    used = " ".join(text[date.start : date.end] for date in found)
    return TimeSpan(first=start, after=after, terms=frozenset(terms(used)))
