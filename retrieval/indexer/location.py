"""The place of a large folder's index, and the protocols by which indexing tells how it goes."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

Item = TypeVar("Item")


class ProgressTracker(Protocol):
    """Passes items on while they are worked through, to show progress."""

    def __call__(self, items: Sequence[Item], /) -> Iterable[Item]:
        """Pass items on."""
        ...


class Note(Protocol):
    """Takes a line about a trouble that is got over."""

    def __call__(self, line: str, /) -> object:
        """Take a line."""
        ...


def drop_note(line: str, /) -> None:
    """Drop a line."""


MEMORY = 1 << 30
"""About how many bytes all processes together use while they build an index, unless the settings say otherwise."""


class IndexLocation(NamedTuple):
    """The folder of an index, None for an index in memory only; where troubles with it are noted; how it is built."""

    place: Path | None = None
    note: Note = drop_note
    memory: int = MEMORY  # about how many bytes it takes to build one in files


NOWHERE = IndexLocation()
"""An index that is kept in memory only."""
