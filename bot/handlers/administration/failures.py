"""Failures: the update of an exception fails, and when it is set aside people are told."""

import logging

from cachetools import TTLCache
from telegram import Bot, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.delivery.current_update import current_update
from bot.handlers.administration.owners import Owners
from bot.messages.localizer import Localizer
from bot.messages.sending import say

NOTICES, HOUR_SECONDS = 100, 3_600
"""How long the owners are not told the same again; and how many notices are remembered for as long."""

logger = logging.getLogger(__name__)


class Failures:
    """Takes the exceptions that handlers raised, and tells of updates that were set aside."""

    def __init__(self, localizer: Localizer, owners: Owners) -> None:
        self._localizer, self._owners = localizer, owners
        self._told: TTLCache[str, bool] = TTLCache(NOTICES, HOUR_SECONDS)

    async def failed(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Note an exception with its update; outside of one it can only be logged."""
        current, error = current_update(), context.error
        if current is not None and error is not None:
            current.fail(error)
            return
        number = update.update_id if isinstance(update, Update) else "none"
        logger.error("Update %s failed: %r", number, error, exc_info=error)

    async def tell_asker(self, update: Update) -> None:
        """Tell a person who waits for an answer that there will be none."""
        message = update.message or update.edited_message
        if message is None:
            return
        try:
            await say(message, self._localizer.to_author(message).notice("failure"))
        except TelegramError as error:
            logger.error("Update %s: the asker could not be told: %r", update.update_id, error)

    async def tell_owners(self, bot: Bot, update_id: int) -> None:
        """Tell the owners that an update was set aside, and how to go on."""
        await self._owners.tell(bot, "set aside", update_id=update_id)

    async def tell_refusal(self, bot: Bot, error: Exception) -> None:
        """Tell the owners, once an hour, that Telegram refuses what the bot does in a chat, and in which words."""
        await self.tell_hourly(bot, "refused", reason=str(error))

    async def tell_hourly(self, bot: Bot, what: str, **values: object) -> None:
        """Tell the owners of a trouble, unless they were told of the same within the last hour."""
        if what not in self._told:
            self._told[what] = True
            await self._owners.tell(bot, what, **values)
