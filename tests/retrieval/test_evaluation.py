"""Measures of a run, against cases worked out by hand."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from retrieval.errors import JudgmentsError
from retrieval.evaluation.judged_questions import JudgedQuestion, read_questions
from retrieval.evaluation.measures import Measures, auroc, measure
from retrieval.evaluation.runs import RunLine, write_run

Span = tuple[str, int, int]


def question(id_: str, *support: Span) -> JudgedQuestion:
    spans = [{"file": file, "start": start, "end": end} for file, start, end in support]
    return JudgedQuestion.model_validate(
        {"id": id_, "question": f"Question {id_}?", "answerable": bool(support), "support": spans}
    )


def line(id_: str, outcome: str, confidence: float, hits: Sequence[Span] = ()) -> RunLine:
    found = [{"file": file, "start": start, "end": end, "score": 1.0} for file, start, end in hits]
    return RunLine.model_validate({"id": id_, "outcome": outcome, "confidence": confidence, "hits": found})


def measures(questions: Sequence[JudgedQuestion], run: Sequence[RunLine]) -> Measures:
    return measure(questions, run)[0]


def rank(support: Span, *hits: Span) -> int | None:
    return measure([question("a", support)], [line("a", "answered", 0.5, hits)])[1][0].rank


WRONG = ("b.txt", 0, 100)


def test_a_small_run_is_measured_as_by_hand() -> None:
    right = ("a.txt", 0, 100)
    questions = [question("first", right), question("fourth", right), question("never", right), question("un1")]
    questions += [question("un2"), question("left out", right)]
    run = [
        line("first", "answered", 0.95, [right]),
        line("fourth", "answered", 0.65, [WRONG, WRONG, WRONG, right]),
        line("never", "abstained", 0.15, [WRONG]),
        line("un1", "answered", 0.65, [WRONG]),
        line("un2", "abstained", 0.05),
    ]
    measured, expected = (
        measures(questions, run),
        Measures(
            questions=6,
            answerable=4,
            missing=1,
            hit_at_1=1 / 4,
            hit_at_3=1 / 4,
            hit_at_5=2 / 4,
            mrr_at_10=(1 / 1 + 1 / 4) / 4,
            answer_rate=2 / 4,
            refusal_rate=1 / 2,
            balanced=1 / 2,
            wrong_rate=2 / 3,
            auroc=(2 + 1.5 + 1) / 6,
            ece=(0.05 + 1.3 + 0.15 + 0.05) / 5,
        ),
    )
    assert measured.model_dump() == pytest.approx(expected.model_dump())


def test_nothing_to_measure_on_gives_no_number() -> None:
    empty = measures([], [])
    assert {name for name, value in empty.model_dump().items() if value is not None} == {
        "questions",
        "answerable",
        "missing",
    }


@pytest.mark.parametrize(
    ("hit", "counts"),
    [
        (("a.txt", 100, 200), True),
        (("a.txt", 0, 150), True),
        (("a.txt", 151, 300), False),
        (("a.txt", 120, 170), True),
        (("a.txt", 120, 169), False),
        (("a.txt", 200, 300), False),
        (("b.txt", 100, 200), False),
        (("a.txt", 0, 700), True),
        (("a.txt", 0, 701), False),
    ],
)
def test_a_hit_counts_when_it_covers_half_of_the_support_and_is_short(hit: Span, counts: bool) -> None:
    assert rank(("a.txt", 100, 200), hit) == (1 if counts else None)


def test_only_the_first_ten_hits_count() -> None:
    right = ("a.txt", 0, 10)
    assert rank(right, *[WRONG] * 9, right) == 10
    assert rank(right, *[WRONG] * 10, right) is None


def test_any_of_several_supports_is_enough() -> None:
    asked = question("a", ("a.txt", 0, 10), ("b.txt", 0, 100))
    assert measure([asked], [line("a", "answered", 1, [WRONG])])[1][0].supported


@pytest.mark.parametrize(
    ("positive", "negative", "area"),
    [([0.9, 0.8], [0.1], 1.0), ([0.1], [0.9], 0.0), ([0.5], [0.5], 0.5), ([0.9, 0.1], [0.5], 0.5), ([], [0.5], None)],
)
def test_the_area_under_the_curve_is_how_often_answerable_comes_first(
    positive: list[float], negative: list[float], area: float | None
) -> None:
    assert auroc(positive, negative) == area


def test_a_run_is_written_as_a_json_object_a_line(tmp_path: Path) -> None:
    run = [line("a", "answered", 0.5, [("日本.txt", 0, 3), WRONG]), line("b\u2028", "abstained", 0)]
    write_run(tmp_path / "run.jsonl", run)
    lines = (tmp_path / "run.jsonl").read_text("utf-8").rstrip("\n").split("\n")
    assert [RunLine.model_validate_json(line) for line in lines] == run


# --- files of questions


GOOD = json.dumps({"id": "a", "question": "Who?", "answerable": False, "tags": ["who"]})


def refused(tmp_path: Path, *lines: str) -> str:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(JudgmentsError) as error:
        read_questions(path)
    assert "\n" not in str(error.value)
    return str(error.value).removeprefix(str(path))


@pytest.mark.parametrize(
    ("line_", "fault"),
    [
        ("{not json", ":3: the line: is no JSON"),
        ("[]", ":3: the line: should be an object"),
        ('{"id": "b", "question": "Who?"}', ":3: answerable: is missing"),
        ('{"id": "b", "answerable": true}', ":3: question: is missing"),
        (
            '{"id": "b", "question": "Who?", "answerable": true, "support": [{"file": "a"}]}',
            ":3: support.0.start: is missing",
        ),
    ],
)
def test_a_malformed_line_is_named_by_file_and_line(tmp_path: Path, line_: str, fault: str) -> None:
    assert refused(tmp_path, GOOD, "", line_).startswith(fault)


def test_an_id_that_stands_twice_is_named(tmp_path: Path) -> None:
    assert refused(tmp_path, GOOD, GOOD) == ": the id 'a' stands twice; give every question its own."


def test_blank_lines_and_further_fields_are_let_through(tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_text(f"\n{GOOD}\n\n", encoding="utf-8")
    assert [asked.id for asked in read_questions(tmp_path / "questions.jsonl")] == ["a"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    if content:
        (tmp_path / "questions.jsonl").write_bytes(content)
    with pytest.raises(JudgmentsError, match=r"questions\.jsonl cannot be read: name a file of JSON lines in UTF-8"):
        read_questions(tmp_path / "questions.jsonl")
