"""Failures: the update of an exception fails, and when it is set aside people are told."""

import logging

from telegram import Bot, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.delivery.current_update import current_update
from bot.handlers.administration.owners import Owners
from bot.messages.localizer import Localizer
from bot.messages.sending import say

logger = logging.getLogger(__name__)


class Failures:
    """Takes the exceptions that handlers raised, and tells of updates that were set aside."""

    def __init__(self, localizer: Localizer, owners: Owners) -> None:
        self._localizer, self._owners = localizer, owners

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
        await self._owners.tell(bot, "set-aside", update_id=update_id)
