"""Waking everyone who waits for a change, without polling."""

import asyncio
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

Found = TypeVar("Found")
Arguments = TypeVarTuple("Arguments")


class Notifier:
    """Wakes all waiters at every change; each looks for its own find and waits again without it."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.closed = False

    def ring(self) -> None:
        """Wake everyone."""
        event, self._event = self._event, asyncio.Event()
        event.set()

    def close(self) -> None:
        """End all waiting: nothing will change any more."""
        self.closed = True
        self.ring()

    async def until(
        self, look: Callable[[*Arguments], Found | None], seconds: float | None, *arguments: *Arguments
    ) -> Found | None:
        """Wait until `look` finds anything, and return the find; nothing when the time is up or the notifier is closed.

        `look` is called with the arguments, now and after every change; its exceptions end the wait. `seconds` of
        `None` is for ever, 0 looks once.
        """
        try:
            async with asyncio.timeout(seconds):
                while not (found := look(*arguments)) and not self.closed:
                    await self._event.wait()
                return found
        except TimeoutError:
            return None

    async def closing(self) -> None:
        """Wait until the notifier is closed."""
        while not self.closed:
            await self._event.wait()
