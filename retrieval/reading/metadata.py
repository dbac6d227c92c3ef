"""What an article's own lines say of when it was published, and by whom."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from retrieval.patterns import lazy_pattern
from retrieval.reading.dates import FULL_DATE, NUMERIC_DATE, find_day, find_undecided, order_of
from retrieval.reading.furniture import EDGE, PUBLICATIONS, TAIL, WIRES, Furniture
from retrieval.reading.paragraphs import Paragraph, ParagraphKind

_DATELINE = lazy_pattern(r"(?:[A-Z]{3}|[A-Z]{2} [A-Z]{2}|\([A-Z])(?:(?!\b[a-z]).){0,80}?\s?[–—-]{1,2}\s")
_STATED = lazy_pattern(
    r"(?:for immediate release|(?:(?:first )?published|posted|updated|released|last modified|date)(?:\s+(?:by|on|at)\b"
    r"[^.:]{0,60}?)?|ngày|cập nhật|更新(?:日時?)?|公開(?:日時?)?|最終更新|掲載日?|発行日?|配信(?:日時?)?"
    r"|đăng(?: lúc| ngày)?)\s*[:：]?\s*(?:(?:by\s[^\d]{2,40}\s)?on\s)?",
    re.IGNORECASE,
)
_DAY_FIRST = lazy_pattern(r"^(?P<date>\d{1,2}\s+[A-Z][a-z]+\s+(?:19|20)\d\d)\.\s+By\s")
_PLACE_FIRST = lazy_pattern(r"^[A-Z][\w .’'-]{2,30},\s")
_ENDS_DATELINE = lazy_pattern(r"\s*(?:$|[–—.:(-])")
_TITLE_DATE = lazy_pattern(rf"(?:^|[:,|(–—-]\s*)(?P<date>{FULL_DATE.pattern})\s*[)）]?$", re.IGNORECASE)
"""A date that ends a title, set off from its words: 'Current events: 2 February 2025'."""
_AGENCY = lazy_pattern(r"\(([A-Z][^()]{1,40})\)")
_PAPER_WORDS = (
    "Agency|Broadcasting|Chronicle|Daily|Gazette|Guardian|Herald|Journal|Mail|Ministry|News|Nikkei|Observer|Post|Press|Review"
    "|Shimbun|Standard|Star|Telegraph|Times|Tribune|Weekly|BBC|CNN|NHK|NPR|VOV"
)
_PAPER = lazy_pattern(rf"\b(?:{_PAPER_WORDS})$")
_CAPITAL = r"[A-Z][\w.’'-]*"
_BY_PAPER = lazy_pattern(
    rf"\b[Bb]y\s(?:{_CAPITAL}(?:\s{_CAPITAL}){{0,3}},\s)?((?:{_CAPITAL}\s){{0,3}}(?:{_PAPER_WORDS}))\b"
)
_SOURCE = lazy_pattern(
    r"^(?:source|publisher|nguồn|出典|提供|配信元|引用元|発行元)\s*[:：]\s*(.{2,60}?)\.?$", re.IGNORECASE
)
_NAME_DATE = lazy_pattern(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_YEAR_BEHIND_MARK = lazy_pattern(r"[-/.](?:19|20)\d\d")
"""No date in figures is without one; to look for it takes a quarter of the time."""
LOOKED_AT, VIETNAMESE_LETTERS = 2_000, 20
"""How much of a text is looked at for its language, and how many letters of Vietnamese alone say that it is in it."""
_VIETNAMESE = lazy_pattern(r"[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)


class StatedDate(NamedTuple):
    """The day an article was published, or a date in figures that may be two days."""

    day: dt.date | None
    undecided: str | None = None


def find_date(text: str, paragraphs: Sequence[Paragraph], file: str, title: str, day_first: bool | None) -> StatedDate:
    """Find the day an article was published.

    Datelines and lines that state it, near the start or end, go before the title, and that before the file's name; a
    date within a sentence or a headline's sentence dates nothing.

    Args:
        text: The whole article.
        paragraphs: Its paragraphs.
        file: Its path inside the folder.
        title: Its headline.
        day_first: Whether its dates in figures begin with the day, as `date_order` says.
    """
    if day_first is None and len(_VIETNAMESE.findall(text[:LOOKED_AT])) > VIETNAMESE_LETTERS:
        day_first = True
    datelines = [_dateline(text, paragraph) for paragraph in _edges(paragraphs)]
    stated = next(filter(None, (find_day(line, day_first=day_first) for line in datelines)), None)
    day = stated or _day_of_title(title) or _day_of_name(file)
    return StatedDate(day, next(filter(None, map(find_undecided, datelines)), None) if day is None else None)


def _day_of_title(title: str) -> dt.date | None:
    found = _TITLE_DATE.search(title)
    return find_day(found["date"]) if found else None


def _day_of_name(file: str) -> dt.date | None:
    found = _NAME_DATE.search(PurePosixPath(file).name)
    return find_day("-".join(found.groups())) if found else None


def date_order(text: str) -> bool | None:
    """Return whether an article's dates in figures begin with the day; None where none shows it, or they differ."""
    if not _YEAR_BEHIND_MARK.search(text):
        return None
    orders = {order_of(first, second) for first, _, second, _ in NUMERIC_DATE.findall(text)} - {None}
    return orders.pop() if len(orders) == 1 else None


