"""Runs: the desk's outcome and ranked hits for each judged question, as JSON lines.

The hits are kept apart from the outcome, so that the search and the decision to answer are judged apart.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, TypeAlias

from retrieval.errors import JudgmentsError
from retrieval.evaluation.judged_questions import JsonLine, JudgedQuestion, JudgedSpan
from retrieval.models import Hit

Outcome: TypeAlias = Literal["answered", "abstained"]


class ScoredSpan(JudgedSpan):
    """A hit of a run."""

    score: float


class RunLine(JsonLine):
    """The desk's outcome and hits for a question."""

    id: str
    outcome: Outcome
    confidence: float
    hits: tuple[ScoredSpan, ...]


def run_line(question: JudgedQuestion, outcome: Outcome, confidence: float, hits: Iterable[Hit]) -> RunLine:
    """Return a question's line of a run; hits are best first, whatever the outcome."""
    spans = tuple(
        ScoredSpan(file=h.passage.file, start=h.passage.start, end=h.passage.end, score=h.score) for h in hits
    )
    return RunLine(id=question.id, outcome=outcome, confidence=confidence, hits=spans)


def write_run(path: Path, run: Iterable[RunLine]) -> None:
    """Write a run as JSON lines.

    Raises:
        JudgmentsError: The file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(line.model_dump(), ensure_ascii=False) + "\n" for line in run)
    except OSError as error:
        raise JudgmentsError(f"{path} cannot be written ({error.strerror}): name another file.") from error
