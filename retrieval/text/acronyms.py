"""Acronyms and what they stand for, found in the articles themselves.

Defined ones, 'Official Security Assistance (OSA)', by the algorithm of Schwartz and Hearst 2003, "A simple algorithm
for identifying abbreviation definitions in biomedical text"; undefined ones from the initials of capitalised names.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from retrieval.text.terms import terms

_SHORT = re.compile(r"\(([A-Za-z][\w&.-]{1,9})\)")
_NAME = re.compile(r"[A-Z][\w’'-]*(?:[\s-]+(?:(?:and|of|the|for|in|on|to)\s+)*[A-Z][\w’'-]*)+")
_SEPARATOR = re.compile(r"[\s-]+")
INITIALS = range(3, 7)
"""How many capitalised words may make an undefined acronym."""
NAMES_EACH = 2
"""How many long forms of one acronym are kept, the most frequent first."""


class AcronymCounts(NamedTuple):
    """How often an acronym and its long form stand in some texts, in the order in which they first do.

    Attributes:
        defined: Those that the texts define.
        suggested: Those that only the initials of a name suggest.
    """

    defined: Mapping[tuple[str, str], int]
    suggested: Mapping[tuple[str, str], int]


def count_acronyms(texts: Iterable[str]) -> AcronymCounts:
    """What may be acronyms in some texts, and how often.

    Args:
        texts: Sentences.
    """
    defined: Counter[tuple[str, str]] = Counter()
    suggested: Counter[tuple[str, str]] = Counter()
    for text in texts:
        defined.update(_definitions(text))
        suggested.update(_initials(text))
    return AcronymCounts(defined, suggested)


def find_acronyms(text: str) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """What the acronyms of a text stand for; see `settled`."""
    counted = count_acronyms([text])
    found: defaultdict[str, list[LongForm]] = defaultdict(list)
    for short, long in dict.fromkeys((*counted.defined, *counted.suggested)):
        pair = short, long
        found[short].append(LongForm(long, counted.defined.get(pair, 0), counted.suggested.get(pair, 0)))
    return {short: forms for short, counts in found.items() if (forms := settled(counts))}


class LongForm(NamedTuple):
    """What an acronym may stand for, and how often it is found beside it.

    Attributes:
        text: The long form as written.
        defined: How often the texts define it.
        suggested: How often only its initials suggest it.
    """

    text: str
    defined: int
    suggested: int


def settled(counted: Sequence[LongForm]) -> tuple[tuple[str, ...], ...]:
    """What an acronym stands for.

    Args:
        counted: All that it may stand for.

    Returns:
        The terms of its long forms, the most frequent first; one that is defined hides what initials only suggest.
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
    """The distinct terms of a long form; a library that is renewed asks for the same ones again."""
    return tuple(dict.fromkeys(terms(long)))


def _definitions(text: str) -> Iterator[tuple[str, str]]:
    for match in _SHORT.finditer(text):
        short = match[1]
        if sum(c.isupper() for c in short) < 2:  # noqa: PLR2004 - one capital is a name, not an acronym
            continue
        words = text[: match.start()].split()[-min(len(short) + 5, 2 * len(short)) :]
        long = _long_form(short, " ".join(words))
        if long and len(long) > len(short):
            yield short.upper().replace(".", ""), long


def _long_form(short: str, before: str) -> str | None:
    """The shortest end of a text whose letters, from right to left, hold the acronym's; its first begins a word."""
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
