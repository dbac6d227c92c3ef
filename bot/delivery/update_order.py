"""The order of updates, which Telegram numbers one by one (Bot API, Update): early updates wait for earlier numbers."""

import asyncio
import contextlib
import heapq
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator

from storage.delivery.inbox import PendingUpdate

GAP_SECONDS = 3.0
"""How long an update waits for one before it while none comes and none is refused; then that is taken not to exist."""

LATE = 100
"""How far below the first number a number is taken for one that comes late, rather than for the first of others."""
GAPS = 100
"""How many gaps are remembered that were waited for in vain: what belongs there may still come."""


class UpdateOrder:
    """Hands updates on in the order of their numbers, after waiting some seconds for a missing one.

    Numbers start anew after a week without updates (Bot API, Update): a number that was neither handed on nor missing
    is the first of others, and of these too the lowest may come late.
    """

    def __init__(self, take: Callable[[Iterable[PendingUpdate]], None], seconds: float = GAP_SECONDS) -> None:
        self._take, self._seconds = take, seconds
        self._early: list[tuple[int, PendingUpdate]] = []
        self._next: int | None = None
        self._missing: deque[range] = deque(maxlen=GAPS)
        self._former: list[range] = []  # numbers of before numbers started anew that may still come
        self._timer: asyncio.TimerHandle | None = None
        self._arriving: list[Collection[int]] = []

    def resume(self, numbers: Collection[int], waiting: Iterable[PendingUpdate]) -> None:
        """Go on after a restart.

        Args:
            numbers: The numbers of all updates that came, from the last before the first that waits on; where none
                waits, the last.
            waiting: Those that wait.
        """
        updates = {update.place: update for update in waiting}
        self._begin(min(numbers, default=None))
        for number in sorted(numbers):
            if number in updates:
                self.add([updates.pop(number)])
            elif number == self._next:
                self._next = number + 1
        self.add(updates.values())

    def add(self, updates: Iterable[PendingUpdate]) -> None:
        """Hand on updates, or keep them until those before them have come."""
        for update in updates:
            if any(update.place in numbers for numbers in self._former):
                self._take([update])  # it was asked before whatever waits of the new numbers
                continue
            if self._next is None:
                self._begin(update.place)
            elif self._starts_anew(update.place):
                self._start_anew()
            heapq.heappush(self._early, (update.place, update))
        self._hand_on()

    @contextlib.contextmanager
    def arriving(self, numbers: Collection[int] = ()) -> Iterator[None]:
        """Give no number up while others are put on disk; where they are refused, Telegram sends them again."""
        self._arriving.append(numbers)
        try:
            yield
        except BaseException:
            self.postpone()
            raise
        finally:
            self._arriving.remove(numbers)

    def postpone(self) -> None:
        """Begin to wait anew: an update was refused that may be the missing one."""
        if self._timer is not None:
            self._wait()

    def holds(self, update: PendingUpdate) -> bool:
        """Whether an update waits for earlier updates, or is on disk and will wait once the receiver hands it in."""
        return self.is_early(update) or any(update.place in numbers for numbers in self._arriving)

    def is_early(self, update: PendingUpdate) -> bool:
        """Whether an update is kept for those before it."""
        return any(early.update_id == update.update_id for _, early in self._early)

    def close(self) -> None:
        """Wait no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _begin(self, number: int | None) -> None:
        self._next = number
        self._missing.clear()
        if number is not None:
            self._missing.append(range(number - LATE, number))

    def _starts_anew(self, number: int) -> bool:
        return (
            self._next is not None and number < self._next and not any(number in missing for missing in self._missing)
        )

    def _start_anew(self) -> None:
        """Hand on whatever waits of the former numbers, and wait for the lowest of the new ones."""
        last = max((place for place, _ in self._early), default=(self._next or 0) - 1)
        self._former = [range(self._next or 0, last + LATE), *self._missing]
        self._take([heapq.heappop(self._early)[1] for _ in range(len(self._early))])
        self._begin(-(2**63))  # below all numbers, so that each of the new ones is early

    def _hand_on(self) -> None:
        ready: list[PendingUpdate] = []
        while self._early and self._next is not None and self._early[0][0] <= self._next:
            number, update = heapq.heappop(self._early)
            ready.append(update)
            self._next = max(self._next, number + 1)
        if ready:
            self._take(ready)
        if ready or not self._early:
            self.close()
            self._timer = None
        if self._early and self._timer is None:
            self._wait()

    def _wait(self) -> None:
        self.close()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._give_up)

    def _give_up(self) -> None:
        if self._arriving:
            self._wait()
            return
        self._timer = None
        self._former = []
        if self._early and self._next is not None:
            first = self._early[0][0]
            self._missing.append(range(max(self._next, first - LATE), first))
            self._next = first
            self._hand_on()
