"""The update that is being worked off, to which all replies of its handlers belong, and its place among others."""

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


class Slot:
    """A place among the updates that are worked off at the same time, given up while its holder waits for Telegram.

    Within the context of a slot, and in tasks begun there, `rest` and `current_slot` know it.
    """

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places, self._lock = places, asyncio.Lock()
        self._is_held = self._is_over = False

    async def __aenter__(self) -> None:
        """Wait for a place."""
        self._token = _SLOT.set(self)
        await self.take()

    async def __aexit__(self, *_: object) -> None:
        """Give the place up for good: what goes on in the background needs none."""
        _SLOT.reset(self._token)
        self._is_over = True
        self.give_up()

    def give_up(self) -> None:
        """Let another update have the place, unless one has it already."""
        if self._is_held:
            self._is_held = False
            self._places.release()

    async def take(self) -> None:
        """Wait for a place, unless it is held or needed no more."""
        async with self._lock:
            if not self._is_held and not self._is_over:
                await self._places.acquire()
                self._is_held = True


_SLOT: ContextVar[Slot | None] = ContextVar("slot", default=None)


def current_slot() -> Slot | None:
    """The slot of the update that is being worked off here; None outside of one."""
    return _SLOT.get()


async def rest(seconds: float) -> None:
    """Wait without holding up other updates."""
    slot = current_slot()
    if slot is not None:
        slot.give_up()
    await asyncio.sleep(seconds)
    if slot is not None:
        await slot.take()
