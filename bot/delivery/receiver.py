"""How updates come in: fetched or posted, into the inbox and in their order to what works them off."""

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import NamedTuple, Protocol

from telegram import Bot
from telegram.error import TelegramError

from bot.delivery.backpressure import Backpressure
from bot.delivery.group_commit import GroupCommit
from bot.delivery.polling import Polling
from bot.delivery.update_order import UpdateOrder
from bot.delivery.webhook import Webhook, WebhookAddress
from bot.delivery.worker import Worker
from bot.inbox.pauses import pauses, surely
from storage.delivery.inbox import Inbox, IncomingUpdate, PendingUpdate

LOOK_SECONDS = 5.0
"""How often it is looked for updates that another program had wait again."""

logger = logging.getLogger(__name__)


class UpdateSource(Protocol):
    """Where updates come from.

    Attributes:
        succeeded_at: When it last worked; None before it first did.
    """

    succeeded_at: dt.datetime | None

    async def run(self) -> None:
        """Take updates in until cancelled; ends only by failing for good."""
        ...


class ReceiverOptions(NamedTuple):
    """How updates are taken in.

    Attributes:
        heard: The kinds of updates to ask for.
        grace: For how many seconds what was taken in is worked off when the bot is told to stop.
        address: Where Telegram posts updates; None where they are fetched.
        room: Where they wait.
    """

    heard: Sequence[str]
    grace: float
    address: WebhookAddress | None
    room: Backpressure


class Receiver:
    """Takes updates in and has them worked off.

    Attributes:
        inbox: Where they are kept.
        source: Where they come from.
    """

    def __init__(self, bot: Bot, inbox: Inbox, commits: GroupCommit, worker: Worker, manner: ReceiverOptions) -> None:
        """Set up.

        Args:
            bot: Calls Telegram.
            inbox: Where updates are kept.
            commits: Writes them.
            worker: Works them off.
            manner: How they are taken in.
        """
        self.inbox = inbox
        self._bot, self._commits, self._worker, self._manner = bot, commits, worker, manner
        self._sequence = UpdateOrder(worker.take)
        self.source: UpdateSource = (
            Polling(bot, self._keep, worker.take, manner.heard, manner.room)
            if manner.address is None
            else Webhook(bot, self._keep, self._sequence.add, manner.heard, manner.room, manner.address)
        )

    async def _keep(self, arrivals: Sequence[IncomingUpdate]) -> list[PendingUpdate]:
        return await self._commits.write(partial(self.inbox.put, arrivals, dt.datetime.now(dt.UTC)), synced=True)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[asyncio.Task[None]]:
        """Take updates in while the context is open; at its end what was taken in is worked off for a while longer.

        Yields:
            What takes them in; it ends only by failing, and then the bot is of no use any more.
        """
        await self._resume()
        self._manner.room.open()
        looking = asyncio.create_task(self._look())
        taking = asyncio.create_task(self.source.run())
        try:
            yield taking
        finally:
            for task in (taking, looking):
                task.cancel()
            await asyncio.gather(taking, looking, return_exceptions=True)
            self._sequence.close()
            await self._worker.drain(self._manner.grace)

    async def _resume(self) -> None:
        """Begin with what was left, before anything new comes."""
        waiting = await surely(self.inbox.turns)
        if self._manner.address is None:
            await self._have_telegram_hold_updates()
            self._worker.take(waiting)
        else:
            first = waiting[0].update_id if waiting else await surely(self.inbox.last)
            known = await surely(lambda: self.inbox.numbers(first))
            self._sequence.resume(known, waiting)

    async def _look(self) -> None:
        """Take what somebody had wait again, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            waiting = await surely(self.inbox.turns)
            self._worker.take(turn for turn in waiting if not self._sequence.holds(turn))

    async def _have_telegram_hold_updates(self) -> None:
        """Take away a webhook that may be set from before: while one is, nothing can be fetched."""
        for pause in pauses():
            try:
                await self._bot.delete_webhook()
                return
            except TelegramError as error:
                logger.warning("Telegram cannot be told to hold updates (%s); trying again in %s s", error, pause)
                await asyncio.sleep(pause)
