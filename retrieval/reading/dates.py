"""Days as articles state them: in lines of their own, at the start of a report, in file names and titles."""

import datetime as dt
import re
import unicodedata

import dateutil.parser

from retrieval.patterns import lazy_pattern

DATELINE_WORDS = 14

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?:19|20)\d\d"
FULL_DATE = lazy_pattern(
    rf"\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\s*,?\s+{_YEAR}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH},?\s+{_YEAR}\b"
    rf"|\b{_YEAR}(?P<sep>[-/.])(?:0?[1-9]|1[0-2])(?P=sep)(?:0?[1-9]|[12]\d|3[01])(?!\d)"
    rf"|{_YEAR}\s?年\s?\d{{1,2}}\s?月\s?\d{{1,2}}\s?日|(?:令和|平成|昭和|大正|明治)\s?(?:\d{{1,2}}|元)\s?年\s?\d{{1,2}}\s?月\s?\d{{1,2}}\s?日"
    rf"|\bTh(?:g|áng\s)?\s?\d{{1,2}}\s+\d{{1,2}},\s*{_YEAR}\b|\b\d{{1,2}}\s+(?:Th(?:g)?\s?|tháng\s+)\d{{1,2}}(?:,|\s+năm)?\s+{_YEAR}\b"
    rf"|\bngày\s+\d{{1,2}}(?:\s+tháng\s+\d{{1,2}}\s+năm\s+|[-/.]\d{{1,2}}[-/.]){_YEAR}",
    re.IGNORECASE,
)
"""A day with its month and year in a form that has one reading; 05/04/2023 has two and is not among them."""
NUMERIC_DATE = lazy_pattern(rf"\b(\d{{1,2}})([-/.])(\d{{1,2}})\2({_YEAR})\b")
"""A day and a month, in either order, and a year."""
_CLOCK = lazy_pattern(
    r"\b(?:[01]?\d|2[0-3])(?::[0-5]\d){1,2}\b|\b[012]?\dh[0-5]\d\b|\b[01]?\d(?:[.:][0-5]\d)?\s?[ap]\.?m\b\.?",
    re.IGNORECASE,
)
_ZONE = lazy_pattern(r"\b(?:GMT|UTC|JST|ICT|E[SD]T|P[SD]T|C?EST|AEST|SGT|BST)(?:[+-]\d{1,2})?\b|[+-]\d{2}:?\d{2}\b")
_DATE_WORDS = lazy_pattern(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:mon|tue|wed|thu|fri|sat|sun)\b\.?"
    r"|\b(?:published|posted|updated|released?|modified|last|date|dated|first|for immediate|on|at|by|from|source|in"
    r"|staff|writers?|reporters?|correspondents?|and|of|the)\b"
    r"|\b(?:cập nhật|đăng|thứ|chủ nhật|hai|ba|tư|năm|sáu|bảy|lúc|giờ)\b"
    r"|更新日?|公開(?:日時?)?|最終更新|掲載|配信|発行|朝刊|夕刊|付|午[前後]|[月火水木金土日]曜日?|[（(][月火水木金土日][)）]"
    r"|[\d時分]|[^\w\s]|_",
    re.IGNORECASE,
)
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}
_SHORT_DATE = lazy_pattern(r"\b\d{1,2}/\d{1,2}\s?[(（][月火水木金土日][)）]")
"""A day without its year, which dates nothing but makes a line a dateline."""
_KANJI_NUMBER = lazy_pattern("[〇一二三四五六七八九十]+(?=[年月日])")
_DIGITS = "〇一二三四五六七八九"
_HIRAGANA = lazy_pattern("[ぁ-ゖ]")
_NUMBERS = lazy_pattern(r"\d+|元")


def is_dateline(line: str) -> bool:
    """Return whether a line says when, and perhaps where or by whom, and nothing else: no small word is left of it."""
    line = _in_figures(line)
    if len(line.split()) > DATELINE_WORDS:
        return False
    found = [*_dates(line), *_SHORT_DATE.finditer(line), *_CLOCK.finditer(line)]
    if not found:
        return False
    rest = line
    for match in sorted(found, key=re.Match.start, reverse=True):
        rest = rest[: match.start()] + " " + rest[match.end() :]
    left = _DATE_WORDS.sub(" ", _ZONE.sub(" ", _CLOCK.sub(" ", rest))).split()
    if any(_HIRAGANA.search(word) for word in left):  # names have none, unlike headlines
        return False
    return all(word[0].isupper() or not word[0].isascii() for word in left) and len(left) <= NAMES_BESIDE


