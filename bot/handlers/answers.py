"""An answer is said: its words, the buttons under them, and on record which message it became."""

import asyncio
import logging

from telegram import InlineKeyboardMarkup, Message

from bot.handlers.replies import say
from bot.keyboards import Keyboards
from storage.errors import DatabaseError
from storage.models import Exchange
from storage.sent import Purpose, SentMessages

logger = logging.getLogger(__name__)


class Answers:
    """Says what the desk answered."""

    def __init__(self, keyboards: Keyboards, sent: SentMessages) -> None:
        """Set up.

        Args:
            keyboards: Makes the buttons.
            sent: Where it is kept which message answers what.
        """
        self._keyboards, self._sent = keyboards, sent

    async def say(self, message: Message, exchange: Exchange) -> None:
        """Reply to a message with an answer; an answer without its buttons is better than none."""
        said = await say(message, exchange.reply, await self.buttons(exchange))
        await self.remember(exchange, said)

    async def buttons(self, exchange: Exchange) -> InlineKeyboardMarkup | None:
        """The buttons under an answer; none where they cannot be recorded now."""
        try:
            return await asyncio.to_thread(self._keyboards.under_answer, exchange)
        except DatabaseError as error:
            logger.error("Exchange %s is answered without buttons: %s", exchange.id, error)
            return None

    async def remember(self, exchange: Exchange, said: Message) -> None:
        """Keep which message an answer became, for reactions to it."""
        try:
            await asyncio.to_thread(self._sent.add, exchange.id or 0, said.message_id, Purpose.ANSWER)
        except DatabaseError as error:
            logger.error("Reactions to the answer of exchange %s will not be counted: %s", exchange.id, error)
