"""Date expressions of a text, in order, each with the days it means.

The forms of a language are a list of patterns with a reading each; `_forms` has those of each language.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from re import Match, Pattern
from typing import NamedTuple, TypeAlias

from retrieval.dates.calendar import DaySpan
from retrieval.dates.english import DATE_WORD, forms_in
from retrieval.dates.japanese import FORMS as JAPANESE
from retrieval.dates.vietnamese import FORMS as VIETNAMESE
from retrieval.patterns import lazy_pattern
from retrieval.text.orthography.japanese import CHARACTERS
from retrieval.text.orthography.vietnamese import is_vietnamese

Reading: TypeAlias = Callable[[Match[str], dt.date | None], DaySpan | None]
"""The days that a match means, counted from the article's date where need be; None where that is not known."""
Forms: TypeAlias = Sequence[tuple[Pattern[str], Reading]]
"""The forms of a language, those first that win over the others."""
_IN_JAPANESE = lazy_pattern(f"[{CHARACTERS}]")
_IN_VIETNAMESE = lazy_pattern(
    r"\b(?:ngày|tháng|năm|hôm|tuần|thứ|chủ nhật|quý|mùa|sáng|trưa|chiều|tối|đêm|thập|giai đoạn|mùng|từ|đến)\b",
    re.IGNORECASE,
)
"""A text with a date in Vietnamese mostly holds one of these."""
_CLUSTER = lazy_pattern("(?s:.)[\u0300-\u036f]*")


def _forms(text: str) -> Iterator[Forms]:
    """The forms of the languages that a text may be in; English ones say the rest, as years do."""
    if not text.isascii():
        if _IN_JAPANESE.search(text):
            yield JAPANESE
        elif _IN_VIETNAMESE.search(text) or is_vietnamese(text):
            yield VIETNAMESE
    if DATE_WORD.search(text):
        yield forms_in(text)


def _plain(text: str) -> tuple[str, Sequence[int]]:
    """A text in the letters of the forms, full width as half and marks on their letters, and where each stands."""
    clusters = [(unicodedata.normalize("NFKC", found[0]), found.start()) for found in _CLUSTER.finditer(text)]
    whole = [(letters if len(letters) == 1 else text[at], at) for letters, at in clusters]
    return "".join(letter for letter, _ in whole), [*(at for _, at in whole), len(text)]


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
    if text.isascii() or unicodedata.is_normalized("NFKC", text):
        return _find(text, published)
    plain, places = _plain(text)
    return [date._replace(start=places[date.start], end=places[date.end]) for date in _find(plain, published)]


def _find(text: str, published: dt.date | None) -> list[DateExpression]:
    found: list[DateExpression] = []
    taken = bytearray(len(text))  # the characters of what is found: a sentence may hold a thousand dates
    for pattern, read in chain.from_iterable(_forms(text)):
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            try:
                days = read(match, published)
            except (ValueError, OverflowError, LookupError):  # 'February 30', '二三十年', a year no calendar has
                continue
            is_counted = not match.groupdict().get("year")
            if days is not None or (is_counted and published is None):
                found.append(DateExpression(start, end, days, is_counted))
                taken[start:end] = b"\1" * (end - start)
    return sorted(found, key=attrgetter("start"))


class WorkedOutDate(NamedTuple):
    """A date that a passage counts from its article's, as written there and as it is worked out."""

    written: str
    date: str  # a day, a month, a year, or the first and the last day of a range


@lru_cache(maxsize=64)  # an answer is worded anew, at several lengths, until its message fits
def worked_out_dates(text: str, published: dt.date | None) -> tuple[WorkedOutDate, ...]:
    """Return the dates that are counted from the article's: 'on Monday', 'last year', 'three days ago'."""
    return tuple(
        WorkedOutDate(text[date.start : date.end], date.days.iso().replace("/", " – "))
        for date in find_dates(text, published)
        if date.is_counted and date.days is not None
    )
