"""How good the desk is: judged questions, a run over them, and the measures.

A run keeps the ranked hits of each question apart from the outcome, so that the search and the decision to answer are
judged apart. The measures are those of TREC's question answering tracks (hit@k, MRR; Voorhees 1999), the area under the
ROC curve as a rank sum (Hanley and McNeil 1982), and the expected calibration error (Naeini et al. 2015).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from retrieval.errors import JudgmentsError
from retrieval.models import Hit

SUPPORTING = 3
"""How many hits count as shown: an answer is right when one of them supports it."""
LONGEST_HIT = 700
"""Longest hit, in code points, that counts; whoever returns whole articles finds everything."""
DEPTH = 10
BINS = 10


class _Line(BaseModel):
    """One object of a JSON lines file; fields that are not needed are let through."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class JudgedSpan(_Line):
    """A stretch of an article's text, in code points."""

    file: str
    start: int
    end: int


class JudgedQuestion(_Line):
    """A question with every stretch of text that answers it.

    Attributes:
        id: What names it.
        question: Its text.
        answerable: Whether the articles answer it.
        support: The stretches of text that do.
        earlier: The questions that it leans on, oldest first.
        collections: The collections that it is answered from; none for all.
    """

    id: str
    question: str
    answerable: bool
    support: tuple[JudgedSpan, ...] = ()
    earlier: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()


class ScoredSpan(JudgedSpan):
    """A hit of a run."""

    score: float


class RunLine(_Line):
    """What the desk did with one question."""

    id: str
    outcome: Literal["answered", "abstained"]
    confidence: float
    hits: tuple[ScoredSpan, ...]


class QuestionResult(_Line):
    """How one question went.

    Attributes:
        id: The question's.
        question: Its text.
        answerable: Whether the articles answer it.
        outcome: What the desk did.
        confidence: How sure it was.
        rank: Rank, from 1, of the first hit that supports an answer, among the first ten; None where there is none.
    """

    id: str
    question: str
    answerable: bool
    outcome: Literal["answered", "abstained"]
    confidence: float
    rank: int | None

    @property
    def supported(self) -> bool:
        """Whether one of the hits that would be shown supports an answer."""
        return self.rank is not None and self.rank <= SUPPORTING


