"""Waking everyone who waits for a change, without anyone asking twice."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Notifier:
    """Wakes all who wait; each looks for what it needs and waits again if it is not there."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.closed = False

    def ring(self) -> None:
        """Wake everyone."""
        event, self._event = self._event, asyncio.Event()
        event.set()

    def close(self) -> None:
        """Say that nothing will change any more, so that all who wait can leave."""
        self.closed = True
        self.ring()

    async def until(self, look: Callable[[], Found | None], seconds: float | None) -> Found | None:
        """Wait until ``look`` finds something.

        Args:
            look: Called now and after every change; `None` means "not yet". What it raises ends the wait.
            seconds: How long to wait at most; `None` is for ever, 0 looks once.

        Returns:
            What was found, or `None` when the time was up or nothing will change any more.
        """
        try:
            async with asyncio.timeout(seconds):
                while (found := look()) is None and not self.closed:
                    await self._event.wait()
                return found
        except TimeoutError:
            return None
