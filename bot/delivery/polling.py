"""Long polling: updates are fetched from Telegram, and confirmed only when they are safely in the inbox."""

import asyncio
import datetime as dt
import logging
import time
from collections.abc import Sequence

from telegram import Bot
from telegram.error import Conflict, EndPointNotFound, RetryAfter, TelegramError

from bot.delivery.backpressure import Backpressure
from bot.delivery.raw_updates import UpdateSink, read_update
from bot.delivery.retrying import pauses, seconds_to_wait
from bot.errors import TelegramSetupError
from storage.errors import DatabaseError, DatabaseGoneError

POLL_SECONDS, GRACE_SECONDS = 10, 5
"""How long Telegram holds a request until something happens, and how much longer its answer may take."""
STRIKES = 3
"""After how many requests in a row that another process ended at once this one gives way to it."""
AT_ONCE_SECONDS = 0.5
"""A request that was ended within this time never had the updates to itself; one that lasted longer had."""
YIELD_SECONDS = 1.0

logger = logging.getLogger(__name__)


class Polling:
    """Fetches updates by long polling; while too many wait they are left with Telegram."""

    def __init__(self, bot: Bot, sink: UpdateSink, kinds: Sequence[str], backpressure: Backpressure) -> None:
        self._bot, self._sink, self._kinds, self._backpressure = bot, sink, list(kinds), backpressure
        self._offset = 0
        self._strikes = 0
        self.succeeded_at: dt.datetime | None = None

    async def run(self) -> None:
        """Fetch until cancelled, whatever goes wrong in between.

        Raises:
            TelegramSetupError: Another process fetches this bot's updates, and had them first.
            DatabaseGoneError: What is fetched can be kept nowhere any more.
        """
        waits = pauses()
        while True:
            await self._backpressure.has_room()
            asked_at = time.monotonic()
            try:
                await self._keep(await self._fetch())
            except Conflict as error:
                await self._dispute(error, time.monotonic() - asked_at)
            except RetryAfter as error:
                await asyncio.sleep(seconds_to_wait(error))
            except DatabaseGoneError:
                raise
            except (TelegramError, DatabaseError) as error:
                await self._wait(error, next(waits))
            else:
                waits, self._strikes = pauses(), 0

    async def _fetch(self) -> object:
        # In lower case, which Telegram takes as well: under its usual name python-telegram-bot wants to parse updates
        # itself, all or none.
        return await self._bot.do_api_request(
            "getupdates",
            {"offset": self._offset, "timeout": POLL_SECONDS, "allowed_updates": self._kinds},
            read_timeout=POLL_SECONDS + GRACE_SECONDS,
        )

    async def _keep(self, answer: object) -> None:
        raw = answer if isinstance(answer, list) else []
        updates = [update for update in map(read_update, raw) if update is not None]
        if len(updates) < len(raw):
            logger.error("%s of %s updates have no number and cannot be kept", len(raw) - len(updates), len(raw))
        if raw and not updates:
            raise TelegramError("none of the updates has a number")
        if updates:
            self._sink.take(await self._sink.keep(updates))
            self._offset = max(self._offset, *(update.update_id + 1 for update in updates))
        self.succeeded_at = dt.datetime.now(dt.UTC)

    async def _dispute(self, error: Conflict, lasted: float) -> None:
        """Go on or end, as another process asks for this bot's updates: who had them first goes on."""
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
