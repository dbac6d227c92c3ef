"""Hits that contradict a quoted one: both are shown side by side, and neither is called right."""

import datetime as dt
from collections.abc import Iterable, Sequence

from retrieval.comparison.contradictions import compare
from retrieval.models import Hit, Relation

BROUGHT_IN = 3
"""Most hits that are quoted only because they contradict a quote."""


def agree(one: Hit, other: Hit) -> bool:
    """Return whether two hits say the same, so that one of them is enough to show."""
    return compare(one.passage, other.passage).relation is Relation.AGREE


def differ(one: Hit, other: Hit) -> bool:
    """Return whether two hits contradict each other."""
    return compare(one.passage, other.passage).relation is Relation.DIFFER


def contradicting(quoted: Sequence[Hit], others: Iterable[Hit]) -> list[list[Hit]]:
    """Return groups of further hits to quote because they contradict a quote, best first.

    The first hit of a group is followed by hits that say the same.
    """
    groups: list[list[Hit]] = []
    for hit in others:
        same = next((group for group in groups if agree(group[0], hit)), None)
        if same:
            same.append(hit)
        elif len(groups) < BROUGHT_IN and any(differ(quote, hit) for quote in quoted):
            groups.append([hit])
    return groups


def differing_numbers(heads: Sequence[tuple[int, Hit]]) -> tuple[tuple[int, ...], ...]:
    """Return the citation numbers of quotes that contradict each other, each in one group.

    Args:
        heads: Every different quote with its number, best first.

    Returns:
        Groups, each in the order of dates, the newest first and undated quotes last.
    """
    left, groups = list(heads), []
    while left:
        (number, first), *left = left
        against = [(n, hit) for n, hit in left if differ(first, hit)]
        if against:
            left = [entry for entry in left if entry not in against]
            groups.append(tuple(n for n, _ in sorted([(number, first), *against], key=_newest_first)))
    return tuple(groups)


def _newest_first(entry: tuple[int, Hit]) -> tuple[int, int]:
    number, hit = entry
    return -(hit.passage.date or dt.date.min).toordinal(), number
