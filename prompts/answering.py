"""A question as read to what was found for it and the answer made of that: what takes the time of a question."""

from typing import NamedTuple

from prompts.compose import compose
from prompts.models import Answer
from retrieval.library import Library
from retrieval.models import Findings, Query


class Reasoned(NamedTuple):
    """What was found for a question and the answer made of it, before anything is said or logged."""

    findings: Findings
    answer: Answer


def consider(query: Query, hits: int, threshold: float, quotes: int | None, sure: float, library: Library) -> Reasoned:
    """Find and judge what answers a question.

    Args:
        query: The question as the library read it.
        hits: How many passages to find at most.
        threshold: Least confidence at which to answer, 0 to 1.
        quotes: How many quotes to give at most; None for what suits the question.
        sure: Confidence from which quotes are given as the answer rather than as the closest passages.
        library: The library.
    """
    findings = library.search(query, hits)
    return Reasoned(findings, compose(findings, threshold, quotes, sure))


def answered(query: Query, hits: int, threshold: float, quotes: int | None, sure: float, library: Library) -> Answer:
    """As `consider`, the answer alone: what was found is not passed on to another process that has no use for it."""
    return consider(query, hits, threshold, quotes, sure, library).answer
