"""The event of a sentence: the day that it speaks of, as written and as resolved."""

import re
import unicodedata
from typing import NamedTuple

from retrieval.dates.calendar import DaySpan, Grain
from retrieval.dates.expressions import DateExpression, find_dates
from retrieval.models import Passage
from retrieval.patterns import lazy_pattern
from retrieval.reading.quote_context import is_headline
from retrieval.text.answer_shapes import PassageShape, passage_shape

_MAY_DATE = lazy_pattern(
    r"\d{4}|\b(?-i:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|day\b|days\b|\bago\b|year|month|week|\bto(?:day|morrow|night)"
    r"|[年月日週曜]|きょう|きのう|おととい|あした|あす|あさって"
    r"|\b(?:ngày|tháng|năm|hôm|tuần|thứ|nhật|quý|mùa|sáng|trưa|chiều|tối|đêm|thập)\b",
    re.IGNORECASE,
)
"""Every text with a date holds one of these; the forms themselves take longer to look for."""
_BACKGROUND = lazy_pattern(
    r"\b(?:anniversary|(?:Act|Agenda|Vision|Plan|Strategy|Convention|Resolution|Olympics?|Games|Summit|levels?|budget)"
    r"(?: Act)?(?: of| for)?|(?:\d+|\w+(?:ty|teen)) years of)\s*$"
)
"""Words before a year that is part of a name or of a measure."""
_NAME_BEHIND = lazy_pattern(
    r"\s+(?:Strategy|Agenda|Vision|Plan|Goals?|Roadmap|White Paper|levels?|net[ -]zero|targets?)\b"
)
"""Words behind a year that is part of a name or of a measure."""
_READ = 2_000


class Event(NamedTuple):
    """A sentence with the day that it speaks of."""

    passage: Passage
    date: DateExpression

    @property
    def days(self) -> DaySpan | None:
        """The days; None where they are counted from the date of an article that has none."""
        return self.date.days

    @property
    def written(self) -> str:
        """The date as the sentence has it."""
        return self.passage.shown[self.date.start : self.date.end]


def event_of(passage: Passage) -> Event | None:
    """Return the event that a sentence tells of; None of a question, a headline or a sentence without a day."""
    text = passage.shown
    if len(text) > _READ or not _MAY_DATE.search(unicodedata.normalize("NFC", text)):
        return None
    if is_headline(passage) or passage_shape(text) & PassageShape.QUESTION:
        return None
    dates = [date for date in find_dates(text, passage.date) if not _is_name(text, date)]
    return Event(passage, min(dates, key=_rank)) if dates else None


def _is_name(text: str, date: DateExpression) -> bool:
    return _BACKGROUND.search(text, 0, date.start) is not None or _NAME_BEHIND.match(text, date.end) is not None


def _rank(date: DateExpression) -> tuple[int, int]:
    """The first date said in a sentence comes first, but one of many years behind any other."""
    days = date.days
    is_long = days is not None and days.grain is Grain.RANGE and (days.last - days.first).days > _LONG
    return is_long, date.start


_LONG = 366
"""From how many days on a range is the background of an event rather than its date."""