def _edges(paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph]:
    body = [p for p in paragraphs if p.omission is None or isinstance(p.omission, Furniture)]
    yield from body[:EDGE]
    yield from reversed(body[max(EDGE, len(body) - TAIL) :])


def _dateline(text: str, paragraph: Paragraph) -> str:
    """What a paragraph says of when and where before its report begins: all of a dateline, the start of a sentence."""
    piece = text[paragraph.start : paragraph.end].strip()
    if paragraph.omission is Furniture.DATELINE or paragraph.kind is ParagraphKind.SOURCES:
        return piece
    if stated := _STATED.match(piece):
        return piece[: stated.end() + 40]
    if first := _DAY_FIRST.match(piece):
        return first["date"]
    if prefix := _DATELINE.match(piece):
        return prefix.group()
    if (place := _PLACE_FIRST.match(piece)) and (date := FULL_DATE.match(piece, place.end())):
        return piece[: date.end()] if _ENDS_DATELINE.match(piece, date.end()) else ""
    return ""


def find_publisher(text: str, paragraphs: Sequence[Paragraph]) -> str | None:
    """Find who published an article: the agency of a dateline, or a line that names a publication.

    A news agency's bare name directly above a caption credits the photograph, not the report.
    """
    edges = list(_edges(paragraphs))
    for paragraph in edges:
        line = text[paragraph.start : paragraph.end].strip()
        agency = _AGENCY.search(_dateline(text, paragraph))
        if agency and _is_publication(agency[1]):
            return agency[1]
        if (named := _publication_in(line, paragraph)) is not None:
            return named
        if source := _SOURCE.match(line):
            return source[1]
        if _is_short(paragraph) and (by := _BY_PAPER.search(line)):
            return by[1]
        if paragraph.omission is Furniture.BYLINE and _is_publication(line) and not _heads(paragraph, paragraphs, line):
            return line
    return None


_WIRE_LEAD = lazy_pattern(r"[【［\[]([^】］\]]{1,24})[】］\]]|^[^()]{2,30}\((TTXVN|VOV|VNA)\)\s?[-–—]")
"""How reports of Japan and Vietnam begin: 【ハノイ共同】, 'Hà Nội (TTXVN) -'."""
_SHORT_NAMES = {
    "共同": "共同通信",
    "時事": "時事通信",
    "読売": "読売新聞",
    "朝日": "朝日新聞",
    "毎日": "毎日新聞",
    "ロイター": "ロイター",
    "AFP": "AFP",
}


def _publication_in(line: str, paragraph: Paragraph) -> str | None:
    """A publisher of Japan or Vietnam named in a dateline or by-line, or as agencies begin their reports."""
    if isinstance(paragraph.omission, Furniture):
        found = PUBLICATIONS.search(line)
        return found[0] if found else None
    lead = _WIRE_LEAD.match(line)
    if lead is None:
        return None
    return lead[2] or next((full for short, full in _SHORT_NAMES.items() if lead[1].rstrip().endswith(short)), None)


def _is_short(paragraph: Paragraph) -> bool:
    return len(paragraph.lines) == 1 and paragraph.end - paragraph.start <= 100  # noqa: PLR2004 - a line of its own


def _is_publication(name: str) -> bool:
    return name in WIRES or bool(_PAPER.search(name))


def _heads(name: Paragraph, paragraphs: Sequence[Paragraph], line: str) -> bool:
    """Whether a name credits the caption on the very next line, or heads the text that it stands above near the end."""
    body = [p for p in paragraphs if p.omission is None or isinstance(p.omission, Furniture)]
    if name not in body[:EDGE]:
        return any(p.start > name.start and p.omission is None for p in body)
    return line in WIRES and any(p.lines[0].number == name.lines[-1].number + 1 for p in body)
