"""Progress bars for what takes longer than a second, on a terminal only."""

import contextlib
import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import Any, NamedTuple, TypeVar

Item = TypeVar("Item")

PATIENCE = 1.0
"""Seconds before a bar is worth showing."""


class ProgressBar(NamedTuple):
    """Passes items on, and shows a bar on standard error once they take longer than a second.

    Where nobody knows how many there are, it shows how many there were.
    """

    task: str

    def __call__(self, items: Iterable[Item], /) -> Iterator[Item]:
        """Pass items on, in order."""
        if not sys.stderr.isatty():
            yield from items
            return
        deadline, left = time.monotonic() + PATIENCE, iter(items)
        for done, item in enumerate(left, 1):
            yield item
            if time.monotonic() >= deadline:
                yield from self._with_bar(left, done, len(items) if isinstance(items, Sized) else None)

    def _with_bar(self, items: Iterator[Item], done: int, total: int | None) -> Iterator[Item]:
        from rich.progress import MofNCompleteColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415 - only here

        count = TextColumn("{task.completed:,.0f}")
        end = (count,) if total is None else (MofNCompleteColumn(), TextColumn("left:"), TimeRemainingColumn())
        with _shown(*end) as progress:
            task = progress.add_task(self.task, total=total, completed=done)
            for item in items:
                yield item
                progress.advance(task)


class Tally(Iterator[Item]):
    """Passes items on, and counts them."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = iter(items)
        self.count = 0

    def __next__(self) -> Item:
        item = next(self._items)
        self.count += 1
        return item


@contextlib.contextmanager
def waiting(task: str) -> Iterator[None]:
    """Show on standard error, on a terminal, for how long one step has taken."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.progress import TimeElapsedColumn  # noqa: PLC0415 - only where it is shown

    with _shown(TimeElapsedColumn()) as progress:
        progress.add_task(task, total=None)
        yield


def _shown(*end: Any) -> Any:
    from rich.console import Console  # noqa: PLC0415 - only where a bar is shown
    from rich.progress import Progress  # noqa: PLC0415

    return Progress(*Progress.get_default_columns()[:2], *end, console=Console(stderr=True), transient=True)
