"""A comparison as a document for people: Markdown, or a page with its sides in columns, which prints as it is."""

import datetime as dt
from typing import NamedTuple

from prompts.citations import DisplayedCitation, answer_values
from prompts.documents.export_document import fill_in_document
from prompts.models import Answer, ComparedAspect, ComparedColumn
from retrieval.side_by_side.request import ColumnSense

_TITLES = {
    ColumnSense.BEFORE: "Before {}",
    ColumnSense.SINCE: "Since {}",
    ColumnSense.OLDER: "Older reports",
    ColumnSense.NEWER: "Newer reports",
    ColumnSense.UNDATED: "In an article without a date",
}


class ColumnPart(NamedTuple):
    """A quote of a side: other articles with the same, and what of other sides it stands beside."""

    entry: DisplayedCitation
    also: tuple[DisplayedCitation, ...]
    aspects: tuple[ComparedAspect, ...]
    is_by_article: bool


class ColumnDocument(NamedTuple):
    """A side with its title and its quotes."""

    title: str
    parts: tuple[ColumnPart, ...]


def side_by_side_document(form: str, answer: Answer, made_on: dt.date, library: str) -> str:
    """Return a comparison as a document.

    Args:
        form: `md` or `html`.
        answer: The comparison.
        made_on: The day that it is made.
        library: The hash of the articles.
    """
    values = answer_values(answer)
    entries = {entry.number: entry for entry in (*values["shown"], *values["repeats"])}
    columns = [_column(column, answer, entries) for column in answer.columns]
    return fill_in_document(f"comparison.{form}.j2", answer=answer, columns=columns, made_on=made_on, library=library)


def _column(column: ComparedColumn, answer: Answer, entries: dict[int, DisplayedCitation]) -> ColumnDocument:
    parts = (
        ColumnPart(
            entries[number],
            tuple(entries[n] for n in entries[number].also),
            tuple(aspect for aspect in answer.aspects if number in aspect.numbers),
            number in column.by_article,
        )
        for number in column.numbers
    )
    return ColumnDocument(_TITLES.get(column.sense, "{}").format(column.label), tuple(parts))
