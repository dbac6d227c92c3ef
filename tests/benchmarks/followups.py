"""Prints how well questions that lean on an earlier one are told and answered; asserts nothing.

`python -m tests.benchmarks.followups [FOLDER ...]`; each FOLDER holds a `questions.jsonl` of questions that stand for
themselves.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.app import open_desk
from bot.desk.desk import Desk
from bot.settings import SEEDS, read_settings
from prompts.composition.answering import AnswerWithFindings
from retrieval.evaluation.judged_questions import JudgedSpan, supports
from retrieval.library import Library
from retrieval.query.follow_ups import leans

JUDGMENTS = Path(__file__).parent.parent / "judgments"
SHOWN = 3


def main() -> None:
    """Measure the judged conversations, then every file of independent questions."""
    library = Library.open(SEEDS)
    desk = open_desk(read_settings(), library, None)
    lines = _lines(JUDGMENTS / "followups.jsonl")
    for part in ("tuned", "held out"):
        _print_conversations(desk, part, [line for line in lines if line["part"] == part])
    for path in (JUDGMENTS, *map(Path, sys.argv[1:])):
        questions = [line["question"] for line in _lines(path / "questions.jsonl")]
        told = sum(leans(library.read(question)) for question in questions)
        print(f"{path.name}: {told} of {len(questions)} questions are taken to lean")


def _lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _print_conversations(desk: Desk, part: str, lines: Sequence[Any]) -> None:
    """Print hit@3 on the second question with the first, in full and alone, and how many of them are answered."""
    told = [leans(desk.library.read(line["second"])) for line in lines]
    print(f"{part}: {len(lines)} conversations, {sum(told)} told to lean")
    both = [(line["second"], [line["first"]] if lean else []) for line, lean in zip(lines, told, strict=True)]
    full = [(line["full"], list[str]()) for line in lines]
    alone = [(line["second"], list[str]()) for line in lines]
    for way, asked in {"with the first": both, "in full": full, "alone": alone}.items():
        considered = [desk.answer_with_findings(question, earlier=earlier) for question, earlier in asked]
        hits = [_is_found(one, line["support"]) for one, line in zip(considered, lines, strict=True)]
        answered = sum(one.answer.outcome == "answered" for one in considered)
        print(f"  {way}: hit@{SHOWN} {sum(hits) / len(hits):.2f}, answered {answered}")


def _is_found(considered: AnswerWithFindings, support: Sequence[Any]) -> bool:
    """Whether one of the first hits supports an answer."""
    shown = [hit.passage for hit in considered.findings.hits[:SHOWN]]
    spans = [JudgedSpan(file=passage.file, start=passage.start, end=passage.end) for passage in shown]
    return any(supports(span, JudgedSpan.model_validate(judged)) for span in spans for judged in support)


if __name__ == "__main__":
    main()
