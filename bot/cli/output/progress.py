"""Progress bars for what takes longer than a second, on a terminal only."""

import sys
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 1.0
"""Seconds before a bar is worth showing."""


def track(items: Sequence[T], what: str) -> Iterator[T]:
    """Pass items on, showing a bar on standard error once they take longer than a second.

    Args:
        items: What is worked through.
        what: What is being done, as the bar says.
    """
    if not sys.stderr.isatty():
        yield from items
        return
    deadline, place = time.monotonic() + PATIENCE, 0
    while place < len(items) and time.monotonic() < deadline:
        yield items[place]
        place += 1
    if place < len(items):
        yield from _with_bar(items, place, what)


def _with_bar(items: Sequence[T], place: int, what: str) -> Iterator[T]:
    from rich.console import Console  # noqa: PLC0415 - only where a bar is shown
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TextColumn("left:"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=len(items), completed=place)
        for item in items[place:]:
            yield item
            progress.advance(task)
