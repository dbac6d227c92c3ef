"""Long polling: updates are fetched from Telegram, and confirmed only when they are safely in the inbox."""

import asyncio
import datetime as dt
import logging
import time
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol

from telegram import Bot
from telegram.error import Conflict, EndPointNotFound, RetryAfter, TelegramError

from bot.clock import TelegramClock
from bot.delivery.backpressure import Backpressure
from bot.delivery.raw_updates import UpdateSink, newest, read_update
from bot.delivery.retrying import pauses, seconds_to_wait
from storage.delivery.inbox import IncomingUpdate, PendingUpdate
from storage.errors import DatabaseError, DatabaseGoneError

POLL_SECONDS, GRACE_SECONDS = 10, 5
"""How long Telegram holds a request until something happens, and how much longer its answer may take."""
MOST = 100
"""How many updates Telegram hands out at most (Bot API, getUpdates): fewer are all that there are."""
LIVE_SECONDS = 15.0
"""How long after Telegram had no more what it hands out is taken to have happened just now."""
STRIKES = 3
"""After how many requests in a row that ended at once because of another process this one leaves the updates to it."""
AT_ONCE_SECONDS = 0.5
"""A request that was ended within this time never had the updates to itself; one that lasted longer had."""
YIELD_SECONDS = 1.0
DISPUTE_SECONDS = 60.0
"""How long another process that fetches the updates is left alone at most before this one asks again."""
WEBHOOK_SECONDS = 2.0
"""How often it is asked whether a webhook that somebody else set is gone."""
LINE_SECONDS = 60.0
"""How often it is said that something lasts."""
STALLED = 5
"""After how many answers in a row that hold known updates only the queue counts as one that does not move."""
STALL_PAUSE = 1.0

logger = logging.getLogger(__name__)


class StallListener(Protocol):
    """Hears that Telegram's queue does not move, or moves again."""

    def __call__(self, *, is_stalled: bool) -> Coroutine[Any, Any, None]:
        """Hear of it; may take its time."""
        ...


async def _nobody(*, is_stalled: bool) -> None:
    """Hear nothing."""


