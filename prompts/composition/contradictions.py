"""Hits that contradict a quoted one: both are shown side by side, and neither is called right."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from retrieval.comparison.contradictions import compare
from retrieval.comparison.repeats import repeats
from retrieval.models import Hit, Kind, Query, Relation
from retrieval.patterns import lazy_pattern
from retrieval.query.focus import quantity_kind_asked
from retrieval.text.quantity_kinds import QuantityKind

BROUGHT_IN = 3
"""Most hits that are quoted only because they contradict a quote."""
_NUMBERED = lazy_pattern(r"\d|\b(?:first|second|third|\w+th)\b", re.IGNORECASE)
_ALL = frozenset({"figure", "date", "list"})
_LISTS = frozenset({Kind.LIST, Kind.WHO, Kind.WHERE})


def differ(query: Query, one: Hit, other: Hit) -> bool:
    """Return whether two hits contradict each other in the figure, date or list that the question asks for."""
    asked = _asked_for(query, one, other)
    if not asked:
        return False
    found = compare(one.passage, other.passage)
    return found.relation is Relation.DIFFER and found.about in asked


def _asked_for(query: Query, one: Hit, other: Hit) -> frozenset[str]:
    """Which of figures, dates and lists a question asks for; keywords ask for all that is said of all of them."""
    if query.kind is Kind.KEYWORDS:
        is_on_all = all(len(query.terms) <= len({*hit.matched}) for hit in (one, other))
        return _ALL if is_on_all else frozenset()
    if query.kind is Kind.YES_NO:
        return _ALL if _NUMBERED.search(query.asked) else frozenset({"list"})
    asked = quantity_kind_asked(query.asked)
    if query.kind is Kind.WHEN or asked is QuantityKind.DATE:
        return frozenset({"date"})
    if query.kind is Kind.HOW_MANY or asked is not None:
        return frozenset({"figure"})
    return frozenset({"list"}) if query.kind in _LISTS else frozenset()


def contradicting_hits(query: Query, quoted: Sequence[Hit], others: Iterable[Hit]) -> list[list[Hit]]:
    """Return groups of further hits to quote because they contradict a quote, best first.

    The first hit of a group is followed by hits that say the same in other articles.
    """
    groups: list[list[Hit]] = []
    for hit in others:
        same = next((group for group in groups if repeats(hit.passage, group[0].passage)), None)
        if same:
            same += [hit] if hit.passage.file not in {other.passage.file for other in same} else []
        elif len(groups) < BROUGHT_IN and any(differ(query, quote, hit) for quote in quoted):
            groups.append([hit])
    return groups


def differing_numbers(query: Query, heads: Sequence[tuple[int, Hit]]) -> tuple[tuple[int, ...], ...]:
    """Return the citation numbers of quotes that contradict each other, each in one group.

    Args:
        query: The question.
        heads: Every different quote with its number, best first.

    Returns:
        Groups, each in the order of dates, the newest first and undated quotes last.
    """
    left, groups = list(heads), []
    while left:
        (number, first), *left = left
        against = [(n, hit) for n, hit in left if differ(query, first, hit)]
        if against:
            left = [entry for entry in left if entry not in against]
            groups.append(tuple(n for n, _ in sorted([(number, first), *against], key=_newest_first)))
    return tuple(groups)


def _newest_first(entry: tuple[int, Hit]) -> tuple[int, int]:
    number, hit = entry
    return -(hit.passage.date or dt.date.min).toordinal(), number
