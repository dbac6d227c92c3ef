"""The findings for a question in several languages to one list."""

from collections import deque
from collections.abc import Sequence
from operator import attrgetter

from retrieval.models import Findings, Hit, Query

AHEAD = 0.4
"""By how much confidence a sentence of the language wanted first counts for more than another, among equals."""
EQUALS = 0.4
"""How far the confidence in the findings of that language may fall behind for them to be equals; both measured over a
library in three languages (docs/quality.md)."""


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
        The findings that the first hit is of, with the hits of all.
    """
    if len(found) == 1:
        return found[0]
    surest = max(findings.confidence for findings in found)
    left = [(deque(findings.hits), _ahead(findings, surest), findings) for findings in found]
    hits: dict[tuple[str, int], Hit] = {}
    best = max(found, key=attrgetter("confidence"))
    while len(hits) < k and (lists := [entry for entry in left if entry[0]]):
        # how sure a language's findings are tells more than its hit alone, which may hold but the commonest word
        own, _, findings = max(lists, key=_confidence_of)
        best = best if hits else findings
        hit = own.popleft()
        hits.setdefault((hit.passage.file, hit.passage.start), hit)
    ranked = (hit.model_copy(update={"rank": rank}) for rank, hit in enumerate(hits.values(), 1))
    return best.model_copy(update={"hits": tuple(ranked)})


def _confidence_of(entry: tuple[deque[Hit], float, Findings]) -> float:
    hits, ahead, findings = entry
    return hits[0].confidence + findings.confidence + ahead


def _ahead(findings: Findings, surest: float) -> float:
    query = findings.query
    is_first = (query.read_in or query.written_in) == query.first
    return AHEAD if is_first and findings.confidence >= surest - EQUALS else 0.0