class Polling:
    """Fetches updates by long polling; while too many wait they are left with Telegram.

    Whatever was last taken in is confirmed, once: numbers start anew after a week without updates (Bot API, Update),
    and none of before may stand in the way of those.
    """

    def __init__(
        self,
        bot: Bot,
        sink: UpdateSink,
        kinds: Sequence[str],
        backpressure: Backpressure,
        clock: TelegramClock,
        stall_listener: StallListener = _nobody,
    ) -> None:
        self._bot, self._sink, self._kinds, self._backpressure = bot, sink, list(kinds), backpressure
        self._clock, self._emptied_at = clock, -LIVE_SECONDS  # when Telegram last had no more than it handed out
        self._stall_listener = stall_listener
        self._offset = 0  # confirms all before it; 0 for nothing to confirm
        self._strikes = self._repeats = 0
        self._said_at: dict[str, float] = {}
        self._telling: asyncio.Task[None] | None = None
        self.succeeded_at: dt.datetime | None = None

    async def run(self) -> None:
        """Fetch until cancelled, whatever goes wrong in between.

        Raises:
            DatabaseGoneError: What is fetched can be kept nowhere any more.
        """
        waits = pauses()
        while True:
            if self._backpressure.is_full:
                self._emptied_at = -LIVE_SECONDS  # what comes then has waited
            await self._backpressure.has_room()
            asked_at = time.monotonic()
            try:
                await self._keep(await self._fetch())
            except Conflict as error:
                await self._give_way(error, time.monotonic() - asked_at)
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
            # At first for what waits already: what comes later has come just now.
            {
                "offset": self._offset,
                "timeout": POLL_SECONDS if self.succeeded_at else 0,
                "allowed_updates": self._kinds,
            },
            read_timeout=POLL_SECONDS + GRACE_SECONDS,
        )

    async def _keep(self, answer: object) -> None:
        raw = answer if isinstance(answer, list) else []
        updates = [update for update in map(read_update, raw) if update is not None]
        if len(updates) < len(raw):
            logger.error("%s of %s updates have no number and cannot be kept", len(raw) - len(updates), len(raw))
        if raw and not updates:
            raise TelegramError("none of the updates has a number")
        is_live = time.monotonic() - self._emptied_at <= LIVE_SECONDS
        kept = await self._sink.keep(updates) if updates else []
        if is_live and (sent := newest(kept)) is not None:
            self._clock.note(sent)
        if len(raw) < MOST:
            self._emptied_at = time.monotonic()
        self._sink.take(kept)
        self._offset = _behind(updates, kept)
        self.succeeded_at = dt.datetime.now(dt.UTC)
        await self._watch(is_repeat=bool(updates) and not kept)

    async def _watch(self, *, is_repeat: bool) -> None:
        """Say so where Telegram hands out the same updates again and again, though they were confirmed."""
        was_stalled = self._repeats >= STALLED
        self._repeats = self._repeats + 1 if is_repeat else 0
        is_stalled = self._repeats >= STALLED
        if is_stalled:
            self._say(logging.ERROR, "Telegram hands out the same updates again and again; nothing new is fetched")
        elif was_stalled:
            logger.warning("Telegram hands out new updates again")
        if is_stalled or was_stalled:
            if self._telling is None or self._telling.done():
                self._telling = asyncio.create_task(self._stall_listener(is_stalled=is_stalled))
            await asyncio.sleep(STALL_PAUSE if is_stalled else 0)

    async def _give_way(self, error: Conflict, lasted: float) -> None:
        """Go on or wait, as somebody else asks for this bot's updates: who had them first goes on.

        Neither lasts for ever, so a line a minute says what holds the bot up.
        """
        if lasted > AT_ONCE_SECONDS:
            self._strikes = 0
            self._say(logging.ERROR, "Another process asks for this bot's updates; it should be stopped. %s", error)
            return
        self._strikes += 1
        if (webhook := await self._webhook()) is not None:
            self._strikes = 0  # no other process fetches
            self._say(
                logging.ERROR,
                "Updates of this bot are posted to %s, which somebody else has set: take that webhook away, or give "
                "this bot a token of its own (POLICYDESK_TELEGRAM_TOKEN). Trying again every %s s",
                webhook,
                WEBHOOK_SECONDS,
            )
            await asyncio.sleep(WEBHOOK_SECONDS)
            return
        if self._strikes >= STRIKES:
            self._say(
                logging.ERROR,
                "Another process fetches the updates of this bot: stop it, or give this one a token of its own "
                "(POLICYDESK_TELEGRAM_TOKEN). Telegram says: %s. Trying again, less and less often",
                error,
            )
        await asyncio.sleep(min(YIELD_SECONDS * 2 ** (self._strikes - 1), DISPUTE_SECONDS))

    async def _webhook(self) -> str | None:
        """The address that updates are posted to; None where they can be fetched, or Telegram does not say."""
        try:
            return (await self._bot.get_webhook_info()).url.partition("?")[0] or None
        except TelegramError:
            return None

    async def _wait(self, error: Exception, seconds: float) -> None:
        reason = "Telegram refuses the token" if isinstance(error, EndPointNotFound) else error
        logger.warning("Updates cannot be fetched (%s); trying again in %s s", reason, seconds)
        await asyncio.sleep(seconds)

    def _say(self, level: int, line: str, *values: object) -> None:
        """Log a line that holds for a while, once a minute."""
        now = time.monotonic()
        if now - self._said_at.get(line, -LINE_SECONDS) >= LINE_SECONDS:
            self._said_at[line] = now
            logger.log(level, line, *values)


def _behind(updates: Sequence[IncomingUpdate], kept: Sequence[PendingUpdate]) -> int:
    """The offset that confirms what was taken in; 0 where nothing was.

    An update that comes once more may be of other numbers, so the new ones say where the queue stands.
    """
    numbers = [update.place for update in kept] or [update.update_id for update in updates]
    return max(numbers) + 1 if numbers else 0
