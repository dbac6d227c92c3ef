"""The filters in a question (`after:2023-06 in:osa`), and the articles that pass them."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from retrieval.models import FilterFault, Filters, Problem, Source
from retrieval.patterns import lazy_pattern

_FILTER = lazy_pattern(
    r"(?<![^\s(\[])"  # at the beginning of a word
    r"(?:(after|before|sau|trước|以降|以後|以前)[:：](?:\s+(?=\d))?"
    r"|(from|in|nguồn|mục|出典|分類)[:：](?=[^\s)\]]))([^\s)\]]*)",
    re.IGNORECASE,
)
_IN_ENGLISH = {
    "sau": "after", "以降": "after", "以後": "after", "trước": "before", "以前": "before",
    "nguồn": "from", "出典": "from", "mục": "in", "分類": "in",
}  # fmt: skip
"""What the filters are called in Vietnamese and Japanese."""
_DATE = lazy_pattern(
    r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?)?"
    r"|(?P<nen>\d{4})年(?:(?P<gatsu>\d{1,2})月(?:(?P<nichi>\d{1,2})日)?)?"
)
_YEAR_BEHIND = lazy_pattern(r"(?:(?P<day>\d{1,2})[-/.])?(?P<month>\d{1,2})[-/.](?P<year>\d{4})")
"""A day or a month as Vietnamese writes it, which has one reading there."""
_AROUND = "?!.,;:\"'“”‘’"
"""Marks around a filter's value that belong to the sentence."""


class FilteredQuestion(NamedTuple):
    """A question without its filters, the filters, and their fault, if any."""

    text: str
    filters: Filters
    fault: FilterFault | None


class _Filter(NamedTuple):
    name: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}:{self.value}"


def read_filters(text: str) -> FilteredQuestion:
    """Take the filters out of a question.

    `after:` and `before:` take a day, a month or a year: `after:2023-06` is from 1 June 2023 on, `before:2024` is up to
    31 December 2023. Of several the tightest holds. `from:` and `in:` take a name; of several, any will do.
    Names and dates may be Japanese or Vietnamese as well: `以降:2023年6月`, `sau:6/2023`.
    """
    found = [_filter(m[1] or m[2], m[3].strip(_AROUND)) for m in _FILTER.finditer(text)]
    if not found:
        return FilteredQuestion(text, Filters(), None)
    filters = Filters(
        written=tuple(map(str, found)),
        after=max(_days(found, "after"), default=None),
        before=min(_days(found, "before"), default=None),
        publishers=_values(found, "from"),
        collections=_values(found, "in"),
    )
    return FilteredQuestion(_FILTER.sub(" ", text).strip(), filters, _date_fault(found, filters))


def _filter(written: str, value: str) -> _Filter:
    """A filter by its English name, its date by the year first."""
    name = unicodedata.normalize("NFC", written.lower())
    stated = _YEAR_BEHIND.fullmatch(value) if name in {"sau", "trước"} else None
    if stated:
        value = "-".join(filter(None, (stated["year"], stated["month"], stated["day"])))
    return _Filter(_IN_ENGLISH.get(name, name), value)


def _days(found: Sequence[_Filter], name: str) -> Iterator[dt.date]:
    return (day for value in _values(found, name) if (day := _first_day(value)))


def _values(found: Sequence[_Filter], name: str) -> tuple[str, ...]:
    return tuple(each.value for each in found if each.name == name)


def _first_day(value: str) -> dt.date | None:
    """The first day of a day, a month or a year as written; None for any other value."""
    stated = _DATE.fullmatch(unicodedata.normalize("NFKC", value))
    if stated is None:
        return None
    parts = (stated[name] for name in ("year", "nen", "month", "gatsu", "day", "nichi"))
    year, month, day = (next(filter(None, pair), 1) for pair in zip(parts, parts, strict=True))
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _date_fault(found: Sequence[_Filter], filters: Filters) -> FilterFault | None:
    dates = [each for each in found if each.name in {"after", "before"}]
    bad = tuple(str(each) for each in dates if _first_day(each.value) is None)
    if bad:
        return FilterFault(problem=Problem.DATE, filters=bad)
    if filters.after and filters.before and filters.after >= filters.before:
        return FilterFault(problem=Problem.PERIOD, filters=tuple(map(str, dates)))
    return None


