"""Something went wrong: it is logged first, then the asker is told in one line."""

import logging

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.handlers.replies import say
from bot.languages import Interpreter

logger = logging.getLogger(__name__)


class Failures:
    """Takes every exception that a handler raised."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter

    async def failed(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Log what happened with the update it happened to, and tell whoever waits for an answer."""
        number = update.update_id if isinstance(update, Update) else "none"
        logger.error("Update %s failed: %r", number, context.error, exc_info=context.error)
        message = (update.message or update.edited_message) if isinstance(update, Update) else None
        if message is not None:
            try:
                await say(message, self._interpreter.to_author(message).notice("failure"))
            except TelegramError as error:
                logger.error("Update %s: the asker could not be told: %r", number, error)
