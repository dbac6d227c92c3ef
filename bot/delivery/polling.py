"""Updates are fetched from Telegram, and told to be had only when they are safely in the inbox."""

import asyncio
import datetime as dt
import logging
import time
from collections.abc import Callable, Iterable, Sequence

from telegram import Bot
from telegram.error import Conflict, EndPointNotFound, RetryAfter, TelegramError

from bot.delivery.backpressure import Backpressure
from bot.delivery.raw_updates import Keep, read_arrival
from bot.delivery.retrying import seconds_to_wait
from bot.errors import TelegramSetupError
from bot.inbox.pauses import pauses
from storage.delivery.inbox import PendingUpdate
from storage.errors import DatabaseError

POLL_SECONDS, GRACE_SECONDS = 10, 5
"""How long Telegram holds a request until something happens, and how much longer its answer may take."""
STRIKES = 3
"""After how many requests in a row that another process ended at once this one gives way to it."""
AT_ONCE_SECONDS = 0.5
"""A request that was ended within this time never had the updates to itself; one that lasted longer had."""
YIELD_SECONDS = 1.0

logger = logging.getLogger(__name__)


class Polling:
    """Fetches updates by long polling.

    Attributes:
        succeeded_at: When Telegram last answered; None before it first did.
    """

    def __init__(
        self,
        bot: Bot,
        keep: Keep,
        take: Callable[[Iterable[PendingUpdate]], None],
        heard: Sequence[str],
        room: Backpressure,
    ) -> None:
        """Set up.

        Args:
            bot: Calls Telegram.
            keep: Keeps updates.
            take: Told of those that are new.
            heard: The kinds of updates to ask for.
            room: Where they wait; while it is full they are left with Telegram.
        """
        self._bot, self._keep_all, self._room = bot, keep, room
        self._take, self._heard = take, list(heard)
        self._offset = 0
        self._strikes = 0
        self.succeeded_at: dt.datetime | None = None

    async def run(self) -> None:
        """Fetch until cancelled, whatever goes wrong in between.

        Raises:
            TelegramError: Another process fetches this bot's updates, and had them first.
        """
        waits = pauses()
        while True:
            await self._room.has_room()
            asked_at = time.monotonic()
            try:
                await self._keep(await self._fetched())
            except Conflict as error:
                await self._dispute(error, time.monotonic() - asked_at)
            except RetryAfter as error:
                await asyncio.sleep(seconds_to_wait(error))
            except (TelegramError, DatabaseError) as error:
                await self._wait(error, next(waits))
            else:
                waits, self._strikes = pauses(), 0

    async def _fetched(self) -> object:
        # In lower case, which Telegram takes as well: under its usual name python-telegram-bot wants to parse updates
        # itself, all or none.
        return await self._bot.do_api_request(
            "getupdates",
            {"offset": self._offset, "timeout": POLL_SECONDS, "allowed_updates": self._heard},
            read_timeout=POLL_SECONDS + GRACE_SECONDS,
        )

    async def _keep(self, answer: object) -> None:
        raw = answer if isinstance(answer, list) else []
        arrivals = [arrival for arrival in map(read_arrival, raw) if arrival is not None]
        if len(arrivals) < len(raw):
            logger.error("%s of %s updates have no number and cannot be kept", len(raw) - len(arrivals), len(raw))
        if raw and not arrivals:
            raise TelegramError("none of the updates has a number")
        if arrivals:
            self._take(await self._keep_all(arrivals))
            self._offset = max(self._offset, *(arrival.update_id + 1 for arrival in arrivals))
        self.succeeded_at = dt.datetime.now(dt.UTC)

    async def _dispute(self, error: Conflict, lasted: float) -> None:
        """Somebody else asks for this bot's updates: whoever had them first goes on, the other ends."""
        if lasted > AT_ONCE_SECONDS:
            self._strikes = 0
            logger.error("Another process asks for this bot's updates; it should be stopped. %s", error)
            return
        self._strikes += 1
        if self._strikes >= STRIKES:
            raise TelegramSetupError(
                "Another process fetches the updates of this bot: stop it, or give this one a token of its own "
                f"(POLICYDESK_TELEGRAM_TOKEN). Telegram says: {error}"
            )
        await asyncio.sleep(YIELD_SECONDS)

    async def _wait(self, error: Exception, seconds: float) -> None:
        reason = "Telegram refuses the token" if isinstance(error, EndPointNotFound) else error
        logger.warning("Updates cannot be fetched (%s); trying again in %s s", reason, seconds)
        await asyncio.sleep(seconds)
