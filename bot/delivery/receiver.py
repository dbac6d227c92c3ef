"""The receiver: updates come in, polled or posted, into the inbox and in their order to the worker."""

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from functools import partial
from operator import attrgetter
from typing import NamedTuple, Protocol, TypeVar, TypeVarTuple

from telegram import Bot
from telegram.error import TelegramError

from bot.clock import TelegramClock
from bot.delivery.backpressure import Backpressure
from bot.delivery.group_commit import UNUSABLE, GroupCommit
from bot.delivery.polling import Polling, StallListener
from bot.delivery.raw_updates import is_own
from bot.delivery.retrying import retry
from bot.delivery.update_order import LATE, UpdateOrder
from bot.delivery.webhook import Webhook, WebhookAddress
from bot.delivery.worker import Worker
from storage.delivery.inbox import Inbox, IncomingUpdate, PendingUpdate
from storage.errors import DatabaseError

LOOK_SECONDS = 5.0
"""How often it is looked for updates that another program had wait again."""

Arguments = TypeVarTuple("Arguments")
Value = TypeVar("Value")


class UpdateSource(Protocol):
    """Where updates come from."""

    succeeded_at: dt.datetime | None
    """When the source last worked; None before it first did."""

    async def run(self) -> None:
        """Take updates in until cancelled; ends only by failing for good."""
        ...


class ReceiverOptions(NamedTuple):
    """How updates are taken in."""

    kinds: Sequence[str]  # kinds of updates to ask for
    grace: float  # seconds for which what was taken in is worked off when the bot is told to stop
    address: WebhookAddress | None  # where Telegram posts updates; None where they are polled
    backpressure: Backpressure
    clock: TelegramClock
    stall_listener: StallListener


class Receiver:
    """Takes updates in and has them worked off."""

    def __init__(
        self, bot: Bot, inbox: Inbox, group_commit: GroupCommit, worker: Worker, options: ReceiverOptions
    ) -> None:
        self.inbox = inbox
        self._bot, self._group_commit, self._worker, self._options = bot, group_commit, worker, options
        self._order = UpdateOrder(worker.take)
        self.source: UpdateSource = (
            Polling(bot, self, options.kinds, options.backpressure, options.clock, options.stall_listener)
            if options.address is None
            else Webhook(bot, self, options.kinds, options.backpressure, options.clock, options.address)
        )

    async def keep(self, updates: Sequence[IncomingUpdate]) -> list[PendingUpdate]:
        """Put updates into the inbox; those of them that are to be taken, once they are safely on disk.

        Besides the new ones these are such as wait there from a write whose end was not heard of, as when a server was
        lost.
        """
        numbers = {update.update_id for update in updates}
        with self._order.arriving(numbers):
            kept = await self._group_commit.write(self.inbox.put, updates, dt.datetime.now(dt.UTC), synced=True)
            if len(kept) == len(updates):
                return kept
            waiting = await self._group_commit.write(self.inbox.pending)  # behind all writes before it
        known = [update for update in waiting if update.place in numbers and not self._has(update, kept)]
        return sorted([*kept, *known], key=attrgetter("place"))

    def _has(self, update: PendingUpdate, kept: Sequence[PendingUpdate]) -> bool:
        """Whether an update is kept just now, or was taken and is not done yet."""
        is_kept = any(each.update_id == update.update_id for each in kept)
        return is_kept or update.update_id in self._options.backpressure or self._order.is_early(update)

    def postpone(self) -> None:
        """Wait longer for updates that were posted and refused; those polled come in their order anyway."""
        self._order.postpone()

    def take(self, updates: Iterable[PendingUpdate]) -> None:
        """Have updates worked off: polled ones come in their order, posted ones are put into it."""
        if self._options.address is None:
            self._worker.take(updates)
        else:
            self._order.add(updates)

    def take_own(self, updates: Iterable[PendingUpdate]) -> None:
        """Have updates of the desk's own worked off, which have no place among Telegram's."""
        self._worker.take(updates)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[asyncio.Task[None]]:
        """Take updates in while the context is open; at its end what was taken in is worked off for a while longer.

        Yields:
            The task of the source; it ends only by failing, and then the bot is of no use any more.
        """
        await self._resume()
        self._options.backpressure.open()
        looking = asyncio.create_task(self._look())
        receiving = asyncio.create_task(self.source.run())
        try:
            yield receiving
        finally:
            for task in (receiving, looking):
                task.cancel()
            await asyncio.gather(receiving, looking, return_exceptions=True)
            self._order.close()
            await self._worker.drain(self._options.grace)

    async def _resume(self) -> None:
        """Begin with what was left, before anything new comes."""
        waiting = await _surely(self.inbox.pending)
        if self._options.address is None:
            # While a webhook is set, nothing can be fetched.
            await retry(
                self._bot.delete_webhook,
                TelegramError,
                "Telegram cannot be told to hold updates (%s); trying again in %s s",
            )
            self._worker.take(waiting)
        else:
            self.take_own(update for update in waiting if is_own(update.update_id))
            waiting = [update for update in waiting if not is_own(update.update_id)]
            self._order.resume(await _surely(self._numbers, waiting), waiting)

    def _numbers(self, waiting: Sequence[PendingUpdate]) -> list[int]:
        """The numbers around the first waiting update, which show a gap before or after the update."""
        if not waiting:
            return self.inbox.numbers(self.inbox.last())
        first = min(update.place for update in waiting)
        before = self.inbox.before(first)
        return self.inbox.numbers(first if before is None or before < first - LATE else before)

    async def _look(self) -> None:
        """Take updates that another program had wait again, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            waiting = await _surely(self.inbox.pending)
            self._worker.take(update for update in waiting if not self._order.holds(update))


async def _surely(read: Callable[[*Arguments], Value], *arguments: *Arguments) -> Value:
    """Read in a thread, and go on trying for as long as the database cannot be used."""
    return await retry(partial(asyncio.to_thread, read, *arguments), DatabaseError, UNUSABLE, logging.ERROR)
