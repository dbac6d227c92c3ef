"""The facts by which two passages are compared: quantities, dates, name lists, names, and the words around them."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from retrieval.comparison.dates import DateMention, find_date_mentions
from retrieval.comparison.quantities import Quantity, find_quantities
from retrieval.glossary.name_terms import name_terms
from retrieval.patterns import lazy_pattern
from retrieval.text.acronyms import find_acronyms
from retrieval.text.answer_shapes import place_groups
from retrieval.text.rarity import RAREST, background
from retrieval.text.terms import Word, passage_words

READ = 2_000
"""How many characters of a passage are read; the cost of comparing grows with their square."""
FRAME = 6
"""How many telling words on either side frame a quantity or a list."""
LISTED_TWICE = 2
"""Least number of names that two lists share, so that they list the same kind of thing."""
_PERIODS = frozenset(
    "year month week day decad centuri today yesterday tomorrow last next monday tuesday wednesday thursday friday"
    " saturday sunday".split()
)
_NAME = r"(?:the\s+)?[A-Z][\w’'.-]*+(?:\s+(?:of\s+(?:the\s+)?)?[A-Z][\w’'.-]*+){0,3}"
_LIST = lazy_pattern(rf"\b{_NAME}(?:,\s+{_NAME})*+,?\s+(?:and|or|&)\s+{_NAME}")
_BETWEEN = lazy_pattern(r",?\s+(?:and|or|&)\s+(?:the\s+)?|,\s+(?:the\s+)?")
_OPEN = lazy_pattern(
    r"\b(?:includ\w+|such as|like|among|notably|especially|e\.g\.|other than|as well as)\W+(?:the\s+)?$", re.IGNORECASE
)


class NameList(NamedTuple):
    """A list of names, and where it stands in the passage."""

    items: frozenset[str]  # each as one string of terms
    whole: bool  # it claims to name all: not after 'including' or 'such as'
    start: int
    end: int

    def contradicts(self, other: "NameList") -> bool | None:
        """Return whether two alike lists each have a name that the other lacks; None where they are not alike."""
        if self.items <= other.items or other.items <= self.items:
            return False
        return True if self.whole and other.whole and len(self.items & other.items) >= LISTED_TWICE else None


class Facts(NamedTuple):
    """The facts of a passage."""

    words: tuple[Word, ...]  # the telling ones in order, places by their country, quantities and dates left out
    terms: frozenset[str]  # theirs
    names: frozenset[str]  # the words written as names
    quantities: tuple[Quantity, ...]
    dates: tuple[DateMention, ...]
    name_lists: tuple[NameList, ...]
    list_terms: frozenset[str]  # the terms of the names in these lists
    acronyms: frozenset[str]  # the words written in capitals
    initials: Mapping[str, tuple[str, ...]]  # the terms of capitalised names of several words by their initials

    def near(self, start: int, end: int) -> frozenset[str]:
        """Return the telling words around a place of the passage."""
        before = [word.term for word in self.words if word.end <= start][-FRAME:]
        after = [word.term for word in self.words if word.start >= end][:FRAME]
        return frozenset(before + after)


@lru_cache(maxsize=1 << 13)
def find_facts(text: str, published: dt.date | None) -> Facts:
    """Read the facts of a passage, of which only the beginning is read where it is longer than any sentence.

    Args:
        text: The passage.
        published: The date of its article, where known.
    """
    quantities, name_lists = slots(text)
    text = text[:READ]
    dates = tuple(find_date_mentions(text, published))
    quantities = tuple(q for q in quantities if not any(d.start < q.end and q.start < d.end for d in dates))
    spans: list[Quantity | DateMention] = [*quantities, *dates]
    words = tuple(
        word
        for word in _with_places(text, passage_words(text))
        if word.term not in _PERIODS and not any(s.start < word.end and word.start < s.end for s in spans)
    )
    named = {word.term for word in words if _is_name(text, word)}
    return Facts(
        words=words,
        terms=frozenset(word.term for word in words),
        names=frozenset(named),
        quantities=quantities,
        dates=dates,
        name_lists=name_lists,
        list_terms=frozenset(term for names in name_lists for item in names.items for term in item.split()),
        acronyms=frozenset(w.term for w in words if text[w.start : w.end].isupper() and w.end - w.start > 1),
        initials={short.lower(): forms[0] for short, forms in find_acronyms(text).items()},
    )


@lru_cache(maxsize=1 << 13)
def slots(text: str) -> tuple[tuple[Quantity, ...], tuple[NameList, ...]]:
    """Return the numbers and the name lists of a passage; the numbers of its dates are among them."""
    text = text[:READ]
    return tuple(find_quantities(text)), tuple(_find_name_lists(text))


@lru_cache(maxsize=1 << 17)
def weight(term: str) -> float:
    """Return the idf of a term in English at large; a place weighs as its country's name."""
    return background().get(term.removeprefix("@"), RAREST)


def _is_name(text: str, word: Word) -> bool:
    """Whether a word is written as a name; the first word only where it is no common word."""
    if word.term.startswith("@"):
        return True
    return text[word.start].isupper() and (word.start > 1 or word.term not in background())


def _find_name_lists(text: str) -> Iterator[NameList]:
    for match in _LIST.finditer(text):
        items = frozenset(_item(name) for name in _BETWEEN.split(match.group()))
        if len(items) > 1 and "" not in items:
            yield NameList(items, not _OPEN.search(text[: match.start()][-30:]), match.start(), match.end())


def _item(name: str) -> str:
    return " ".join(word.term for word in _with_places(name, passage_words(name)))


def _with_places(text: str, words: Iterable[Word]) -> Iterator[Word]:
    """Words, with the country ('@japan') in place of the words for it, its people or its capital."""
    kept = list(words)
    names, at = _countries(), 0
    while at < len(kept):
        word, size = kept[at], 1
        country = None
        if text[word.start].isupper() and word.term in _place_starts():
            for size in (3, 2, 1):
                country = names.get(tuple(w.term for w in kept[at : at + size]))
                if country:
                    break
        yield Word(country, word.start, kept[min(at + size, len(kept)) - 1].end) if country else word
        at += size if country else 1


@cache
def _countries() -> Mapping[tuple[str, ...], str]:
    return {
        name_terms(name): "@" + "".join(name_terms(group[0])) for group in reversed(place_groups()) for name in group
    }


@cache
def _place_starts() -> frozenset[str]:
    return frozenset(name[0] for name in _countries() if name)
