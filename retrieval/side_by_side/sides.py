"""Which side of a comparison a sentence belongs to: by its date, its publisher, its speaker or the names in it."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from retrieval.comparison.facts import find_facts, weight
from retrieval.dates.calendar import DaySpan
from retrieval.library import Library
from retrieval.models import Passage, TimeSpan
from retrieval.patterns import lazy_pattern
from retrieval.ranking.merging import searches
from retrieval.side_by_side.request import ColumnAsked
from retrieval.text.rarity import RAREST
from retrieval.text.terms import Word, term_set
from retrieval.timeline.events import event_of

BY_TITLE, BY_ARTICLE, BESIDE_ANOTHER, UNDER_PREPOSITION = 0.7, 0.6, 0.75, 0.85
"""How surely a sentence is on a side that only its title names; that only other sentences of its article name; that it
names with another, which acts less; that it names only behind 'of', 'with' or 'to'."""
LEAD = 8
"""Within how many sentences from its beginning an article names the person that it is about."""
_OFFICE = lazy_pattern(
    r"(?:the|prime|deputy|vice|first|minister|pm|president|secretary|treasurer|speaker|chancellor|mr|ms|\W)+",
    re.IGNORECASE,
)
"""A speaker who is named by an office alone."""
_SAME_NAME = frozenset({"acronym", "spelling"})
"""Why a term stands for another that is the same name."""
LIKE_HEAVIEST = 0.7
"""From what share of the heaviest word's weight on another word of a name tells it as well."""
_PREPOSITION = lazy_pattern(
    r"\b(?:of|with|to|against|from|in|by|for|on|over|towards?|between|including|like|than|via|into|at|around|about)\s+(?:the\s+|an?\s+)?"
    r"(?:[\w’'.-]+\s+){0,2}$",
    re.IGNORECASE,
)
_JOINED = lazy_pattern(r"(?:[,\s()]|\band\b|\bor\b|&|[-–—/]|\bthe\b|\bof\b|[A-Z][\w.’'-]*)*")
"""What stands between two names that act together."""
_WATERS = lazy_pattern(r"\s+(?:Seas?|Ocean|Straits?|Gulf|Peninsula)\b")
"""What makes a country's name part of that of waters or land."""


class NamedSide:
    """A person, a country, a group or a thing, by the words that name it."""

    def __init__(self, library: Library, label: str) -> None:
        readings = searches(library.read(label))
        meant = (" ".join(each.meant for each in query.read_as) for query in readings if query.read_in)
        names = [_name_of(form) for form in (label, *filter(None, meant))]
        short = (e.terms for q in readings for e in q.expansions if len(q.terms) == 1 and e.why in _SAME_NAME)
        heads = [*(head for name in names for head in name.heads), *map(frozenset[str], short)]
        self.heads = [head for head in dict.fromkeys(heads) if head]
        is_place = any(name.is_place for name in names)
        self._is_name = all(name.is_name for name in names)
        self._library, self._is_place = library, is_place
        self._opens = dict[str, bool]()

    def opens(self, file: str) -> bool:
        """Return whether an article names it within its first sentences; not asked of countries, which all do."""
        if self._is_place:
            return False
        if file not in self._opens:
            self._opens[file] = any(self._library.begins_with(file, head, LEAD) for head in self.heads)
        return self._opens[file]

    def is_held(self, text: str, published: dt.date | None = None) -> bool:
        """Return whether a text names it, a name in capitals."""
        held = _names_in(text, published) if self._is_name else _held(text, published)
        return any(head <= held for head in self.heads)

    @property
    def terms(self) -> frozenset[str]:
        """The words that name it."""
        return frozenset(term for head in self.heads for term in head)


class _Name(NamedTuple):
    """The words that name a side, each of these sets by itself."""

    heads: list[frozenset[str]]
    is_place: bool = False
    is_name: bool = True


def _name_of(label: str) -> _Name:
    """The words of a name: of a country the country, of a person any rare part, of a thing all."""
    facts = find_facts(label.title() if label.islower() else label, None)
    terms = {word.term for word in facts.words}
    places = frozenset(term for term in terms if term.startswith("@"))
    others = terms - places
    heaviest = max(map(weight, others), default=0.0)
    if places and heaviest < LIKE_HEAVIEST * RAREST:
        return _Name([places], is_place=True)
    names = {term for term in others & facts.names if weight(term) >= LIKE_HEAVIEST * heaviest}
    if not names or (label.islower() and heaviest < RAREST):
        return _Name([frozenset(others)], is_name=False)
    initials = facts.initials if len(names) > 1 else ()
    return _Name([frozenset({term}) for term in (*sorted(names), *initials)])


