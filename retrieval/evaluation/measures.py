"""The measures of a run over judged questions.

They are those of TREC's question answering tracks (hit@k, MRR; Voorhees 1999), the area under the ROC curve as a rank
sum (Hanley and McNeil 1982), and the expected calibration error (Naeini et al. 2015).
"""

from collections.abc import Iterable, Sequence

from pydantic import ConfigDict, Field

from retrieval.evaluation.judged_questions import JsonLine, JudgedQuestion
from retrieval.evaluation.runs import Outcome, RunLine

SUPPORTING = 3
"""How many hits count as shown: an answer is right when one of them supports it."""
DEPTH = 10
BINS = 10


class QuestionResult(JsonLine):
    """How one question went."""

    id: str
    question: str
    answerable: bool
    outcome: Outcome
    confidence: float
    rank: int | None  # of the first hit that supports an answer, from 1, among the first ten

    @property
    def supported(self) -> bool:
        """Whether one of the hits that would be shown supports an answer."""
        return self.is_found_within(SUPPORTING)

    def is_found_within(self, k: int) -> bool:
        """Return whether one of the first k hits supports an answer."""
        return self.rank is not None and self.rank <= k


class Measures(JsonLine):
    """The measures over a set of questions; None where no question tells."""

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


def measure(questions: Sequence[JudgedQuestion], run: Iterable[RunLine]) -> tuple[Measures, list[QuestionResult]]:
    """Measure a run; a question that it leaves out counts as not found.

    Returns:
        The measures over all questions, and the result of each question that the run holds.
    """
    lines = {line.id: line for line in run}
    results = [_result(question, lines[question.id]) for question in questions if question.id in lines]
    answerable = sum(question.answerable for question in questions)
    return _measures(results, len(questions), answerable), results


def _result(question: JudgedQuestion, line: RunLine) -> QuestionResult:
    ranks = (rank for rank, hit in enumerate(line.hits[:DEPTH], 1) if question.supported_by(hit))
    return QuestionResult(
        id=question.id,
        question=question.question,
        answerable=question.answerable,
        outcome=line.outcome,
        confidence=min(max(line.confidence, 0.0), 1.0),
        rank=next(ranks, None),
    )


def _measures(results: Sequence[QuestionResult], questions: int, answerable: int) -> Measures:
    able = [result for result in results if result.answerable]
    unable = [result for result in results if not result.answerable]
    answered = [result for result in results if result.outcome == "answered"]
    answer_rate = _share((result.outcome == "answered" for result in able), answerable)
    refusal_rate = _share((result.outcome == "abstained" for result in unable), questions - answerable)
    both = answer_rate is not None and refusal_rate is not None
    hit_at_1, hit_at_3, hit_at_5 = (_share((r.is_found_within(k) for r in able), answerable) for k in (1, 3, 5))
    return Measures(
        questions=questions,
        answerable=answerable,
        missing=questions - len(results),
        hit_at_1=hit_at_1,
        hit_at_3=hit_at_3,
        hit_at_5=hit_at_5,
        mrr_at_10=_share((1 / result.rank for result in able if result.rank), answerable),
        answer_rate=answer_rate,
        refusal_rate=refusal_rate,
        balanced=((answer_rate or 0) + (refusal_rate or 0)) / 2 if both else None,
        wrong_rate=_share((not result.supported for result in answered), len(answered)),
        auroc=auroc([r.confidence for r in able], [r.confidence for r in unable]),
        ece=calibration_error(results),
    )


def _share(counted: Iterable[float], of: int) -> float | None:
    return sum(counted) / of if of else None


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Return the chance that a positive's confidence is above a negative's, ties counting half; None without either."""
    if not positive or not negative:
        return None
    above = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return above / (len(positive) * len(negative))


def calibration_error(results: Sequence[QuestionResult]) -> float | None:
    """Return the mean gap between confidence and the share of right first hits, over ten equal bins of confidence."""
    if not results:
        return None
    bins: list[list[QuestionResult]] = [[] for _ in range(BINS)]
    for result in results:
        bins[min(int(result.confidence * BINS), BINS - 1)].append(result)
    return sum(abs(sum(r.confidence - r.supported for r in members)) for members in bins) / len(results)