class Catalogue:
    """The articles by date, publisher and collection, in the order of their names."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._dates = [source.date for source in sources]
        self._publishers = [source.publisher or "" for source in sources]
        self._distinct_publishers = dict.fromkeys(self._publishers)
        self._collections = [source.file.partition("/")[0] if "/" in source.file else "" for source in sources]
        self._distinct_collections = dict.fromkeys(self._collections)

    def passing(self, filters: Filters) -> list[bool]:
        """Return for each article whether it passes the filters; without a date it passes no filter by date."""
        named = zip(self._publishers, self._collections, strict=True)
        publishers = {p for p in self._distinct_publishers if any(_is_published_by(p, n) for n in filters.publishers)}
        collections = {*self.collections_named(filters.collections)}
        return [
            _is_within(day, filters)
            and (not filters.publishers or publisher in publishers)
            and (not filters.collections or collection in collections)
            for day, (publisher, collection) in zip(self._dates, named, strict=True)
        ]

    @property
    def collections(self) -> tuple[str, ...]:
        """The collections, in the order of their names."""
        return _in_order(self._collections)

    def collections_named(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the collections that names stand for, each once, by their own names; names of none are left out."""
        there = self._distinct_collections
        return tuple(dict.fromkeys(own for name in names for own in there if _is_named(own, name)))

    def vanished_fault(self, names: Sequence[str]) -> FilterFault:
        """Return the fault of a restriction to collections of which none is there any more."""
        return FilterFault(problem=Problem.VANISHED, filters=tuple(map(in_filter, names)), known=self.collections)

    def fault(self, filters: Filters) -> FilterFault | None:
        """Return why filters cannot be used here: a name that no article has, or no article passes all of them."""
        publishers = self._distinct_publishers
        unpublished = [n for n in filters.publishers if not any(_is_published_by(p, n) for p in publishers)]
        if unpublished:
            return _unknown_name(Problem.PUBLISHER, "from", unpublished, self._publishers)
        uncollected = [n for n in filters.collections if not self.collections_named([n])]
        if uncollected:
            return _unknown_name(Problem.COLLECTION, "in", uncollected, self._collections)
        if filters.written and not any(self.passing(filters)):
            days = [day.isoformat() for day in self._dates if day]
            known = (min(days), max(days)) if days else ()
            return FilterFault(problem=Problem.NOTHING_LEFT, filters=filters.written, known=known)
        return None


def _unknown_name(problem: Problem, filter_name: str, values: Sequence[str], known: Sequence[str]) -> FilterFault:
    written = tuple(f"{filter_name}:{value}" for value in values)
    return FilterFault(problem=problem, filters=written, known=_in_order(known))


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name}, key=_plain))


def in_filter(collection: str) -> str:
    """Return the filter for a collection, as it is written: spaces as hyphens."""
    return f"in:{'-'.join(collection.split())}"


def _is_within(day: dt.date | None, filters: Filters) -> bool:
    if filters.after is None and filters.before is None:
        return True
    return day is not None and (filters.after or day) <= day < (filters.before or dt.date.max)


def _is_published_by(publisher: str, name: str) -> bool:
    """Whether a name is a publisher's, or whole words of it."""
    return bool(_plain(name)) and f"-{_plain(name)}-" in f"-{_plain(publisher)}-"


def _is_named(collection: str, name: str) -> bool:
    return bool(_plain(name)) and _plain(collection) == _plain(name)


@lru_cache(maxsize=1 << 12)
def _plain(name: str) -> str:
    """A name in small letters without diacritics, its words joined by hyphens."""
    folded = unicodedata.normalize("NFKD", name.casefold()).replace("đ", "d")
    return "-".join(re.findall(r"[^\W_]+", "".join(c for c in folded if not unicodedata.combining(c))))
