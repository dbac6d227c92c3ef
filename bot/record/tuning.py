"""A desk's weights learnt anew from its judgments, measured on questions that they were not learnt from."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.app import open_desk
from bot.errors import RecordError
from bot.record.evaluation_run import judge_questions
from bot.settings import Settings
from retrieval.errors import WeightsError
from retrieval.evaluation.judged_questions import JudgedQuestion
from retrieval.evaluation.measures import QuestionResult, measure
from retrieval.evaluation.significance import Gain, gains, is_improved
from retrieval.evaluation.weight_learning import folds, learn_tuning
from retrieval.library import Library
from retrieval.models import Value
from retrieval.ranking.tuning import FILE, Tuning

FEWEST = 20
"""Fewest judged questions worth learning from: four to each of five folds."""


class TuningReport(Value):
    """What learning from judgments came to.

    Attributes:
        questions: How many there were.
        gains: What was gained on questions held out, figure by figure.
        improved: Whether something is surely better and nothing surely worse.
        tuning: What was learnt from all of them.
        mark: What names the weights with that.
        written: Whether the desk goes by them when it is next started.
    """

    questions: int
    gains: tuple[Gain, ...]
    improved: bool
    tuning: Tuning
    mark: str
    written: bool = False


def tune_desk(settings: Settings, library: Library, questions: Sequence[JudgedQuestion]) -> TuningReport:
    """Learn weights, and measure what they gain by five-fold cross-validation; nothing is written.

    Args:
        settings: How the desk answers.
        library: Its articles, with the shipped weights alone.
        questions: Judged questions.

    Raises:
        RecordError: There are too few of them.
    """
    if len(questions) < FEWEST:
        raise RecordError(
            f"There are {len(questions)} judged questions to learn from, and it takes {FEWEST}: review some more, and "
            "choose the right sentence where an answer was wrong."
        )
    before = list(_results(settings, library, questions))
    held_out = {result.id: result for result in _held_out(settings, library, questions)}
    found = gains(before, [held_out[result.id] for result in before])
    tuning = learn_tuning(library, questions)
    return TuningReport(
        questions=len(questions), gains=found, improved=is_improved(found), tuning=tuning, mark=tuning.mark
    )


def _held_out(settings: Settings, library: Library, questions: Sequence[JudgedQuestion]) -> Iterator[QuestionResult]:
    for learnt_from, measured in folds(questions):
        yield from _results(settings, library.with_tuning(learn_tuning(library, learnt_from)), measured)


def _results(settings: Settings, library: Library, questions: Sequence[JudgedQuestion]) -> list[QuestionResult]:
    """How each question goes with a library's weights."""
    return measure(questions, judge_questions(open_desk(settings, library, None), questions))[1]


def write_tuning(folder: Path, tuning: Tuning) -> None:
    """Let the desk go by weights from its next start on; they are there whole, or those before are.

    Args:
        folder: Where they are kept; made where it is missing.
        tuning: The weights.

    Raises:
        WeightsError: They cannot be written.
    """
    part = folder / f"{FILE}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8") as file:
            file.write(tuning.model_dump_json(indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / FILE)
    except OSError as error:
        raise WeightsError(
            f"The weights cannot be written to {folder} ({error.strerror}): set POLICYDESK_WEIGHTS to another folder."
        ) from error