class Ownership(NamedTuple):
    """The side that a sentence is of, by its number, and how surely."""

    side: int
    strength: float

    @property
    def is_by_article(self) -> bool:
        """Whether only other sentences of its article tell."""
        return self.strength == BY_ARTICLE


class _Mention(NamedTuple):
    """Where a sentence names a side."""

    start: int
    end: int
    side: int
    acts: bool  # not behind 'of', 'with' or 'to'


def named_owner(passage: Passage, sides: Sequence[NamedSide], topic: frozenset[str]) -> Ownership | None:
    """Return the side that a sentence is of, and how surely; None of none, and of several alike.

    Of several sides that it names, that which acts last before the words of the topic.
    """
    if passage.speaker:
        spoken = [n for n, side in enumerate(sides) if side.is_held(passage.speaker.title())]
        if len(spoken) == 1:
            return Ownership(spoken[0], 1.0)
    text = passage.shown
    named = [n for n, side in enumerate(sides) if side.is_held(text, passage.date)]
    words = find_facts(text, passage.date).words
    mentions = [mention for n in named for mention in _mentions(text, words, n, sides[n].terms)]
    named = sorted({mention.side for mention in mentions})
    if not named:
        return _owner_around(passage, sides)
    mentions.sort()
    if len(named) == 1:
        return Ownership(named[0], 1.0 if any(mention.acts for mention in mentions) else UNDER_PREPOSITION)
    if any(a.side != b.side and _JOINED.fullmatch(text[a.end : b.start]) for a, b in pairwise(mentions)):
        return None
    acting = [mention for mention in mentions if mention.acts] or mentions
    told = next((word.start for word in words if word.term in topic and word.start > mentions[0].start), len(text))
    before = [mention for mention in acting if mention.start < told]
    return Ownership((before[-1] if before else acting[0]).side, BESIDE_ANOTHER)


def _owner_around(passage: Passage, sides: Sequence[NamedSide]) -> Ownership | None:
    """The only side that the title of a sentence names, or else that its article does."""
    if passage.speaker and not _OFFICE.fullmatch(passage.speaker):  # who speaks for somebody else
        return None
    titled = [n for n, side in enumerate(sides) if side.is_held(passage.title)]
    if titled:
        return Ownership(titled[0], BY_TITLE) if len(titled) == 1 else None
    there = [n for n, side in enumerate(sides) if side.opens(passage.file)]
    return Ownership(there[0], BY_TITLE if passage.speaker else BY_ARTICLE) if len(there) == 1 else None


def _mentions(text: str, words: Sequence[Word], side: int, names: frozenset[str]) -> Iterator[_Mention]:
    for word in words:
        if word.term in names and not (word.term.startswith("@") and _WATERS.match(text, word.end)):
            acts = _PREPOSITION.search(text[max(0, word.start - 60) : word.start]) is None
            yield _Mention(word.start, word.end, side, acts)


def _names_in(text: str, published: dt.date | None) -> frozenset[str]:
    facts = find_facts(text, published)
    return facts.names | facts.acronyms | facts.initials.keys()


def _held(text: str, published: dt.date | None) -> frozenset[str]:
    facts = find_facts(text, published)
    return term_set(text) | {word.term for word in facts.words} | facts.initials.keys()


def period_owner(passage: Passage, columns: Sequence[ColumnAsked]) -> Ownership | None:
    """Return the period of a sentence: of the event told, otherwise of the article."""
    event = event_of(passage)
    days = event.days if event else None
    if days is not None and (passage.date is None or days.last < passage.date - dt.timedelta(_YEAR)):
        told = [n for n, column in enumerate(columns) if column.period and _is_within(days, column.period)]
        return Ownership(told[0], 1.0) if len(told) == 1 else None
    if passage.date is None:
        return None
    written = [n for n, column in enumerate(columns) if column.period and column.period.holds(passage.date)]
    return Ownership(written[0], 1.0) if len(written) == 1 else None


_YEAR = 366


def _is_within(days: DaySpan, period: TimeSpan) -> bool:
    return period.holds(days.first) and period.holds(days.last)
