"""The order of hits by what a question asks for: definitions, the members of a list, reports over time."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from retrieval.comparison.facts import find_facts
from retrieval.models import Hit, Kind, Query
from retrieval.text.terms import Word, passage_words, terms

_NAMED = r"\w[\w.&’'-]*(?:[\s-]+\w[\w.&’'-]*){0,5}?"
_DEFINITION = re.compile(
    r"\W*(?:(?:what|who)(?:['’]?s| is| are| was| were)|define|explain|meaning of|definition of)\s+"
    rf"(?:meant by\s+|an?\s+|the\s+|this\s+|that\s+)?(?P<subject>{_NAMED})"
    r"(?:\s+(?:mean|stand for|about|exactly|again))?\W*"
    rf"|\W*what (?:do|does|did)\s+(?:the\s+|an?\s+)?(?P<meant>{_NAMED})\s+(?:mean|stand for)\W*",
    re.IGNORECASE,
)
_OF_SOMETHING = re.compile(r"\b(?:of|in|for|on|at|between|with|by|from|to|doing|going)\b", re.IGNORECASE)
_IS = r"(?:is|are|was|were|will be)"
_DOES = (
    r"(?:refers? to|means|stands for|aims? (?:to|at)|seeks? to|provides?|supports?|helps?|allows?|enables?|serves?"
    r"|offers?|consists? of|brings together|was (?:established|founded|created|launched|set up))"
)
_DEFINING = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\s*(?:\([^()]{{1,40}}\))?,?\s*(?:[^.;]{{3,60}}, )?{_IS} (?:an?|the|one of|our|its|their|not)\b",
        rf"\s*(?:\([^()]{{1,40}}\))?\s*{_DOES}\b",
        r"\s*(?:\([^()]{1,40}\))?,? (?:[–—-]+ )?(?:an?|the|which|its|our|established|created)\b",
        r"\s*\([^()]{2,60}\)",
    )
)
"""How a sentence goes on after the name of what it defines, the surest first."""
_BEFORE = re.compile(r"(?:known as|called|named|dubbed|termed|\()\s*(?:the )?[\"“'‘]?$")


def in_order(query: Query, hits: Sequence[Hit]) -> list[Hit]:
    """Return hits in order: definitions of the subject of a question for one first, questions last."""
    subject = _subject(query)
    forms = [subject, *_long_forms(query, subject)] if subject else []
    return sorted(hits, key=lambda hit: (_is_question(hit), _how_it_defines(hit, forms)))


def most_members(query: Query, hits: Sequence[Hit]) -> list[Hit]:
    """Order hits by the number of new names, after the best hit; of equals, a hit of another article comes first."""
    if not hits:
        return []
    chosen, left = [hits[0]], list(hits[1:])
    told = _names(hits[0]) | {*query.terms}
    while left:
        files = {hit.passage.file for hit in chosen}
        best = max(left, key=lambda hit: (len(_names(hit) - told), hit.passage.file not in files, -hit.rank))
        left.remove(best)
        told |= _names(best)
        chosen.append(best)
    return chosen


def by_date(query: Query, groups: list[list[Hit]]) -> list[list[Hit]]:
    """Groups of hits in the order of their dates where a question compares, undated ones last."""
    if query.kind is not Kind.COMPARISON:
        return groups
    return sorted(groups, key=lambda group: group[0].passage.date or dt.date.max)


def _subject(query: Query) -> tuple[str, ...]:
    """The terms of the subject of a question for a definition; none of another."""
    found = _DEFINITION.fullmatch(query.asked)
    named = found and (found["subject"] or found["meant"])
    if not named or _OF_SOMETHING.search(named):
        return ()
    return tuple(term for term in terms(named) if term in query.terms)


def _long_forms(query: Query, subject: Sequence[str]) -> Iterable[tuple[str, ...]]:
    return (e.terms for e in query.expansions if e.term in subject and e.why in {"acronym", "spelling"})


def _how_it_defines(hit: Hit, forms: Iterable[tuple[str, ...]]) -> int:
    """How a hit defines any of the forms of a name: 0 for the surest way, as many as there are ways for none."""
    text = hit.passage.shown
    words = passage_words(text)
    ways = [len(_DEFINING)]
    for form in forms:
        for first, last in _places(words, form):
            if _BEFORE.search(text, 0, words[first].start):
                ways.append(1)
            end = words[last].end
            ways += [way for way, pattern in enumerate(_DEFINING) if pattern.match(text, end)]
    return min(ways)


def _places(words: Sequence[Word], form: tuple[str, ...]) -> Iterable[tuple[int, int]]:
    size = len(form)
    for at in range(len(words) - size + 1) if size else ():
        if all(words[at + n].term == term for n, term in enumerate(form)):
            yield at, at + size - 1


def _is_question(hit: Hit) -> bool:
    return hit.passage.shown.rstrip(" \"'”’)").endswith("?")


def _names(hit: Hit) -> frozenset[str]:
    facts = find_facts(hit.passage.shown, hit.passage.date)
    return facts.list_terms or facts.names
