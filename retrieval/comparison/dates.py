"""The dates that a passage mentions: years, months, days, or counted from the article's date."""

import datetime as dt
import re
from operator import attrgetter
from typing import NamedTuple

from retrieval.dates.english_readings import DAYS, month_number
from retrieval.patterns import lazy_pattern

_MONTH = (
    r"(?P<month>(?-i:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?))"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>1\d\d\d|20\d\d)"
_COUNTED = (
    "people|soldiers|men|women|species|years|miles|kilomet(?:er|re)s|met(?:er|re)s|feet|acres|members|students|troops"
    "|tons|tonnes|km|yen|dollars|workers|jobs|vessels|prisoners|homes|votes"
)
"""What a number that looks like a year counts, so that it is none."""
_DATES = tuple(
    lazy_pattern(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<year>1\d\d\d|20\d\d)年(?:(?P<month>1[0-2]|0?[1-9])月(?:(?P<day>[12]\d|3[01]|0?[1-9])日)?)?",
        r"(?<![\d年])(?P<month>1[0-2]|[1-9])月(?P<day>[12]\d|3[01]|[1-9])日",
        (
            r"\bngày (?P<day>\d{1,2})(?:[-/.]| tháng )(?P<month>1[0-2]|0?[1-9])(?:(?:[-/.]| năm "
            r"|, )(?P<year>1\d\d\d|20\d\d))?\b"
        ),
        r"\btháng (?P<month>1[0-2]|0?[1-9])(?:/| năm )(?P<year>1\d\d\d|20\d\d)\b",
        rf"\b{_MONTH}\s+{_DAY}\b(?:,?\s+{_YEAR}\b)?",
        rf"\b{_DAY}\s+{_MONTH}\b(?:,?\s+{_YEAR}\b)?",
        rf"\b{_MONTH},?\s+(?:of\s+)?{_YEAR}\b",
        r"\b(?P<year>1\d\d0|20\d0)(?P<decade>['’]?s)\b",
        rf"(?<![\w.,$€£¥-]){_YEAR}(?:[–-](?P<until>\d\d(?:\d\d)?))?(?![\w%]|[.,]\d|\s+(?:{_COUNTED})\b)",
        r"\b(?P<relative>this|last|next|the same|the following|the previous) (?P<span>year|month|week)\b",
        r"\b(?P<relative>today|yesterday|tomorrow)\b",
        r"\b(?P<weekday>(?-i:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday))\b",
        rf"\b(?:in|for|from|to|before|after|during|since|by|until|of|early|late|mid|last|next|this)[\s-]{_MONTH}(?!\w)",
    )
)
_STEP = {"this": 0, "last": -1, "next": 1, "today": 0, "yesterday": -1, "tomorrow": 1}
_AHEAD = lazy_pattern(
    r"\b(?:will|would|shall|plans?|planned|planning|scheduled|expected|slated|due|next|to be)\b", re.IGNORECASE
)


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

    def may_equal(self, other: "DateMention") -> bool:
        """Return whether two dates may be the same day, month or year, as far as each is said."""
        if self.first is not None and other.first is not None and (self.last < other.first or other.last < self.first):  # type: ignore[operator]
            return False
        pairs = ((self.month, other.month), (self.day, other.day), (self.weekday, other.weekday))
        return all(a is None or b is None or a == b for a, b in pairs)


def find_date_mentions(text: str, published: dt.date | None) -> list[DateMention]:
    """Return the dates of a passage, in order, none within another.

    Args:
        text: The passage.
        published: The date of its article, from which 'this year' and 'on Monday' are counted, where known.
    """
    found: list[DateMention] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if all(match.end() <= other.start or other.end <= match.start() for other in found):
                found.append(_date_mention(match, published))
    return sorted(found, key=attrgetter("start"))


def _date_mention(match: re.Match[str], published: dt.date | None) -> DateMention:
    said = match.groupdict()
    if said.get("relative"):
        return _relative(match, said["relative"].lower(), said.get("span") or "day", published)
    if said.get("weekday"):
        return _weekday(match, DAYS.index(match["weekday"].lower()), published)
    month = said.get("month")
    year = int(said["year"]) if said.get("year") else None
    last = year
    if year is not None and said.get("decade"):
        last = year + 9
    elif year is not None and said.get("until"):
        last = int(str(year)[: 4 - len(said["until"])] + said["until"])
    day = int(said["day"]) if said.get("day") else None
    number = (int(month) if month.isdigit() else month_number(month)) if month else None
    return DateMention(year, last, number, day, None, "", match.start(), match.end())


def _relative(match: re.Match[str], step: str, span: str, published: dt.date | None) -> DateMention:
    place = (match.start(), match.end())
    if published is None or step not in _STEP or span == "week":
        return DateMention(None, None, None, None, None, match.group().lower(), *place)
    if span == "year":
        year = published.year + _STEP[step]
        return DateMention(year, year, None, None, None, "", *place)
    if span == "month":
        months = published.year * 12 + published.month - 1 + _STEP[step]
        return DateMention(months // 12, months // 12, months % 12 + 1, None, None, "", *place)
    day = published + dt.timedelta(days=_STEP[step])
    return DateMention(day.year, day.year, day.month, day.day, day.weekday(), "", *place)


def _weekday(match: re.Match[str], weekday: int, published: dt.date | None) -> DateMention:
    """The last such day before the article, unless the sentence looks ahead."""
    if published is None or _AHEAD.search(match.string):
        return DateMention(None, None, None, None, weekday, "", match.start(), match.end())
    day = published - dt.timedelta(days=(published.weekday() - weekday) % 7)
    return DateMention(day.year, day.year, day.month, day.day, weekday, "", match.start(), match.end())
