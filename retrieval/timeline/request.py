"""Questions that ask for quotes in the order of time: 'timeline of OSA', 'how did the relationship evolve'."""

import datetime as dt
import re
from typing import NamedTuple

from retrieval.dates.expressions import find_dates

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
)
_RULES = tuple(
    (is_explicit, re.compile(rf"\W*{pattern}[\s?.!]*", re.IGNORECASE))
    for is_explicit, patterns in ((True, _EXPLICIT), (False, _IMPLIED))
    for pattern in patterns
)
_PERIOD = re.compile(
    r"(?:\b(?P<by>since|after|before|until|till|by|prior to|up to|between|from|in|during|for|of|starting in)\s+)?"
    r"(?:the\s+(?:years?\s+)?)?\0(?:\s*(?:and|to|until|till|through|[–-])\s*\0)*(?P<on>\s+(?:on|onwards?))?",
    re.IGNORECASE,
)
_OPEN_END, _OPEN_START = frozenset({"since", "after", "starting in"}), frozenset("before until till by".split())
_OPEN_START |= {"prior to", "up to"}


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
        topic = " ".join(_PERIOD.sub(" ", rest).split()).strip(" ?.!,:;")
        spans = [date.days for date in dates if date.days is not None]
        if not said:
            return TimelineRequest(topic, None, None, is_explicit) if topic else None
        since, until = min(span.first for span in spans), max(span.last for span in spans)
        by = (said["by"] or "").lower()
        if len(spans) == 1 and (by in _OPEN_END or said["on"]):
            return TimelineRequest(
                topic, spans[0].last + dt.timedelta(1) if by == "after" else since, None, is_explicit
            )
        if len(spans) == 1 and by in _OPEN_START:
            last = since - dt.timedelta(1) if by in {"before", "prior to"} else until
            return TimelineRequest(topic, None, last, is_explicit)
        return TimelineRequest(topic, since, until, is_explicit)
    return None
