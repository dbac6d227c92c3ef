"""Lines for a desk's glossary, from its judged questions."""

from collections.abc import Iterator, Sequence

from retrieval.evaluation.judged_questions import JudgedQuestion
from retrieval.glossary.learning import RightAnswer, propose
from retrieval.glossary.table import to_line
from retrieval.library import Library


def proposals(library: Library, questions: Sequence[JudgedQuestion]) -> list[str]:
    """Return lines for a glossary, each below a remark on the number of right answers that speak for it."""
    found = propose(_right_answers(library, questions), library.reader.translator, sorted(library.reader.written_in))
    return [f"# right answers: {each.answers}\n{to_line(each.line)}" for each in found]


def _right_answers(library: Library, questions: Sequence[JudgedQuestion]) -> Iterator[RightAnswer]:
    for question in questions:
        for span in question.support:
            if article := library.article(span.file):
                yield RightAnswer(question.question, article.text[span.start : span.end])
