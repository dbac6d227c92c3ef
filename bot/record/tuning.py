"""A desk's weights learnt from its judged questions, and their gain on questions held out."""

import os
from collections.abc import Sequence
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
from retrieval.indexer.location import ProgressTracker
from retrieval.library import Library
from retrieval.models import Value
from retrieval.ranking.tuning import FILE, Tuning

FEWEST = 20
"""Fewest judged questions to learn from: four to each of five folds."""


class TuningReport(Value):
    """Weights learnt from judged questions, and the gains of weights learnt without the questions measured."""

    questions: int
    gains: tuple[Gain, ...]
    improved: bool  # whether some measure is significantly better and none significantly worse
    tuning: Tuning  # learnt from all questions
    mark: str
    written: bool = False


def tune_desk(
    settings: Settings, library: Library, questions: Sequence[JudgedQuestion], track: ProgressTracker = iter
) -> TuningReport:
    """Learn weights for a library with the shipped weights, and measure their gain by five-fold cross-validation.

    Raises:
        RecordError: There are too few questions.
    """
    if len(questions) < FEWEST:
        raise RecordError(
            f"There are {len(questions)} judged questions to learn from, and it takes {FEWEST}: review some more, and "
            "choose the right sentence where an answer was wrong."
        )

    def measure_with(candidate: Library, questions: Sequence[JudgedQuestion]) -> list[QuestionResult]:
        return measure(questions, judge_questions(open_desk(settings, candidate, None), questions, track))[1]

    before = measure_with(library, questions)
    held_out = {
        result.id: result
        for train, test in folds(questions)
        for result in measure_with(library.with_tuning(learn_tuning(library, train)), test)
    }
    found = gains(before, [held_out[result.id] for result in before])
    tuning = learn_tuning(library, questions)
    return TuningReport(
        questions=len(questions), gains=found, improved=is_improved(found), tuning=tuning, mark=tuning.mark
    )


def write_tuning(folder: Path, tuning: Tuning) -> None:
    """Write weights, which the desk goes by from its next start on, to a folder in one step.

    Raises:
        WeightsError: The weights cannot be written.
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
