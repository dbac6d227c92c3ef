"""The update that is being worked off, to which all replies of its handlers belong."""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass
class CurrentUpdate:
    """An update while it is worked off."""

    update_id: int
    is_new: bool = False  # just come, so that nothing can have been said to it before
    crowd: int = 0  # how many others wait, where it came when too many did and is not decided about; else 0
    refused: set[str] = field(default_factory=set)  # methods that Telegram refused to carry out for it
    replies: int = 0  # what was said to it so far, in this attempt
    error: Exception | None = None  # the first that was raised
    background: list[asyncio.Task[None]] = field(default_factory=list)  # goes on beside the chat's next updates

    def next_reply(self) -> int:
        """The number of the next thing that is said to it."""
        self.replies += 1
        return self.replies

    def fail(self, error: Exception) -> None:
        """Note an error; only the first counts."""
        self.error = self.error or error


_CURRENT: ContextVar[CurrentUpdate | None] = ContextVar("current_update", default=None)


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


async def run_in_background(work: Coroutine[None, None, None]) -> None:
    """Go on with work beside the next updates of the chat; until it ends, the update is not done."""
    current = current_update()
    if current is None:
        await work
    else:
        current.background.append(asyncio.create_task(work))
