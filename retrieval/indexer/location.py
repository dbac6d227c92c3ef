"""Where the index of a large folder is kept, and how it is shown that reading takes a while."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

Item = TypeVar("Item")


class ProgressTracker(Protocol):
    """Passes items on while they are worked through, to show progress."""

    def __call__(self, items: Sequence[Item], /) -> Iterable[Item]:
        """Pass items on."""
        ...


class IndexLocation(NamedTuple):
    """Where an index is kept.

    Attributes:
        place: A folder of its own; None for nowhere but in memory.
        note: Told in one line what is amiss with it.
    """

    place: Path | None = None
    note: Callable[[str], None] = lambda _: None


NOWHERE = IndexLocation()
"""An index that is kept in memory only."""
