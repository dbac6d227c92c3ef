"""Questions that ask for quotes in the order of time: 'timeline of OSA', 'how did the relationship evolve'."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import NamedTuple

from retrieval.dates.calendar import DaySpan, Grain
from retrieval.dates.expressions import find_dates
from retrieval.patterns import lazy_pattern

_REQUEST = (
    r"(?:(?:please|can you|could you)\s+)?(?:(?:show|give|draw|make|build|tell|write)\s+)?(?:(?:me|us)\s+)?"
    r"(?:about\s+)?"
    r"(?:(?:what(?:['’]s| is| was))\s+)?(?:(?:an?|the)\s+)?(?:(?:short|brief|full|whole)\s+)?"
)
_CHANGE = r"(?:evolved?|chang(?:ed?|ing)|develop(?:ed)?|progress(?:ed)?|unfold(?:ed)?|come about|c[oa]me to be)"
_OVER_TIME = r"(?:over (?:time|the years|the decades)|through the years|year by year|step by step)"
_EXPLICIT = (
    rf"{_REQUEST}(?:time ?line|chronology)(?:\s*[:–-]|\s+(?:of|on|for|about))?\s+(?P<topic>.+)",
    r"(?P<topic>.+?)[\s,:–-]+(?:time ?line|chronology)",
    (
        r"(?P<topic>.+?)(?:に関する|についての|をめぐる|の)?(?:時系列|年表|タイムライン)"
        r"(?:(?:を|で)?(?:教えて|示して|見せて|作って|作成して|まとめて|表示して)(?:ください|下さい)?|は)?"
    ),
    (
        r"(?:(?:hãy|xin|vui lòng|cho|tôi|lập|vẽ|xem|hiển thị|một)\s+)*(?:dòng thời gian|niên biểu|trình tự thời gian)"
        r"(?:\s*[:–-]|\s+(?:của|về|cho))?\s+(?P<topic>.+)"
    ),
)
_IMPLIED = (
    rf"{_REQUEST}(?:history|evolution) of\s+(?P<topic>.+)",
    r"(?P<topic>\S+(?:\s+\S+){0,3})\s+history",
    rf"how\s+(?:did|has|have|do|does|had)\s+(?P<topic>.+?)\s+{_CHANGE}(?:\s+{_OVER_TIME})?(?P<more>(?:\s+(?:in|with|for|since|between|from|after|until|before|during|over|\0).*)?)",
    (
        r"what\s+(?:has\s+|have\s+|had\s+|all\s+)*(?:happened|took place|taken place|occurred)\s*"
        rf"(?P<topic>.*\0.*|.+(?=\s+{_OVER_TIME}))"
    ),
    r"since\s+when\s+(?P<topic>.+)",
    rf"(?P<topic>.+?)\s+{_OVER_TIME}",
    r"(?P<topic>.+?)の(?:歴史|変遷|推移|歩み|経緯|経過)(?:(?:を|について)?教えて(?:ください|下さい)?|は(?:どう(?:です|でしょう)か)?)?",
    r"(?P<topic>.+?)[はが](?P<more>[^はが]*?)(?:どう|どのように)(?:変わ|変化|発展|進展|推移|移り変わ)[^?？]*",
    r"(?P<topic>.*\0.*?)(?:に|には|の間に)?(?:何|どんなこと|どのようなこと)が(?:起き|起こ|あり|あった)[^?？]*",
    r"(?:lịch sử|quá trình phát triển|diễn biến)(?:\s+(?:của|về))?\s+(?P<topic>.+?)(?:\s+(?:ra sao|như thế nào))?",
    (
        r"(?P<topic>.+?)\s+(?:đã\s+)?(?:phát triển|thay đổi|tiến triển|biến đổi)\s+(?:như thế nào|ra sao|thế nào)"
        r"(?P<more>.*)"
    ),
    r"(?:điều gì|chuyện gì|những gì|sự kiện nào)\s+(?:đã\s+)?(?:xảy|diễn) ra\s*(?P<topic>.*\0.*)",
)
_RULES = tuple(
    (is_explicit, lazy_pattern(rf"[^\w\0]*+{pattern}[\s?.!？。！]*", re.IGNORECASE))
    for is_explicit, patterns in ((True, _EXPLICIT), (False, _IMPLIED))
    for pattern in patterns
)
_PERIOD = lazy_pattern(
    r"(?:\b(?P<by>since|after|before|until|till|by|prior to|up to|between|from|in|during|for|of|starting in"
    r"|kể từ|từ|sau|trước|cho đến|đến|trong|vào|giữa)\s+)?"
    r"(?:the\s+(?:years?\s+)?)?\0(?:\s*(?:and|to|until|till|through|[–-]|đến|và|から|と)\s*\0)*"
    r"(?P<on>\s+(?:on|onwards?)|\s+(?:trở đi|đến nay)|以降|以後|から)?(?P<upto>まで|以前|より前)?"
    r"(?:の間|における|に|の)?",
    re.IGNORECASE,
)
_OPEN_END, _OPEN_START = frozenset({"since", "after", "starting in"}), frozenset("before until till by".split())
_OPEN_START |= {"prior to", "up to", "trước", "đến", "cho đến"}
_OPEN_END |= {"từ", "kể từ", "sau"}
_EXCLUDED = frozenset({"after", "sau", "before", "prior to", "trước"})
"""Words that leave the period itself out."""


_MARKS = (
    *("change", "changing", "chronolog", "came ", "come ", "develop", "evol", "happened", "histor", "occurred"),
    *("over the ", "over time", "place", "progress", "since", "step by", "time line", "timeline", "the years"),
    *("unfold", "year by"),
    *(
        "時系列",
        "年表",
        "タイムライン",
        "歴史",
        "変遷",
        "推移",
        "歩み",
        "経緯",
        "経過",
        "どう",
        "どのよう",
        "どんな",
        "何",
    ),
    *("biến", "diễn", "dòng thời", "lịch sử", "niên biểu", "phát triển", "quá trình", "thay đổi", "tiến triển"),
    *("trình tự", "xảy"),
)
"""Every wording holds one of these, and few questions do."""
TIMELINE_OF = "Timeline of "
"""The words that ask for a timeline of the topic behind them."""


class TimelineRequest(NamedTuple):
    """A request for a timeline: the topic, and the first and the last day."""

    topic: str
    since: dt.date | None  # the first day; None for no beginning
    until: dt.date | None  # the last day; None for no end
    is_explicit: bool  # a timeline is asked for by name, not only what it would tell


def timeline_asked(text: str) -> TimelineRequest | None:
    """Return the timeline that a question asks for; None where it asks for none."""
    folded = text.casefold()
    if not any(mark in folded for mark in _MARKS):
        return None
    dates = [date for date in find_dates(text, None) if date.days is not None and not date.is_counted]
    plain = text.replace("\0", " ")  # which stands for a date from here on
    for date in reversed(dates):
        plain = f"{plain[: date.start]}\0{plain[date.end :]}"
    for is_explicit, rule in _RULES:
        found = rule.fullmatch(plain)
        if found is None:
            continue
        rest = f"{found['topic']} {found.groupdict().get('more') or ''}"
        said = _PERIOD.search(rest)
        topic = " ".join(_PERIOD.sub(" ", rest).split()).strip(" ?.!,:;？。！、")
        spans = [date.days for date in dates if date.days is not None]
        if not said:
            return TimelineRequest(topic, None, None, is_explicit) if topic else None
        return TimelineRequest(topic, *_days_asked(said, spans), is_explicit)
    return None


def _days_asked(said: re.Match[str], spans: Sequence[DaySpan]) -> tuple[dt.date | None, dt.date | None]:
    """The first and the last day of a period, None where it is open, by the words around its dates."""
    since, until, by = min(span.first for span in spans), max(span.last for span in spans), (said["by"] or "").lower()
    if len(spans) > 1 or spans[0].grain is Grain.RANGE:
        return since, until
    if by in _OPEN_END or said["on"]:
        return (until + dt.timedelta(1) if by in _EXCLUDED else since), None
    if by in _OPEN_START or said["upto"]:
        return None, (since - dt.timedelta(1) if by in _EXCLUDED or said["upto"] == "より前" else until)
    return since, until
