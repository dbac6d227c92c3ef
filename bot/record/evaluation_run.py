"""Judged questions put to a desk, none of them logged."""

from collections.abc import Iterator, Sequence

from bot.desk.desk import Desk
from retrieval.evaluation.judged_questions import JudgedQuestion
from retrieval.evaluation.runs import Outcome, RunLine, run_line
from retrieval.indexer.location import ProgressTracker


def judge_questions(
    desk: Desk, questions: Sequence[JudgedQuestion], track: ProgressTracker = iter
) -> Iterator[RunLine]:
    """Ask each question in order, and yield the desk's answer and hits as a line of a run."""
    for question in track(questions):
        findings, answer = desk.answer_with_findings(question.question, None, question.earlier, question.collections)
        outcome: Outcome = "answered" if answer.outcome == "answered" else "abstained"
        yield run_line(question, outcome, answer.confidence, findings.hits)
