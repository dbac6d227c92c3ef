"""Acronyms and what they stand for, found in the articles themselves.

Defined ones, 'Official Security Assistance (OSA)', by the algorithm of Schwartz and Hearst 2003, "A simple algorithm
for identifying abbreviation definitions in biomedical text"; undefined ones from the initials of capitalised names.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from retrieval.terms import terms

_SHORT = re.compile(r"\(([A-Za-z][\w&.-]{1,9})\)")
_NAME = re.compile(r"[A-Z][\w’'-]*(?:[\s-]+(?:(?:and|of|the|for|in|on|to)\s+)*[A-Z][\w’'-]*)+")
_SEPARATOR = re.compile(r"[\s-]+")
INITIALS = range(3, 7)
"""How many capitalised words may make an undefined acronym."""
NAMES_EACH = 2
"""How many long forms of one acronym are kept, the most frequent first."""

Acronyms = Mapping[str, tuple[tuple[str, ...], ...]]
"""For an acronym in capitals, the terms of each of its long forms."""


def find_acronyms(texts: Iterable[str]) -> Acronyms:
    """What acronyms stand for in some texts.

    Args:
        texts: Sentences.

    Returns:
        Long forms, the most frequent first; one that is defined hides what initials only suggest.
    """
    defined: Counter[tuple[str, str]] = Counter()
    suggested: Counter[tuple[str, str]] = Counter()
    for text in texts:
        defined.update(_definitions(text))
        suggested.update(_initials(text))
    found = _by_acronym(defined)
    return {**_by_acronym(suggested), **found}


def _by_acronym(counts: Counter[tuple[str, str]]) -> dict[str, tuple[tuple[str, ...], ...]]:
    forms: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for (short, long), _ in counts.most_common():
        form = tuple(dict.fromkeys(terms(long)))
        if form and form not in forms[short] and len(forms[short]) < NAMES_EACH:
            forms[short].append(form)
    return {short: tuple(kept) for short, kept in forms.items()}


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
        capitals = [place for place, word in enumerate(words) if word[:1].isupper()]
        for first in range(len(capitals)):
            for count in INITIALS:
                if first + count <= len(capitals):
                    used = capitals[first : first + count]
                    yield "".join(words[place][0] for place in used), " ".join(words[used[0] : used[-1] + 1])
