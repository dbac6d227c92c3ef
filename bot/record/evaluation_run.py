"""Judged questions put to a desk, nothing of it logged."""

from collections.abc import Iterator, Sequence

from bot.cli.output.progress import track
from bot.desk.desk import Desk
from retrieval.evaluation.judged_questions import JudgedQuestion
from retrieval.evaluation.runs import RunLine, run_line


def judge_questions(desk: Desk, questions: Sequence[JudgedQuestion]) -> Iterator[RunLine]:
    """Ask each question.

    Args:
        desk: What answers.
        questions: What to ask.

    Yields:
        What the desk did with each, in order.
    """
    for question in track(questions, "Asking"):
        findings, answer = desk.consider(question.question, None, question.earlier, question.collections)
        yield run_line(question, answer.outcome, answer.confidence, findings.hits)
