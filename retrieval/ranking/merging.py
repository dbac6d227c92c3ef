"""The findings for a question in several languages to one list."""

from collections import deque
from collections.abc import Sequence

from retrieval.models import Findings, Hit, Query

AMONG_EQUALS = 0.1
"""By how much confidence a sentence of the language wanted first counts for more than another."""


def searches(query: Query) -> list[Query]:
    """Return the queries to search for: the question's own words, and its readings in other languages."""
    if query.chat or query.fault or not query.readings:
        return [query]
    shared = {
        "filters": query.filters,
        "inherited": query.inherited,
        "written_in": query.written_in,
        "first": query.first or query.written_in,
    }
    readings = [reading.model_copy(update=shared) for reading in query.readings]
    return [query.model_copy(update=shared), *readings] if query.own else readings


def merge(found: Sequence[Findings], k: int) -> Findings:
    """Merge findings: of the best hits left of each the surest first; those of the language wanted first among equals.

    Args:
        found: The findings of one question in several languages; at least one.
        k: Most hits.

    Returns:
        The findings of the surest, with the hits of all.
    """
    if len(found) == 1:
        return found[0]
    best = max(found, key=lambda findings: findings.confidence + _ahead(findings))
    left = [(deque(findings.hits), _ahead(findings)) for findings in found]
    hits: dict[tuple[str, int], Hit] = {}
    while len(hits) < k and (lists := [pair for pair in left if pair[0]]):
        own, _ = max(lists, key=lambda pair: pair[0][0].confidence + pair[1])
        hit = own.popleft()
        hits.setdefault((hit.passage.file, hit.passage.start), hit)
    ranked = (hit.model_copy(update={"rank": rank}) for rank, hit in enumerate(hits.values(), 1))
    return best.model_copy(update={"hits": tuple(ranked)})


def _ahead(findings: Findings) -> float:
    query = findings.query
    return AMONG_EQUALS if (query.read_in or query.written_in) == query.first else 0.0
