"""Questions that set sides beside each other: 'compare Kishida and Ishiba on OSA', 'X in 2021 versus 2023'."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from retrieval.dates.expressions import find_dates
from retrieval.models import TimeSpan
from retrieval.patterns import lazy_pattern
from retrieval.query.short_forms import spell_out_vietnamese
from retrieval.side_by_side.wordings import AGES, NAMES, PERIODS, VERSUS, may_compare
from retrieval.text.answer_shapes import place_groups
from retrieval.text.languages import is_vietnamese_question

COMPARISON_OF = "Compare "
"""The words that ask for a comparison of the sides behind them."""
MOST = 4
"""Most sides of a comparison."""
LONGEST = 60
"""Longest name of a side, in characters."""


class ColumnSense(StrEnum):
    """How the name of a column is meant."""

    NAME = "name"
    BEFORE = "before"
    SINCE = "since"
    OLDER = "older"
    NEWER = "newer"
    UNDATED = "undated"


class ColumnAsked(NamedTuple):
    """A side of a comparison as asked for: its name, and the days where it is a period."""

    label: str
    period: TimeSpan | None = None
    sense: ColumnSense = ColumnSense.NAME


class ComparisonRequest(NamedTuple):
    """A request for a comparison: its sides in order, none where older reports are set beside newer ones."""

    columns: tuple[ColumnAsked, ...]
    topic: str


_SPLITS = tuple(
    lazy_pattern(pattern, re.IGNORECASE)
    for pattern in (rf"\s+(?:{VERSUS}|with|against)\s+", r",\s*(?:and\s+|or\s+)?|\s+and\s+|\s*&\s*", r"\s+to\s+")
)
_OF_BOTH = lazy_pattern(
    r"(?:the\s+)?(?P<topic>(?:\w+\s+){0,3}?\w+)\s+(?:of|by|from|between|in)\s+(?P<rest>(?:the\s+)?[A-Z].*)"
)
_BETWEEN_TOPIC_AND_PLACE = lazy_pattern(r"\s+(?:of|by|from|between|in)$", re.IGNORECASE)
_POSSESSIVE = lazy_pattern(r"(?P<label>.+?(?:['’]s|s['’]))(?:\s+(?P<topic>.+))?")
_THAT_OF = lazy_pattern(r"(?:that|those)\s+of\s+", re.IGNORECASE)
_ARTICLE = lazy_pattern(r"(?:(?:an?|the|both|each of|in|on|about|with|for|of|to|over|regarding)\s+)+", re.IGNORECASE)
_ASKING = lazy_pattern(
    r"(?:what|which|who|when|where|why|how|is|are|was|were|did|does|do|has|have|should|would|could)\b"
    r"|(?:it|that|this|them|they|these|those|you|me|(?:all |any )?others?|rest|everyone|anyone)$"
)
"""A name that is none: the beginning of a question, or a word for whom or what was not named; not WHO, nor IT."""
_WHICH = lazy_pattern(r"(?:[Ww]hich|[Ww]ho|[Ww]hat)\b")
"""How what is asked of the sides begins, which is no topic: 'Which is larger: A versus B?'."""
_TELL = lazy_pattern(
    r"^(?:(?:please|can you|could you|would you)\s+)*"
    r"(?:(?:tell|show|give) (?:me|us)(?: about)?|explain|describe|discuss|summari[sz]e)(?: to (?:me|us))?\s+",
    re.IGNORECASE,
)
"""The words before what is to be told."""
_LEAST = 2


def comparison_asked(text: str) -> ComparisonRequest | None:
    """Return the comparison that a question asks for; None where it asks for none."""
    plain = " ".join(text.split())
    if not may_compare(plain):
        return None
    if is_vietnamese_question(plain):  # where people write 'vs' for 'with'
        plain = spell_out_vietnamese(plain)
    plain = _TELL.sub("", plain.strip(" ?.!？。"))
    return _of_periods(plain) or _of_ages(plain) or _of_names(plain)


def _of_periods(text: str) -> ComparisonRequest | None:
    for rule in PERIODS:
        found = rule.fullmatch(text)
        if found is None:
            continue
        said = found.groupdict()
        topic = _bare(f"{_bare(said.get('topic') or '')} {_bare((said.get('more') or '').lstrip(' ,:'))}")
        columns = tuple(_before_and_since(said["one"])) if said.get("by") else tuple(_periods(said))
        if topic and len(columns) == _LEAST and columns[0] != columns[1]:
            return ComparisonRequest(columns, topic)
    return None


def _periods(said: dict[str, str | None]) -> Iterator[ColumnAsked]:
    for name in ("one", "other"):
        column = _period(said[name] or "")
        if column:
            yield column


def _period(label: str) -> ColumnAsked | None:
    """A period by its name; None where the name is none."""
    dates = find_dates(label[:1].upper() + label[1:] if label[:1].isalpha() else label.rstrip("年"), None)
    days = dates[0].days if len(dates) == 1 else None
    return ColumnAsked(label, TimeSpan(first=days.first, after=days.last + dt.timedelta(1))) if days else None


def _before_and_since(label: str) -> Iterator[ColumnAsked]:
    column = _period(label)
    if column and column.period:
        yield ColumnAsked(label, TimeSpan(after=column.period.first), ColumnSense.BEFORE)
        yield ColumnAsked(label, TimeSpan(first=column.period.first), ColumnSense.SINCE)


def _of_ages(text: str) -> ComparisonRequest | None:
    found = next(filter(None, (rule.fullmatch(text) for rule in AGES)), None)
    topic = _bare(found["topic"]) if found else ""
    return ComparisonRequest((), topic) if topic else None


def _of_names(text: str) -> ComparisonRequest | None:
    for rule in NAMES:
        found = rule.fullmatch(text)
        if found is None:
            continue
        said = found.groupdict()
        topics = [said.get("lead") or "", said.get("topic") or ""]
        if said.get("sides") is not None:
            topics, sides = _sides(said["sides"] or "", topics)
        else:
            sides = [said["one"] or "", said["other"] or ""]
        columns, topic = _named(sides, [topic for topic in topics if not _WHICH.match(topic)])
        labels = {column.label.lower() for column in columns}
        is_named = all(_is_name(column.label) for column in columns)
        if is_named and _LEAST <= len(columns) == len(labels) <= MOST:
            return ComparisonRequest(columns, topic)
    return None


def _is_name(label: str) -> bool:
    return 0 < len(label) <= LONGEST and not _ASKING.match(label[0].lower() + label[1:])


def _sides(text: str, topics: Sequence[str]) -> tuple[list[str], list[str]]:
    """The topics and the names of sides; a topic may stand before all: 'the positions of China and Vietnam'."""
    of_both = _OF_BOTH.fullmatch(text)
    if of_both and not _POSSESSIVE.match(of_both["topic"]):
        topics, text = [*topics, of_both["topic"]], of_both["rest"]
    for split in _SPLITS:
        parts = [part for part in split.split(text) if part]
        if len(parts) >= _LEAST:
            lead, first = _topic_and_place(parts[0]) if all(map(_is_place, parts[1:])) else ("", parts[0])
            return [*topics, *filter(None, [lead])], [first, *parts[1:]]
    return list(topics), []


def _is_place(name: str) -> bool:
    return _ARTICLE.sub("", name.lower()) in _places()


@cache
def _places() -> frozenset[str]:
    return frozenset(name.lower() for group in place_groups() for name in group)


def _topic_and_place(side: str) -> tuple[str, str]:
    """The topic and the place of the first of several places: 'wheat prices in peru' beside 'chile'."""
    words = side.split()
    for start in range(1, len(words)):
        if _is_place(place := " ".join(words[start:])):
            return _BETWEEN_TOPIC_AND_PLACE.sub("", " ".join(words[:start])), place
    return "", side


def _named(sides: Sequence[str], topics: Sequence[str]) -> tuple[tuple[ColumnAsked, ...], str]:
    """The columns and the topic, of which a side may tell: "China's position" and "Vietnam's"."""
    columns, told = [], list(topics)
    for side in sides:
        plain = _bare(_THAT_OF.sub("", side))
        possessive = _POSSESSIVE.fullmatch(plain)
        if possessive:
            told.append(possessive["topic"] or "")
            plain = re.sub(r"(?<=s)['’]$|['’]s$", "", possessive["label"])
        columns.append(_period(plain) or ColumnAsked(plain))
    topic = " ".join(dict.fromkeys(_bare(part) for part in told if part))
    if any(column.period for column in columns) and not all(column.period for column in columns):
        columns = [ColumnAsked(column.label) for column in columns]
    return tuple(columns), topic


def _bare(text: str) -> str:
    """Words without the articles and prepositions before them."""
    return (
        _ARTICLE.sub("", text.strip(" ,:;?.!"), count=1)
        if _ARTICLE.match(text.strip(" ,:;?.!"))
        else text.strip(" ,:;?.!")
    )