NAMES_BESIDE = 5
"""How many words of names, of a place or a paper, may stand in a dateline."""


def _in_figures(text: str) -> str:
    """A text with full-width figures, and the numbers of Japanese dates in kanji, as plain figures."""
    if text.isascii():
        return text
    return _KANJI_NUMBER.sub(_figures, unicodedata.normalize("NFKC", text))


def _figures(number: re.Match[str]) -> str:
    tens, ten, ones = number[0].rpartition("十")
    if not ten:
        return "".join(str(_DIGITS.index(digit)) for digit in ones)
    return str(10 * (_DIGITS.index(tens) if len(tens) == 1 else 1) + (_DIGITS.index(ones) if len(ones) == 1 else 0))


def _dates(line: str) -> list[re.Match[str]]:
    return [*FULL_DATE.finditer(line), *NUMERIC_DATE.finditer(line)]


def find_day(text: str, *, day_first: bool | None = None) -> dt.date | None:
    """Return the first day that a text states in full.

    Args:
        text: A line, a title or a file name.
        day_first: Whether 05/04/2023 is the 5th of April; None where nothing says so, and such a date has no reading.
    """
    text = _in_figures(text)
    stated = FULL_DATE.search(text)
    day = parse_date(stated.group()) if stated else None
    if day is not None:
        return day
    numeric = NUMERIC_DATE.search(text)
    return _numeric_day(numeric, day_first) if numeric else None


def find_undecided(text: str) -> str | None:
    """Return the first date in figures that a text states, where its day and month may stand in either order."""
    numeric = NUMERIC_DATE.search(_in_figures(text))
    if numeric is None or numeric[1] == numeric[3] or not (1 <= int(numeric[1]) <= MONTHS >= int(numeric[3]) >= 1):
        return None
    return numeric[0]


def without_dates(text: str) -> str:
    """Return a text without the days that it states in full."""
    return " ".join(FULL_DATE.sub(" ", text).split())


def order_of(first: str, second: str) -> bool | None:
    """Return whether a date in figures begins with the day; None where both figures may be months."""
    one, other = int(first) > MONTHS, int(second) > MONTHS
    return None if one == other else one


MONTHS = 12


def _numeric_day(date: re.Match[str], day_first: bool | None) -> dt.date | None:
    first, _, second, year = date.groups()
    order = order_of(first, second)
    if order is None:
        order = True if first == second else day_first
    if order is None:
        return None
    day, month = (first, second) if order else (second, first)
    return _day(int(year), int(month), int(day))


def parse_date(stated: str) -> dt.date | None:
    """Return a day as stated in full, or None: not a guess at a missing day or year, and not one yet to come.

    Args:
        stated: A match of `FULL_DATE`.
    """
    if not FULL_DATE.fullmatch(stated):
        return None
    if stated.isascii() and re.search(r"[A-Za-z]{3}", stated):
        return _english_day(stated)
    era = next((start for name, start in _ERAS.items() if stated.startswith(name)), 0)
    numbers = [1 if number == "元" else int(number) for number in _NUMBERS.findall(stated)]
    if re.match(r"th\D*\d+\s", stated, re.IGNORECASE):  # Th11 27, 2023
        numbers = [numbers[2], *numbers[:2]]
    elif stated.lower().startswith("ngày") or re.match(r"\d{1,2}\s+th", stated, re.IGNORECASE):
        numbers.reverse()
    return _day(era + numbers[0], *numbers[1:3])


def _english_day(stated: str) -> dt.date | None:
    try:
        day = dateutil.parser.parse(stated).date()
    except (ValueError, OverflowError):
        return None
    return _day(day.year, day.month, day.day)


def _day(year: int, month: int, day: int) -> dt.date | None:
    tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
    try:
        found = dt.date(year, month, day)
    except ValueError:
        return None
    return found if found <= tomorrow else None
