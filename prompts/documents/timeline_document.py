"""A timeline as a document for people: Markdown, or a page with a plot of its days by source, which prints as it is."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from prompts.citations import DisplayedCitation, answer_values
from prompts.documents.export_document import fill_in_document
from prompts.models import Answer, TimelineMark
from prompts.truncation import shortened

WIDTH, ROW, LEFT, RIGHT, TOP = 900, 28, 260, 24, 34
"""Sizes of the plot: its width, the height of a row, what stands left, right and above of it."""
TICKS = 8
"""Most years that are written above the plot."""
_LABEL_CHARS = 34


class PlotMark(NamedTuple):
    """A quote in the plot: where its days begin, and how long they last."""

    number: int
    x: float
    width: float
    y: float
    date: str


class TimelineEvent(NamedTuple):
    """An event: its day, its quote, and the quotes of other articles on the event."""

    mark: TimelineMark
    entry: DisplayedCitation
    also: tuple[DisplayedCitation, ...]


class Plot(NamedTuple):
    """The days of a timeline by source."""

    width: int
    height: int
    rows: tuple[tuple[str, float], ...]  # each source and its height
    ticks: tuple[tuple[str, float], ...]  # each year and its place
    marks: tuple[PlotMark, ...]


def timeline_document(form: str, answer: Answer, made_on: dt.date, library: str) -> str:
    """Return a timeline as a document.

    Args:
        form: `html` or `md`.
        answer: The answer with the timeline.
        made_on: The day that it is made on.
        library: Hash of the articles that it is made from.
    """
    events = timeline_events(answer)
    return fill_in_document(
        f"timeline.{form}.j2", answer=answer, events=events, plot=plot(answer), made_on=made_on, library=library
    )


def timeline_events(answer: Answer) -> list[TimelineEvent]:
    """Return the events of a timeline as they are shown, oldest first."""
    values = answer_values(answer)
    entries = {entry.number: entry for entry in (*values["shown"], *values["repeats"])}
    return [
        TimelineEvent(mark, entries[mark.number], tuple(entries[n] for n in entries[mark.number].also))
        for mark in answer.timeline
    ]


def plot_svg(answer: Answer) -> str:
    """Return the plot of a timeline as SVG, each mark a link to `#q` and the quote's number; empty without a day."""
    return fill_in_document("plot.html.j2", plot=plot(answer))


def plot(answer: Answer) -> Plot | None:
    """Return where each dated quote stands in a plot; None where no day is known."""
    dated = [mark for mark in answer.timeline if mark.date]
    if not dated:
        return None
    titles = {citation.number: citation.title for citation in answer.citations}
    sources = list(dict.fromkeys(titles[mark.number] for mark in dated))
    spans = [_days(mark) for mark in dated]
    first = dt.date(min(begin for begin, _ in spans).year, 1, 1)
    last = dt.date(max(end for _, end in spans).year, 12, 31)
    scale = (WIDTH - LEFT - RIGHT) / ((last - first).days + 1)

    def place(day: dt.date) -> float:
        return round(LEFT + (day - first).days * scale, 1)

    rows = {title: TOP + ROW * (row + 0.5) for row, title in enumerate(sources)}
    return Plot(
        width=WIDTH,
        height=TOP + ROW * len(sources) + ROW // 2,
        rows=tuple((shortened(title, _LABEL_CHARS), y) for title, y in rows.items()),
        ticks=tuple((str(year), place(dt.date(year, 1, 1))) for year in _ticks(first.year, last.year)),
        marks=tuple(
            PlotMark(
                mark.number,
                place(begin),
                round((end - begin).days * scale, 1),
                rows[titles[mark.number]],
                mark.date or "",
            )
            for mark, (begin, end) in zip(dated, spans, strict=True)
        ),
    )


def _ticks(first: int, last: int) -> Sequence[int]:
    return range(first, last + 1, -(-(last - first + 1) // TICKS))


def _days(mark: TimelineMark) -> tuple[dt.date, dt.date]:
    """The first and the last day of a mark."""
    begin, _, end = (mark.date or "").partition("/")
    first = dt.date.fromisoformat(f"{begin}-01-01"[:10])
    if end:
        return first, dt.date.fromisoformat(end)
    months = {4: 12, 7: 1, 10: 0}[len(begin)]
    after = first.month - 1 + months
    return first, dt.date(first.year + after // 12, after % 12 + 1, first.day) - dt.timedelta(days=bool(months))
