"""The order of hits by what a question asks for: definitions, the members of a list, reports over time."""

import datetime as dt
import re
from collections.abc import Sequence

from retrieval.comparison.definitions import definition_rank, name_forms
from retrieval.comparison.facts import find_facts
from retrieval.models import Hit, Kind, Query
from retrieval.patterns import lazy_pattern
from retrieval.text.terms import terms

_NAMED = r"\w[\w.&’'-]*(?:[\s-]+\w[\w.&’'-]*){0,5}?"
_DEFINITION = lazy_pattern(
    r"\W*(?:(?:what|who)(?:['’]?s| is| are| was| were)|define|explain|meaning of|definition of)\s+"
    rf"(?:meant by\s+|an?\s+|the\s+|this\s+|that\s+)?(?P<subject>{_NAMED})"
    r"(?:\s+(?:mean|stand for|about|exactly|again))?\W*"
    rf"|\W*what (?:do|does|did)\s+(?:the\s+|an?\s+)?(?P<meant>{_NAMED})\s+(?:mean|stand for)\W*",
    re.IGNORECASE,
)
_OF_SOMETHING = lazy_pattern(r"\b(?:of|in|for|on|at|between|with|by|from|to|doing|going)\b", re.IGNORECASE)


def in_order(query: Query, hits: Sequence[Hit]) -> list[Hit]:
    """Return hits in order: definitions of the subject of a question for one first, questions last."""
    subject = _subject(query)
    forms = name_forms(query, subject) if subject else []
    return sorted(hits, key=lambda hit: (_is_question(hit), definition_rank(hit.passage.shown, forms)))


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


def _is_question(hit: Hit) -> bool:
    return hit.passage.shown.rstrip(" \"'”’)").endswith("?")


def _names(hit: Hit) -> frozenset[str]:
    facts = find_facts(hit.passage.shown, hit.passage.date)
    return facts.list_terms or facts.names
