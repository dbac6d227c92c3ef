"""The check of the webhook with Telegram itself: where updates are posted, and whether they arrive."""

import asyncio
import datetime as dt
import time

from telegram import Bot, WebhookInfo
from telegram.error import TelegramError

from bot.transport.call_stats import CallStats

EVERY_SECONDS = 20
RECENT = dt.timedelta(minutes=5)
"""How long an error of Telegram's in posting counts while updates wait; afterwards it has had others to tell of."""


class WebhookCheck:
    """Asks Telegram (Bot API, getWebhookInfo) and notes what is wrong in the statistics of calls."""

    def __init__(self, bot: Bot, url: str, stats: CallStats) -> None:
        self._bot, self._url, self._stats = bot, url, stats

    async def run(self) -> None:
        """Check now and again, until cancelled."""
        while True:
            if self._stats.is_posted_to:
                await self.once()
            await asyncio.sleep(EVERY_SECONDS if self._stats.is_posted_to else 1)

    async def once(self) -> None:
        """Check once; what could not be asked is no news."""
        try:
            info = await self._bot.get_webhook_info()
        except TelegramError:
            return
        self._stats.note_webhook(self._problem(info), time.monotonic())

    def _problem(self, info: WebhookInfo) -> str | None:
        if info.url != self._url:
            return "Telegram posts updates somewhere else, or nowhere"
        error, at = info.last_error_message, info.last_error_date
        if error and at and info.pending_update_count and dt.datetime.now(dt.UTC) - at < RECENT:
            return f"{info.pending_update_count} updates wait, since Telegram could not post them: {error}"
        return None
