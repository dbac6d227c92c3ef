"""The order of updates, which Telegram numbers one by one (Bot API, Update): early updates wait for earlier numbers."""

import asyncio
import heapq
from collections.abc import Callable, Collection, Iterable

from storage.delivery.inbox import PendingUpdate

GAP_SECONDS = 3.0
"""How long an update waits for one before it while none comes; then that is taken not to exist."""


class UpdateOrder:
    """Hands updates on in the order of their numbers, after waiting some seconds for a missing one."""

    def __init__(self, take: Callable[[Iterable[PendingUpdate]], None], seconds: float = GAP_SECONDS) -> None:
        self._take, self._seconds = take, seconds
        self._early: list[PendingUpdate] = []
        self._next: int | None = None
        self._timer: asyncio.TimerHandle | None = None

    def resume(self, numbers: Collection[int], waiting: Iterable[PendingUpdate]) -> None:
        """Go on after a restart.

        Args:
            numbers: The numbers of all updates that came, from the first that waits on; where none waits, the last.
            waiting: Those that wait.
        """
        updates = {update.update_id: update for update in waiting}
        self._next = min(numbers, default=None)
        for update_id in sorted(numbers):
            if update_id in updates:
                self.add([updates[update_id]])
            elif update_id == self._next:
                self._next = update_id + 1

    def add(self, updates: Iterable[PendingUpdate]) -> None:
        """Hand on updates, or keep them until those before them have come."""
        for update in updates:
            heapq.heappush(self._early, update)
        if self._next is None and self._early:
            self._next = self._early[0].update_id
        self._hand_on()

    def holds(self, update: PendingUpdate) -> bool:
        """Whether an update is kept for those before it."""
        return any(early.update_id == update.update_id for early in self._early)

    def close(self) -> None:
        """Wait no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _hand_on(self) -> None:
        ready: list[PendingUpdate] = []
        while self._early and self._next is not None and self._early[0].update_id <= self._next:
            ready.append(heapq.heappop(self._early))
            self._next = max(self._next, ready[-1].update_id + 1)
        if ready:
            self._take(ready)
        if ready or not self._early:
            self.close()
            self._timer = None
        if self._early and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._give_up)

    def _give_up(self) -> None:
        self._timer = None
        if self._early:
            self._next = self._early[0].update_id
            self._hand_on()