class Measures(_Line):
    """The figures over a set of questions; None where there is nothing to measure them on."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True)

    questions: int
    answerable: int
    missing: int
    hit_at_1: float | None = Field(serialization_alias="hit@1")
    hit_at_3: float | None = Field(serialization_alias="hit@3")
    hit_at_5: float | None = Field(serialization_alias="hit@5")
    mrr_at_10: float | None = Field(serialization_alias="mrr@10")
    answer_rate: float | None
    refusal_rate: float | None
    balanced: float | None
    wrong_rate: float | None
    auroc: float | None
    ece: float | None


T = TypeVar("T", bound=BaseModel)


def read_questions(path: Path) -> list[JudgedQuestion]:
    """Read a file of judged questions.

    Args:
        path: JSON lines, each with `id`, `question`, `answerable` and `support` (objects of `file`, `start`, `end`).

    Raises:
        JudgmentsError: The file cannot be read, a line does not have this form, or an id stands twice.
    """
    questions = list(_read_lines(path, JudgedQuestion))
    _check_unique(path, [question.id for question in questions])
    return questions


def read_run(path: Path) -> list[RunLine]:
    """Read a run.

    Args:
        path: JSON lines, each with `id`, `outcome`, `confidence` and `hits` (each `file`, `start`, `end`, `score`).

    Raises:
        JudgmentsError: The file cannot be read, a line does not have this form, or an id stands twice.
    """
    run = list(_read_lines(path, RunLine))
    _check_unique(path, [line.id for line in run])
    return run


def _read_lines(path: Path, model: type[T]) -> Iterator[T]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise JudgmentsError(f"{path} cannot be read: name a file of JSON lines in UTF-8.") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield model.model_validate_json(line)
            except ValidationError as error:
                fault = error.errors()[0]
                place = ".".join(map(str, fault["loc"])) or "the line"
                raise JudgmentsError(f"{path}:{number}: {place}: {fault['msg']}") from None


def _check_unique(path: Path, ids: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise JudgmentsError(f"{path}: the id {name!r} stands twice; give every question its own.")
        seen.add(name)


def run_line(
    question: JudgedQuestion, outcome: Literal["answered", "abstained"], confidence: float, hits: Iterable[Hit]
) -> RunLine:
    """A question's line of a run.

    Args:
        question: What was asked.
        outcome: Whether it was answered.
        confidence: How sure the desk was, 0 to 1.
        hits: What was found, best first, whatever the outcome.
    """
    spans = tuple(
        ScoredSpan(file=h.passage.file, start=h.passage.start, end=h.passage.end, score=h.score) for h in hits
    )
    return RunLine(id=question.id, outcome=outcome, confidence=confidence, hits=spans)


def question_line(question: JudgedQuestion) -> str:
    """A judged question as a line of a file of them; what it does not lean on is left out."""
    unsaid = {name for name in ("earlier", "collections") if not getattr(question, name)}
    return json.dumps(question.model_dump(exclude=unsaid), ensure_ascii=False) + "\n"


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


def measure(questions: Sequence[JudgedQuestion], run: Iterable[RunLine]) -> tuple[Measures, list[QuestionResult]]:
    """Measure a run.

    Args:
        questions: The judged questions.
        run: What the desk did with them; a question it left out counts as not found.

    Returns:
        The measures over all questions, and how each question that the run holds went.
    """
    lines = {line.id: line for line in run}
    results = [_result(question, lines[question.id]) for question in questions if question.id in lines]
    answerable = sum(question.answerable for question in questions)
    return _measures(results, len(questions), answerable), results


def _result(question: JudgedQuestion, line: RunLine) -> QuestionResult:
    ranks = (rank for rank, hit in enumerate(line.hits[:DEPTH], 1) if any(supports(hit, s) for s in question.support))
    return QuestionResult(
        id=question.id,
        question=question.question,
        answerable=question.answerable,
        outcome=line.outcome,
        confidence=min(max(line.confidence, 0.0), 1.0),
        rank=next(ranks, None),
    )


def supports(hit: JudgedSpan, support: JudgedSpan) -> bool:
    """Whether a hit covers at least half of a judged span and is short enough to be read."""
    if hit.file != support.file or hit.end - hit.start > LONGEST_HIT:
        return False
    overlap = min(hit.end, support.end) - max(hit.start, support.start)
    return overlap > 0 and overlap * 2 >= support.end - support.start


def _measures(results: Sequence[QuestionResult], questions: int, answerable: int) -> Measures:
    able = [result for result in results if result.answerable]
    unable = [result for result in results if not result.answerable]
    answered = [result for result in results if result.outcome == "answered"]
    answer_rate = _share(able, lambda r: r.outcome == "answered", answerable)
    refusal_rate = _share(unable, lambda r: r.outcome == "abstained", questions - answerable)
    both = answer_rate is not None and refusal_rate is not None
    return Measures(
        questions=questions,
        answerable=answerable,
        missing=questions - len(results),
        hit_at_1=_share(able, lambda r: r.rank is not None and r.rank <= 1, answerable),
        hit_at_3=_share(able, lambda r: r.supported, answerable),
        hit_at_5=_share(able, lambda r: r.rank is not None and r.rank <= 5, answerable),  # noqa: PLR2004
        mrr_at_10=sum(1 / r.rank for r in able if r.rank) / answerable if answerable else None,
        answer_rate=answer_rate,
        refusal_rate=refusal_rate,
        balanced=((answer_rate or 0) + (refusal_rate or 0)) / 2 if both else None,
        wrong_rate=_share(answered, lambda r: not r.supported, len(answered)),
        auroc=auroc([r.confidence for r in able], [r.confidence for r in unable]),
        ece=calibration_error(results),
    )


def _share(results: Sequence[QuestionResult], test: Callable[[QuestionResult], bool], of: int) -> float | None:
    return sum(map(test, results)) / of if of else None


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Chance that a positive's confidence is above a negative's, ties counting half; None where either is missing."""
    if not positive or not negative:
        return None
    above = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return above / (len(positive) * len(negative))


def calibration_error(results: Sequence[QuestionResult]) -> float | None:
    """Mean gap between confidence and how often one of the first hits was right, over ten equal bins of confidence."""
    if not results:
        return None
    bins: list[list[QuestionResult]] = [[] for _ in range(BINS)]
    for result in results:
        bins[min(int(result.confidence * BINS), BINS - 1)].append(result)
    return sum(abs(sum(r.confidence - r.supported for r in members)) for members in bins) / len(results)
