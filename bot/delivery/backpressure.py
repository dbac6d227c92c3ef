"""Backpressure: bounds on waiting updates, above which new questions are refused, or no more updates taken."""

import asyncio
import datetime as dt

from bot.clock import TelegramClock, utc_now
from bot.delivery.raw_updates import sent_at
from storage.delivery.inbox import PendingUpdate

FULL = 30
"""How many times as much as makes it busy is taken before the rest is left with Telegram."""
LATE = dt.timedelta(seconds=30)
"""What was sent longer ago than this has waited somewhere already, and is not told to come again."""


class Backpressure:
    """Counts the updates that wait, by their numbers; `busy` may before a question that has just come is turned away.

    An update that comes while so many wait counts as waiting only when it turns out that it may stay: a question is
    turned away meanwhile, a command or a press is not.
    """

    def __init__(self, busy: int, clock: TelegramClock) -> None:
        self._busy, self._clock = busy, clock
        self._updates: set[int] = set()
        self._late: set[int] = set()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._opened_at = utc_now()

    def __contains__(self, update_id: int) -> bool:
        return update_id in self._updates

    def __len__(self) -> int:
        return len(self._updates)

    def open(self) -> None:
        """Begin to take updates in: those sent before have waited already."""
        self._opened_at = utc_now().replace(microsecond=0)  # Telegram tells the second only

    @property
    def waiting(self) -> int:
        """How many updates wait, those that came too late not counted."""
        return len(self._updates) - len(self._late)

    @property
    def is_full(self) -> bool:
        """Whether no more is to be taken."""
        return len(self._updates) >= self._busy * FULL

    async def has_room(self) -> None:
        """Wait until more may be taken."""
        await self._has_room.wait()

    def enter(self, update: PendingUpdate) -> bool:
        """Take in an update; says whether it may wait, or goes before the waiting ones."""
        is_late = self.waiting >= self._busy and self._is_new(update)
        self._updates.add(update.update_id)
        if is_late:
            self._late.add(update.update_id)
        if self.is_full:
            self._has_room.clear()
        return not is_late

    def crowd(self, update_id: int) -> int:
        """How many wait before an update that came too late; 0 where it may wait, as all may once fewer do."""
        if update_id not in self._late:
            return 0
        if self.waiting >= self._busy:
            return self.waiting
        self._late.discard(update_id)
        return 0

    def leave(self, update_id: int) -> None:
        """Count an update no longer."""
        self._updates.discard(update_id)
        self._late.discard(update_id)
        if not self.is_full:
            self._has_room.set()

    def _is_new(self, update: PendingUpdate) -> bool:
        """Whether an update was sent just now, rather than while the bot was away or could not be reached."""
        if not update.content:  # it comes from the database, and was promised to be worked off
            return False
        sent = sent_at(update.content)
        return sent is None or self._clock.here(sent) >= max(self._opened_at, utc_now() - LATE)
