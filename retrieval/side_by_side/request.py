"""Questions that set sides beside each other: 'compare Kishida and Ishiba on OSA', 'X in 2021 versus 2023'."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from retrieval.dates.expressions import find_dates
from retrieval.models import TimeSpan

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
    is_explicit: bool  # by 'compare', 'versus' or 'differ', not only by what changed


_ON = r"(?:on|about|regarding|concerning|over|when it comes to|in terms of|as to|with (?:regard|respect) to|in regard to)"
_TOPIC = rf"(?:,?\s+{_ON}\s+(?P<topic>.+))?"
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = (
    rf"(?:(?:the\s+)?(?:early|mid|late)[\s-])?(?:(?:\d{{1,2}}\s+)?{_MONTHS}\s+(?:\d{{1,2}},?\s+)?)?(?:19|20)\d\d(?:s|-\d\d){{0,1}}"
)
_YEARS = r"(?:the\s+)?(?:years?\s+)?"
_VERSUS = r"(?:versus|vs\.?|v\.|compared (?:to|with)|as against|as opposed to)"
_REQUEST = (
    r"(?:(?:please|can you|could you|would you)\s+)*(?:(?:show|give|tell|make|draw|do)\s+)?(?:(?:me|us)\s+)?(?:an?\s+|the\s+)?"
)
_COMPARE = rf"{_REQUEST}(?:compar(?:e|ing|ison)|contrast|juxtapose)(?:\s+(?:of|between|how|the))*"
_WHAT_IS = r"(?:what(?:['’]s|\s+(?:is|are|was|were))\s+)?(?:the\s+)?(?:main\s+|key\s+)?"
_CHANGED = r"(?:has\s+|have\s+|had\s+|all\s+|really\s+|else\s+)*(?:changed|changes|is different|was different|is new|differs|differed)"
_OLD = r"(?:the\s+)?(?:old|older|former|previous|earlier|original)"
_NEW = r"(?:the\s+)?(?:new|newer|current|latest|later|present)"
_DIFFER = r"(?:differ(?:s|ed|ent)?|diverge[ds]?|compare[ds]?|disagree[ds]?|deviate[ds]?)"
_ASKED = r"how\s+(?:does|do|did|is|are|was|were|has|have|would|far)\s+(?:do\s+|does\s+)?"

_BETWEEN_DATES = rf"{_YEARS}(?P<one>{_DATE})\s+(?:and|to|until|till|through|with|{_VERSUS}|–|-)\s+(?:in\s+)?{_YEARS}(?P<other>{_DATE})"
_PERIODS = tuple(
    (is_explicit, re.compile(pattern, re.IGNORECASE))
    for is_explicit, pattern in (
        (False, rf"what\s+{_CHANGED}\s*(?P<topic>.*?)\s*,?\s*\b(?:between|from)\s+{_BETWEEN_DATES}(?P<more>.*)"),
        (False, rf"what\s+{_CHANGED}\s*(?P<topic>.*?)\s*,?\s*\b(?P<by>since|after)\s+{_YEARS}(?P<one>{_DATE})(?P<more>.*)"),
        (
            False,
            rf"{_WHAT_IS}(?:changes?|differences?)\s+(?P<topic>.*?)\s*,?\s*\b(?:between|from)\s+{_BETWEEN_DATES}(?P<more>.*)",
        ),
        (True, rf"{_COMPARE}\s+{_BETWEEN_DATES}(?P<more>,?\s+{_ON}\s+.+)"),
        (True, rf"{_COMPARE}\s+(?P<topic>.+?)\s+(?:in|between|from|for|of|during)\s+{_BETWEEN_DATES}(?P<more>)"),
        (True, rf"{_COMPARE}\s+(?P<topic>.+?),?\s+(?P<by>before and (?:after|since))\s+{_YEARS}(?P<one>{_DATE})(?P<more>)"),
        (True, rf"(?P<topic>.+?),?\s+(?P<by>before and (?:after|since))\s+{_YEARS}(?P<one>{_DATE})(?P<more>)"),
        (
            True,
            (
                rf"(?P<topic>.+?)[,:]?\s+(?:in\s+)?{_YEARS}(?P<one>{_DATE})\s+{_VERSUS}\s+(?:in\s+)?{_YEARS}(?P<other>{_DATE})(?P<more>)"
            ),
        ),
        (
            True,
            rf"(?:in\s+)?{_YEARS}(?P<one>{_DATE})\s+{_VERSUS}\s+(?:in\s+)?{_YEARS}(?P<other>{_DATE})(?P<more>,?\s+{_ON}\s+.+|:\s*.+)",
        ),
        (True, r"(?P<one>\d{4}年)と(?P<other>\d{4}年)(?:で|の間に|では|を比べて)、?(?P<topic>.+?)(?:は|が)?(?:どう|どのように|何が)(?:変わ|違).*(?P<more>)"),
        (True, r"so sánh (?P<topic>.+?) (?:năm|giữa năm|giữa) (?P<one>\d{4}) (?:và|với) (?:năm )?(?P<other>\d{4})(?P<more>)"),
    )
)
_AGES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:{_COMPARE}\s+|{_WHAT_IS})?{_OLD}\s+(?:and|or|versus|vs\.?|with|to)\s+{_NEW}\s+(?P<topic>.+)",
        r"(?P<topic>.+?),?\s+(?:then (?:and|versus|vs\.?) now|old and new)",
        rf"what\s+{_CHANGED}\s+{_ON[:-1]}|in|with|for|to)\s+(?P<topic>.+)",
    )
)
_NAMES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_COMPARE}\s+(?P<sides>.+?){_TOPIC}",
        rf"{_WHAT_IS}(?:differences?|contrast|gap)\s+(?:in\s+(?P<lead>.+?)\s+)?between\s+(?P<sides>.+?){_TOPIC}",
        rf"{_ASKED}(?P<one>.+?)\s+{_DIFFER}\s+(?:from|to|with|against)\s+(?P<other>.+?){_TOPIC}",
        rf"{_ASKED}(?P<sides>.+?\s+and\s+.+?)\s+{_DIFFER}(?:\s+in\s+(?P<lead>.+?))?{_TOPIC}",
        rf"where\s+do\s+(?P<sides>.+?\s+and\s+.+?)\s+{_DIFFER}(?:\s+in\s+(?P<lead>.+?))?{_TOPIC}",
        rf"(?:(?P<lead>[^:,]+)[:,]\s+)?(?P<sides>.+?\s+{_VERSUS}\s+.+?)(?:,?\s+(?:{_ON[3:-1]}|in)\s+(?P<topic>.+))?",
        (
            r"(?:(?P<topic>[^、。]+?)(?:について|に関して|における|に関する|をめぐる)(?:の|、)?)?(?P<one>[^、。]+?)と(?P<other>[^、。]+?)(?:の(?P<lead>[^、。]+?))?"
            r"(?:を(?:比較|比べ)|の(?:違い|差異?|相違)|は(?:どう|どのように|どこが|何が)違).*"
        ),
        r"so sánh\s+(?P<one>.+?)\s+(?:và|với)\s+(?P<other>.+?)(?:\s+(?:về|trong vấn đề)\s+(?P<topic>.+))?",
        (
            r"(?:sự )?khác (?:nhau|biệt) giữa\s+(?P<one>.+?)\s+(?:và|với)\s+(?P<other>.+?)"
            r"(?:\s+(?:về|trong vấn đề)\s+(?P<topic>.+?))?(?:\s+là gì)?"
        ),
        (
            r"(?P<one>.+?)\s+khác (?:với |so với )?(?P<other>.+?)\s+(?:như thế nào|thế nào|ra sao)"
            r"(?:\s+(?:về|trong vấn đề)\s+(?P<topic>.+))?"
        ),
    )
)
_SPLITS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (rf"\s+(?:{_VERSUS}|with|against)\s+", r",\s*(?:and\s+|or\s+)?|\s+and\s+|\s*&\s*", r"\s+to\s+")
)
_OF_BOTH = re.compile(
    r"(?:the\s+)?(?P<topic>(?:\w+\s+){0,3}?\w+)\s+(?:of|by|from|between)\s+(?P<rest>(?:the\s+)?[A-Z].*)"
)
_POSSESSIVE = re.compile(r"(?P<label>.+?(?:['’]s|s['’]))(?:\s+(?P<topic>.+))?")
_THAT_OF = re.compile(r"(?:that|those)\s+of\s+", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:(?:an?|the|both|each of|in|on|about|with|for|of|to|over|regarding)\s+)+", re.IGNORECASE)
_ASKING = re.compile(r"(?:what|which|who|when|where|why|how|is|are|was|were|did|does|do|has|have)\b", re.IGNORECASE)
_LEAST = 2


def comparison_asked(text: str) -> ComparisonRequest | None:
    """Return the comparison that a question asks for; None where it asks for none."""
    plain = " ".join(text.split()).strip(" ?.!？。")
    return _of_periods(plain) or _of_ages(plain) or _of_names(plain)


def _of_periods(text: str) -> ComparisonRequest | None:
    for is_explicit, rule in _PERIODS:
        found = rule.fullmatch(text)
        if found is None:
            continue
        said = found.groupdict()
        topic = _bare(f"{_bare(said.get('topic') or '')} {_bare(said['more'].lstrip(' ,:'))}")
        columns = tuple(_before_and_since(said["one"])) if said.get("by") else tuple(_periods(said))
        if topic and len(columns) == _LEAST and columns[0] != columns[1]:
            return ComparisonRequest(columns, topic, is_explicit)
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
    found = next(filter(None, (rule.fullmatch(text) for rule in _AGES)), None)
    topic = _bare(found["topic"]) if found else ""
    return ComparisonRequest((), topic, False) if topic else None


def _of_names(text: str) -> ComparisonRequest | None:
    for rule in _NAMES:
        found = rule.fullmatch(text)
        if found is None:
            continue
        said = found.groupdict()
        topics = [said.get("lead") or "", said.get("topic") or ""]
        if said.get("sides") is not None:
            topics, sides = _sides(said["sides"] or "", topics)
        else:
            sides = [said["one"] or "", said["other"] or ""]
        columns, topic = _named(sides, topics)
        labels = {column.label.lower() for column in columns}
        is_named = all(0 < len(label) <= LONGEST and not _ASKING.match(label) for label in labels)
        if is_named and _LEAST <= len(columns) == len(labels) <= MOST:
            return ComparisonRequest(columns, topic, True)
    return None


def _sides(text: str, topics: Sequence[str]) -> tuple[list[str], list[str]]:
    """The topics and the names of sides, of which a topic may stand before all: 'the positions of China and Vietnam'."""
    of_both = _OF_BOTH.fullmatch(text)
    if of_both and not _POSSESSIVE.match(of_both["topic"]):
        topics, text = [*topics, of_both["topic"]], of_both["rest"]
    for split in _SPLITS:
        parts = [part for part in split.split(text) if part]
        if len(parts) >= _LEAST:
            return list(topics), parts
    return list(topics), []


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
    return _ARTICLE.sub("", text.strip(" ,:;?.!"), count=1) if _ARTICLE.match(text.strip(" ,:;?.!")) else text.strip(" ,:;?.!")
