"""The lines of an article, each named by its shape: body text, or furniture around it."""

import re
from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple


class LineKind(Enum):
    """The part of a line in the make-up of an article; a line without a letter or digit is blank."""

    BLANK = auto()
    FRONT_MATTER = auto()
    HEADING = auto()
    DATELINE = auto()
    BYLINE = auto()
    CREDIT = auto()
    BULLET = auto()
    SOURCES = auto()
    BOILERPLATE = auto()
    BODY = auto()


QUOTABLE = frozenset({LineKind.HEADING, LineKind.BULLET, LineKind.SOURCES, LineKind.BODY})


class Line(NamedTuple):
    """One line: its number from 1, its text without the line break, and where in the article it stands."""

    number: int
    start: int
    text: str
    kind: LineKind

    @property
    def end(self) -> int:
        """Offset after its last code point, the line break left out."""
        return self.start + len(self.text)


HEAD_LINES = 5
"""How many lines from the top (blank ones not counted) a byline or dateline is looked for."""
TAIL_LINES = 4
"""How many lines from the bottom; what follows there is mostly furniture of the page it came from."""
BYLINE_WORDS = 5
FURNITURE_WORDS = 12
"""Longest line that is furniture for how it begins; a longer one is a sentence that happens to begin so."""
DATELINE_WORDS = 14

_WORD = re.compile(r"[^\W_]")
_BREAK = re.compile(r"\r\n|\n|\r")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]」』]*$")
_HEADING = re.compile(r"#{1,6}\s+\S")
_BULLET = re.compile(r"(?:[-•*–‣▪]|\(?\d{1,3}[.)])\s+\S")
_SOURCES = re.compile(r"(?:sources?|references|see also)\s*:", re.IGNORECASE)
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}\b")
_COUNTER = re.compile(r"[^\W\d_]+(?:\s[^\W\d_]+)?\s*[:：]\s*[\d.,]+\s*[kKmM]?")
_FURNITURE = re.compile(
    r"(?:related (?:posts?|articles?|stor(?:y|ies)|news|content)|comments? (?:are|is) closed|(?:no|\d+) comments?"
    r"|[\d.,]+\s?[km]?\s(?:views?|reads?|shares?|likes?)|\d+[ -]min(?:ute)?s?\sread|like this|loading"
    r"|(?:leave|post) a (?:reply|comment)|share (?:this|on)\b.*|read (?:more|also|next)\b.*|more (?:from|on)\b.*"
    r"|you may also like|recommended(?: for you)?|advertisement|sponsored(?: content)?|subscribe\b.*|sign (?:up|in)\b.*"
    r"|log in\b.*|follow us\b.*|(?:tags?|categories|topics|filed under)\s*:.*"
    r"|(?:previous|next) (?:post|article|story)\b.*"
    r"|print this\b.*|e-?mail this\b.*|back to top|skip to content|all rights reserved\b.*|copyright\b.*|©.*"
    r"|\(c\)\s*(?:\d{4}|[A-Z]).*|関連記事.*|無断転載.*|あわせて読みたい.*|コメント.{0,12}"
    r"|(?:bài viết|tin|bài) liên quan.*|(?:xem|đọc) thêm.*|bình luận.{0,12})[.!:…。：]{0,3}",
    re.IGNORECASE,
)
_NOTICE = re.compile(r"(?:copyright\s*)?(?:©|\(c\)|\d{4}\b)", re.IGNORECASE)
_CREDIT_WORDS = (
    r"(?-i:[A-Z]\w*\s){0,2}(?:(?:file |stock )?(?:photo(?:graph)?s?|images?|pictures?|pics?)(?: credits?| courtesy)?"
    r"|credits?|courtesy)"
)
_CREDIT_NAME = r"(?-i:[^\W\d_a-z]|\d{4}|(?:and|at|de|for|of|the|van|via)\b)[\w.’'&-]*"
_CREDIT_NAMES = rf"{_CREDIT_NAME}(?:[\s,/|]{{1,3}}{_CREDIT_NAME}){{0,9}}"
CREDIT_REACH = 2_000
"""How far before the end of a line, in code points, a photo credit may begin; real ones are a tenth of that."""
_CREDIT_MARKS = ("©", "(", "[", "|", "＝", "photo", "image", "pic", "credit", "courtesy")
"""No credit is without one of these; looking for them takes a tenth of the time."""
_TRAILING_CREDIT = re.compile(
    r"(?:(?<!\s)\s*+©\s*[\w .,’'&/|-]{2,60}"
    rf"|(?<!\s)\s*+[(\[]\s?{_CREDIT_WORDS}"
    r"(?:(?:\s?[:/]|\s(?:by|courtesy|from|provided|supplied|taken|via)\b)[^()\[\]]{0,80}"
    rf"|\s{_CREDIT_NAMES})?\s?[)\]]"
    rf"|(?:^|(?<=[.!?]\s)){_CREDIT_WORDS}\s?(?:by\b|:|/|(?<=courtesy )of\b)\s?{_CREDIT_NAMES}"
    rf"|(?<=[.!?\"”])\s?[|＝]\s?{_CREDIT_NAMES})\s*$",
    re.IGNORECASE,
)
_SMALL_WORDS = frozenset({"a", "and", "at", "by", "de", "for", "in", "of", "on", "the", "van", "von"})


