"""Acronyms and what they stand for, found in the articles themselves.

Defined ones, 'Official Security Assistance (OSA)', by the algorithm of Schwartz and Hearst 2003, "A simple algorithm
for identifying abbreviation definitions in biomedical text"; undefined ones from the initials of capitalised names.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from retrieval.patterns import lazy_pattern
from retrieval.text.terms import terms

_SHORT = lazy_pattern(r"\((?:(?:the|or|hereinafter|hereafter),? )?[“\"‘']?([A-Za-z][\w&.-]{1,9})[”\"’']?\)")
_COMPANY = lazy_pattern(r"(?:,? (?:LLC|LLP|Ltd|Limited|Inc|Co|Corp|PLC|GmbH|S\.A)\b\.?,?)+\s*$")
"""How a name says that it is a company's; no letter of an acronym stands for it."""
_NAME = lazy_pattern(r"[A-Z][\w’'-]*(?:[\s-]+(?:(?:and|of|the|for|in|on|to)\s+)*[A-Z][\w’'-]*)+")
_SEPARATOR = lazy_pattern(r"[\s-]+")
INITIALS = range(3, 7)
"""How many capitalised words may make an undefined acronym."""
NAMES_EACH = 2
"""How many long forms of one acronym are kept, the most frequent first."""


class AcronymCounts(NamedTuple):
    """How often acronyms stand in texts with each long form, in the order in which they first do."""

    defined: Mapping[tuple[str, str], int]
    suggested: Mapping[tuple[str, str], int]  # only by the initials of a name


def count_acronyms(texts: Iterable[str]) -> AcronymCounts:
    """Count the possible acronyms in sentences."""
    defined: Counter[tuple[str, str]] = Counter()
    suggested: Counter[tuple[str, str]] = Counter()
    for text in texts:
        defined.update(_definitions(text))
        suggested.update(_initials(text))
    return AcronymCounts(defined, suggested)


def find_acronyms(text: str) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return the long forms of each acronym of a text; see `choose_long_forms`."""
    counted = count_acronyms([text])
    found: defaultdict[str, list[LongForm]] = defaultdict(list)
    for short, long in dict.fromkeys((*counted.defined, *counted.suggested)):
        pair = short, long
        found[short].append(LongForm(long, counted.defined.get(pair, 0), counted.suggested.get(pair, 0)))
    return {short: forms for short, counts in found.items() if (forms := choose_long_forms(counts))}


def spells_out(text: str, acronym: str) -> bool:
    """Return whether a text holds words that an acronym may stand for: its definition, or words with its letters."""
    letters = [letter for letter in acronym if letter.isalnum()]
    if len(letters) < INITIALS.start:
        letters = [letter.upper() for letter in letters]  # two small letters begin any two words
    beside = r"[\s-]+(?:(?:and|of|the|for|in|on|to)[\s-]+){0,2}?"
    words = beside.join(rf"{re.escape(letter)}[\w’']+" for letter in letters)
    case = re.IGNORECASE if len(letters) >= INITIALS.start else re.NOFLAG
    return acronym.upper() in find_acronyms(text) or re.search(rf"\b{words}\b", text, case) is not None


class LongForm(NamedTuple):
    """A possible long form of an acronym."""

    text: str  # as written
    defined: int  # how often the texts define it
    suggested: int  # how often only its initials suggest it


def choose_long_forms(counted: Sequence[LongForm]) -> tuple[tuple[str, ...], ...]:
    """Return the terms of an acronym's long forms, the most frequent first.

    A long form that is defined hides those that initials only suggest.
    """
    defined = _most_frequent((form.defined, form.text) for form in counted)
    return defined or _most_frequent((form.suggested, form.text) for form in counted)


def _most_frequent(counted: Iterable[tuple[int, str]]) -> tuple[tuple[str, ...], ...]:
    forms: dict[tuple[str, ...], None] = {}
    for _, text in sorted((-count, text) for count, text in counted if count):
        if form := _form(text):
            forms[form] = None
        if len(forms) == NAMES_EACH:  # the rest need not be read: of some acronyms there are hundreds
            break
    return tuple(forms)


@lru_cache(maxsize=1 << 16)
def _form(long: str) -> tuple[str, ...]:
    """Return the distinct terms of a long form; a library that is renewed asks for the same again."""
    return tuple(dict.fromkeys(terms(long)))


def _definitions(text: str) -> Iterator[tuple[str, str]]:
    for match in _SHORT.finditer(text):
        short = match[1]
        if sum(c.isupper() for c in short) < 2:  # noqa: PLR2004 - one capital is a name, not an acronym
            continue
        words = _COMPANY.sub("", text[: match.start()]).split()[-min(len(short) + 5, 2 * len(short)) :]
        long = _long_form(short, " ".join(words))
        if long and len(long) > len(short):
            yield short.upper().replace(".", ""), long


def _long_form(short: str, before: str) -> str | None:
    """Return the shortest end of a text that holds an acronym's letters, right to left; the first begins a word."""
    at = len(before) - 1
    for place in range(len(short) - 1, -1, -1):
        letter = short[place].lower()
        if not letter.isalnum():
            continue
        while at >= 0 and not (before[at].lower() == letter and (place or at == 0 or not before[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
        at -= 1
    return before[before.rfind(" ", 0, at + 1) + 1 :]


def _initials(text: str) -> Iterator[tuple[str, str]]:
    for match in _NAME.finditer(text):
        words = _SEPARATOR.split(match.group())
        if len(words) < INITIALS.start:
            continue
        capitals = [place for place, word in enumerate(words) if word[:1].isupper()]
        for first in range(len(capitals)):
            for count in INITIALS:
                if first + count <= len(capitals):
                    used = capitals[first : first + count]
                    yield "".join(words[place][0] for place in used), " ".join(words[used[0] : used[-1] + 1])
