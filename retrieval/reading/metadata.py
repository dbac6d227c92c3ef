"""An article's date and publisher, from its own lines."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence

import dateutil.parser

from retrieval.reading.lines import FULL_DATE, HEAD_LINES, TAIL_LINES, Line, LineKind, visible

_DATELINE = re.compile(r"(?:[A-Z]{3}|[A-Z]{2} [A-Z]{2}|\([A-Z])(?:(?!\b[a-z]).){0,80}?\s?[–—-]{1,2}\s")
_AGENCY = re.compile(r"\(([A-Z][^()]{1,40})\)")
_WIRES = frozenset("AFP AP Bloomberg Getty Jiji Kyodo Reuters TASS UPI VNA Xinhua Yonhap".split())
_PAPER = re.compile(
    r"\b(?:Agency|Broadcasting|Chronicle|Daily|Gazette|Guardian|Herald|Journal|Mail|Ministry|News|Nikkei|Observer|Post"
    r"|Press|Review|Shimbun|Standard|Star|Telegraph|Times|Tribune|Weekly|BBC|CNN|NHK|NPR|VOV)$"
)


def _edge_lines(body: Sequence[Line]) -> Iterator[Line]:
    yield from body[:HEAD_LINES]
    yield from reversed(body[max(HEAD_LINES, len(body) - TAIL_LINES) :])


def _dateline(line: Line) -> str:
    """When and where, before a report begins: all of a dateline, the start of a sentence."""
    text = visible(line.text)
    if line.kind is LineKind.DATELINE:
        return text
    prefix = _DATELINE.match(text)
    return prefix.group() if prefix else ""


def find_date(body: Sequence[Line]) -> dt.date | None:
    """Return the date of a dateline near the start or end; a date in a sentence or in the headline dates nothing."""
    stated = (FULL_DATE.search(_dateline(line)) for line in _edge_lines(body))
    return next((parse_date(date.group()) for date in stated if date), None)


def parse_date(stated: str) -> dt.date | None:
    """Return a day as stated, or None: not a guess at a missing day or year, and no day yet to come."""
    day = _parse_english(stated) or _parse_other(stated)
    tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
    return day if day is not None and day <= tomorrow else None


def _parse_english(stated: str) -> dt.date | None:
    """ISO dates, and English dates with the month's name: the form that most articles have."""
    if not FULL_DATE.fullmatch(stated) or not stated.isascii():
        return None
    try:
        return dateutil.parser.parse(stated).date()
    except (ValueError, OverflowError):
        return None


def _parse_other(stated: str) -> dt.date | None:
    import dateparser  # noqa: PLC0415 - its languages take a third of a second to load, and few articles need them

    settings = {"REQUIRE_PARTS": ["day", "month", "year"], "DATE_ORDER": "DMY"}
    parsed = dateparser.parse(stated, languages=["en", "ja", "vi"], settings=settings)
    return parsed.date() if parsed else None


def find_publisher(body: Sequence[Line]) -> str | None:
    """Return the agency of a dateline, or a line that names a publication.

    A news agency's bare name directly above a caption credits the photograph, not the report.
    """
    for line in _edge_lines(body):
        agency = _AGENCY.search(_dateline(line))
        if agency and _is_publication(agency[1]):
            return agency[1]
        name = visible(line.text)
        if line.kind is LineKind.BYLINE and _is_publication(name) and not _credits_caption(line, body):
            return name
    return None


def _is_publication(name: str) -> bool:
    return name in _WIRES or bool(_PAPER.search(name))


def _credits_caption(line: Line, body: Sequence[Line]) -> bool:
    """Whether a name credits the caption on the very next line, or a text near the end."""
    if line not in body[:HEAD_LINES]:
        return any(other.number > line.number and other.kind is LineKind.BODY for other in body)
    return visible(line.text) in _WIRES and any(other.number == line.number + 1 for other in body)