def trailing_credit(text: str) -> int | None:
    """Return where a photo credit at the end of a line begins; the caption before it may be quoted."""
    reached = max(0, len(text) - CREDIT_REACH)
    folded = text[reached:].casefold()
    if not any(mark in folded for mark in _CREDIT_MARKS):
        return None
    credit = _TRAILING_CREDIT.search(text, reached)
    return credit.start() if credit else None


def read_lines(text: str) -> list[Line]:
    """Split an article's text into lines, blank ones included, and name each by its shape."""
    bare = list(_split_lines(text))
    front = _front_matter_end([content for _, _, content in bare])
    places = {n: place for place, n in enumerate(n for n, _, content in bare if n > front and _WORD.search(content))}
    return [Line(number, start, content, _kind(content, number, places, front)) for number, start, content in bare]


def visible(text: str) -> str:
    """Return the text of a line without the white space and byte order mark around it."""
    return text.strip().lstrip("\ufeff").strip()


def is_sentence(text: str) -> bool:
    """Return whether a line ends as a sentence does."""
    return bool(_SENTENCE_END.search(text))


def _split_lines(text: str) -> list[tuple[int, int, str]]:
    starts = [0, *(match.end() for match in _BREAK.finditer(text))]
    ends = [*(match.start() for match in _BREAK.finditer(text)), len(text)]
    return [(n, start, text[start:end]) for n, (start, end) in enumerate(zip(starts, ends, strict=True), 1)]


def _front_matter_end(texts: Sequence[str]) -> int:
    """Number of the line that closes a front-matter block, or 0 where there is none."""
    if not texts or visible(texts[0]) != "---":
        return 0
    closing = (n for n, content in enumerate(texts[1:60], 2) if content.strip() in {"---", "..."})
    return next(closing, 0)


def _kind(content: str, number: int, places: dict[int, int], front: int) -> LineKind:
    line = visible(content)
    if number <= front and line:
        return LineKind.FRONT_MATTER
    if number not in places:
        return LineKind.BLANK
    place = places[number]
    return (
        _marked_kind(line)
        or _furniture_kind(line, place, len(places))
        or _header_kind(line, place, len(places))
        or LineKind.BODY
    )


def _marked_kind(line: str) -> LineKind | None:
    """Headings, lists of sources and bullets, which carry a mark."""
    if _HEADING.match(line):
        return LineKind.HEADING
    if _SOURCES.match(line):
        return LineKind.SOURCES
    if _BULLET.match(line):
        return LineKind.BULLET
    return None


def _furniture_kind(line: str, place: int, count: int) -> LineKind | None:
    """Lines that a web page puts around an article: never quoted."""
    if place and _FURNITURE.fullmatch(line) and (len(line.split()) <= FURNITURE_WORDS or _NOTICE.match(line)):
        return LineKind.BOILERPLATE
    if _COUNTER.fullmatch(line) and (place < HEAD_LINES or place >= count - TAIL_LINES):
        return LineKind.BOILERPLATE
    if _TRAILING_CREDIT.fullmatch(line):
        return LineKind.CREDIT
    return None


def _header_kind(line: str, place: int, count: int) -> LineKind | None:
    """Datelines and bylines, near the top or bottom."""
    if is_sentence(line):
        return None
    words = line.split()
    at_edge = place < HEAD_LINES or place >= count - TAIL_LINES
    if at_edge and len(words) <= DATELINE_WORDS and (_CLOCK.search(line) or is_date(line)):
        return LineKind.DATELINE
    if place and at_edge and len(words) <= BYLINE_WORDS and _is_name(words):
        return LineKind.BYLINE
    return None


def _is_name(words: Sequence[str]) -> bool:
    named = [word for word in words if word.lower() not in _SMALL_WORDS]
    return bool(named) and all(word[0].isupper() and not any(c.isdigit() for c in word) for word in named)


_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
FULL_DATE = re.compile(
    rf"\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\s*,?\s+(?:19|20)\d\d\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH},?\s+(?:19|20)\d\d\b"
    r"|\b(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?:19|20)\d\d年\s?\d{1,2}月\s?\d{1,2}日"
    r"|ngày \d{1,2} tháng \d{1,2} năm (?:19|20)\d\d",
    re.IGNORECASE,
)
"""A day with its month and year in a form that has one reading; 05/04/2023 has two and is not among them."""
_DATE_WORDS = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:published|posted|updated|last|modified|on|at|date|by)\b"
    r"|[\W\d_]",
    re.IGNORECASE,
)


def is_date(line: str) -> bool:
    """Return whether a line says a date and nothing else of weight (a weekday, 'Published:', a time)."""
    date = FULL_DATE.search(line)
    return bool(date) and not _DATE_WORDS.sub("", line[: date.start()] + line[date.end() :]) if date else False
