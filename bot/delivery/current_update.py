"""The update that is being worked off: whatever its handlers say and do belongs to it."""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass
class CurrentUpdate:
    """An update while it is worked off.

    Attributes:
        update_id: Its number.
        is_new: Whether it has just come, so that nothing can have been said to it before.
        crowd: How many others wait, where it came when too many did and nothing was decided about it yet; else 0.
        said: How many things were said to it so far, in this attempt.
        error: The first thing that went wrong.
        beside: What goes on while the next updates of the chat are worked off.
    """

    update_id: int
    is_new: bool = False
    crowd: int = 0
    said: int = 0
    error: Exception | None = None
    beside: list[asyncio.Task[None]] = field(default_factory=list)

    def next_said(self) -> int:
        """The number of the next thing that is said to it."""
        self.said += 1
        return self.said

    def fails(self, error: Exception) -> None:
        """Note what went wrong; only the first counts."""
        self.error = self.error or error


_CURRENT: ContextVar[CurrentUpdate | None] = ContextVar("working", default=None)


def current_update() -> CurrentUpdate | None:
    """The update that is being worked off here; None outside of one."""
    return _CURRENT.get()


@contextlib.contextmanager
def handling(current: CurrentUpdate) -> Iterator[CurrentUpdate]:
    """Have everything in the context belong to an update."""
    token = _CURRENT.set(current)
    try:
        yield current
    finally:
        _CURRENT.reset(token)


async def beside(work: Coroutine[None, None, None]) -> None:
    """Go on with something while the next updates of the chat are worked off; until it ends, the update is not done."""
    current = current_update()
    if current is None:
        await work
    else:
        current.beside.append(asyncio.create_task(work))
