"""A query to its findings and the answer: the work of a question, which another process may do."""

from typing import NamedTuple

from prompts.composition.compose import compose
from prompts.models import Answer
from retrieval.library import Library
from retrieval.models import Findings, Query


class Reasoned(NamedTuple):
    """The findings for a question and the answer made of them, before the reply is worded or logged."""

    findings: Findings
    answer: Answer


def consider(query: Query, hits: int, threshold: float, quotes: int | None, sure: float, library: Library) -> Reasoned:
    """Search the library for at most `hits` passages, and compose the answer (see `compose`)."""
    findings = library.search(query, hits)
    return Reasoned(findings, compose(findings, threshold, quotes, sure, library))


def find_answer(query: Query, hits: int, threshold: float, quotes: int | None, sure: float, library: Library) -> Answer:
    """Return the answer without its findings, which another process has no use for."""
    return consider(query, hits, threshold, quotes, sure, library).answer
