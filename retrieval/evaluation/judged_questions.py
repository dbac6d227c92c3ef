"""Judged questions, read from and written as JSON lines."""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from retrieval.errors import JudgmentsError
from retrieval.regular_files import read_regular
from retrieval.validation import faults

LONGEST_HIT = 700
"""Longest hit, in code points, that counts; whoever returns whole articles finds everything."""


class JsonLine(BaseModel):
    """One object of a JSON lines file; fields that are not needed are let through."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class JudgedSpan(JsonLine):
    """A stretch of an article's text, in code points."""

    file: str
    start: int
    end: int


class JudgedQuestion(JsonLine):
    """A question with every stretch of text that answers it."""

    id: str
    question: str
    answerable: bool
    support: tuple[JudgedSpan, ...] = ()
    earlier: tuple[str, ...] = ()  # the questions that it leans on, oldest first
    collections: tuple[str, ...] = ()  # those that it is answered from; none for all

    def supported_by(self, hit: JudgedSpan) -> bool:
        """Return whether a hit supports an answer."""
        return any(supports(hit, span) for span in self.support)


def supports(hit: JudgedSpan, support: JudgedSpan) -> bool:
    """Return whether a hit covers at least half of a judged span and is short enough to be read."""
    if hit.file != support.file or hit.end - hit.start > LONGEST_HIT:
        return False
    overlap = min(hit.end, support.end) - max(hit.start, support.start)
    return overlap > 0 and overlap * 2 >= support.end - support.start


def read_questions(path: Path) -> list[JudgedQuestion]:
    """Read a file of judged questions: JSON lines of `id`, `question`, `answerable` and `support`.

    Raises:
        JudgmentsError: The file cannot be read, a line does not have this form, or an id stands twice.
    """
    questions: dict[str, JudgedQuestion] = {}
    for question in _read_lines(path):
        if question.id in questions:
            raise JudgmentsError(f"{path}: the id {question.id!r} stands twice; give every question its own.")
        questions[question.id] = question
    return list(questions.values())


def _read_lines(path: Path) -> Iterator[JudgedQuestion]:
    """Read the lines of a file that are not blank."""
    try:
        lines = read_regular(path, follow=True).decode().split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise JudgmentsError(f"{path} cannot be read: name a file of JSON lines in UTF-8.") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield JudgedQuestion.model_validate_json(line)
            except ValidationError as error:
                place, words = next(faults(error))
                raise JudgmentsError(f"{path}:{number}: {place or 'the line'}: {words}") from None


def question_line(question: JudgedQuestion) -> str:
    """Return a judged question as a line of a file; empty context is left out."""
    unsaid = {name for name in ("earlier", "collections") if not getattr(question, name)}
    return json.dumps(question.model_dump(exclude=unsaid), ensure_ascii=False) + "\n"
