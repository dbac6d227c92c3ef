"""New passages to the notice of a watch: its quotes by article, and the figures that differ from those told before."""

from collections.abc import Collection, Iterator, Sequence

from prompts.composition.compose import cite_groups, cite_passage, group_hits
from prompts.composition.languages import with_languages
from prompts.emphasis import with_unit
from prompts.models import Answer, Citation, QuantityChange
from retrieval.comparison.contradictions import compare
from retrieval.models import Findings, Hit, Passage, Relation

TOLD_AT_ONCE = 6
"""Most different quotes of a notice; further articles are counted."""


def compose_watch(findings: Findings, told: Sequence[Passage], files: Collection[str]) -> Answer | None:
    """Tell of new passages; None where none of them is there any more.

    Args:
        findings: The findings for the topic among the new passages.
        told: What the watcher was told before, the newest first.
        files: The articles in which there is something new.
    """
    query, groups = findings.query, _by_article(group_hits(findings.hits, TOLD_AT_ONCE))
    if not groups:
        return None
    heads = [group[0] for group in groups]
    order = [*heads, *(hit for group in groups for hit in group[1:])]
    citations, _ = cite_groups([[hit] for hit in order])
    numbers = {hit.rank: number for number, hit in enumerate(order, 1)}
    changes, before = _changes([hit.passage for hit in heads], told, len(citations) + 1)
    answer = Answer(
        question=query.text,
        kind=query.kind,
        outcome="answered",
        confidence=findings.confidence,
        citations=(*citations, *before),
        agreeing=tuple(tuple(numbers[hit.rank] for hit in group) for group in groups if len(group) > 1),
        filters=query.filters,
        watched=True,
        changes=changes,
        left_out=len({*files} - {citation.file for citation in citations}),
    )
    return with_languages(answer, query)


def _by_article(groups: Sequence[list[Hit]]) -> list[list[Hit]]:
    """Groups of hits, those of an article one after the other in its order; the article of the best hit first."""
    first: dict[str, int] = {}
    for group in groups:
        first.setdefault(group[0].passage.file, group[0].rank)
    return sorted(groups, key=lambda group: (first[group[0].passage.file], group[0].passage.start))


def _changes(
    quoted: Sequence[Passage], told: Sequence[Passage], first: int
) -> tuple[tuple[QuantityChange, ...], tuple[Citation, ...]]:
    """The figures that differ from the last told, and the quotes that told the former values, numbered on."""
    changes: list[QuantityChange] = []
    before: list[Citation] = []
    for number, passage in enumerate(quoted, 1):
        found = next(_differing(passage, told), None)
        if found is not None:
            former, was, now = found
            changes.append(QuantityChange(number=number, before=first + len(before), was=was, now=now))
            before.append(cite_passage(first + len(before), former))
    return tuple(changes), tuple(before)


def _differing(passage: Passage, told: Sequence[Passage]) -> Iterator[tuple[Passage, str, str]]:
    for former in told:
        found = compare(passage, former, over_time=True)
        if found.relation is Relation.DIFFER and found.about == "figure":
            yield former, with_unit(former.shown, found.other), with_unit(passage.shown, found.one)
