"""Progress bars for what takes longer than a second, on a terminal only."""

import sys
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

Item = TypeVar("Item")

PATIENCE = 1.0
"""Seconds before a bar is worth showing."""


class ProgressBar(NamedTuple):
    """Passes items on, and shows a bar on standard error once they take longer than a second."""

    task: str

    def __call__(self, items: Sequence[Item], /) -> Iterator[Item]:
        """Pass items on, in order."""
        if not sys.stderr.isatty():
            yield from items
            return
        deadline, place = time.monotonic() + PATIENCE, 0
        while place < len(items) and time.monotonic() < deadline:
            yield items[place]
            place += 1
        if place < len(items):
            yield from self._with_bar(items, place)

    def _with_bar(self, items: Sequence[Item], place: int) -> Iterator[Item]:
        from rich.console import Console  # noqa: PLC0415 - only where a bar is shown
        from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

        first = Progress.get_default_columns()[:2]
        columns = (*first, MofNCompleteColumn(), TextColumn("left:"), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(self.task, total=len(items), completed=place)
            for item in items[place:]:
                yield item
                progress.advance(task)
