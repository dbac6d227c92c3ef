"""A query to its findings and the answer: the work of a question, which another process may do."""

from typing import NamedTuple

from prompts.composition.brief import BriefPlan, compose_brief, plan_brief, read_brief_topic
from prompts.composition.compose import compose, refuse
from prompts.composition.side_by_side import comparison_of, compose_side_by_side
from prompts.composition.timeline import compose_timeline, read_topic, timeline_of
from prompts.models import Answer
from retrieval.library import Library
from retrieval.models import Findings, Query


class AnswerWithFindings(NamedTuple):
    """The findings for a question and the answer made of them, before the reply is worded or logged."""

    findings: Findings
    answer: Answer


def answer_with_findings(
    query: Query, hits: int, threshold: float, quotes: int | None, sure: float, library: Library
) -> AnswerWithFindings:
    """Search the library for at most `hits` passages, and compose the answer, timeline, comparison or brief."""
    if (plan := plan_brief(library, query)) is not None:
        findings = library.search(read_brief_topic(library, query), hits)
        return AnswerWithFindings(findings, compose_brief(plan, query) or refuse(findings, library))
    request = timeline_of(query)
    topic = library.search(read_topic(library, query, request), hits) if request else None
    answer = compose_timeline(topic, request, quotes, library) if request and topic else None
    if request and topic and answer and request.is_explicit:
        return AnswerWithFindings(topic, answer)
    findings = library.search(query, hits)
    comparison = comparison_of(query)
    compared = compose_side_by_side(findings, comparison, quotes, library) if comparison else None
    return AnswerWithFindings(findings, compared or answer or compose(findings, threshold, quotes, sure, library))


def find_answer(query: Query, hits: int, threshold: float, quotes: int | None, sure: float, library: Library) -> Answer:
    """Return the answer without its findings, which another process has no use for."""
    return answer_with_findings(query, hits, threshold, quotes, sure, library).answer


def make_brief(query: Query, hits: int, plan: BriefPlan | None, library: Library) -> tuple[BriefPlan | None, Answer]:
    """Return the plan of the brief that a query asks for, unless one is given, and its answer, maybe a refusal.

    The plan is None where the query asks for no brief, or cannot be answered at all.
    """
    plan = plan or plan_brief(library, query)
    answer = plan and compose_brief(plan, query)
    if answer:
        return plan, answer
    findings = library.search(read_brief_topic(library, query), hits)
    return plan, refuse(findings, library) if plan else compose(findings, library=library)
