"""An answer is said: its words, the buttons under them, and on record which message it became."""

import asyncio
import logging
from functools import partial

from telegram import InlineKeyboardMarkup, Message

from bot.desk import Desk
from bot.handlers.replies import revise, say
from bot.inbox.commits import Commits
from bot.keyboards import Keyboards
from prompts.languages import Language
from storage.errors import DatabaseError
from storage.models import Exchange
from storage.sent import Purpose, SentMessages

logger = logging.getLogger(__name__)


class Answers:
    """Says what the desk answered."""

    def __init__(self, desk: Desk, keyboards: Keyboards, sent: SentMessages, commits: Commits) -> None:
        """Set up.

        Args:
            desk: What answered.
            keyboards: Makes the buttons.
            sent: Where it is kept which message answers what.
            commits: Writes that.
        """
        self._desk, self._keyboards, self._sent, self._commits = desk, keyboards, sent, commits

    async def say(self, message: Message, exchange: Exchange, language: Language) -> None:
        """Reply to a message with an answer; an answer without its buttons is better than none."""
        said = await say(message, exchange.reply, await self.buttons(exchange, language))
        self.remember(exchange, said.message_id)

    async def say_again(self, message: Message, exchange: Exchange, language: Language, reply_id: int) -> None:
        """Change the answer to an edited message in place; one that is gone stays gone."""
        await revise(message, reply_id, exchange.reply, await self.buttons(exchange, language))
        self.remember(exchange, reply_id)

    async def buttons(self, exchange: Exchange, language: Language) -> InlineKeyboardMarkup | None:
        """The buttons under an answer; none where they cannot be recorded now."""
        try:
            return await self._commits.write(partial(self._keyboards.in_language(language).under_answer, exchange))
        except DatabaseError as error:
            logger.error("Exchange %s is answered without buttons: %s", exchange.id, error)
            return None

    def remember(self, exchange: Exchange, message_id: int) -> None:
        """Keep which message an answer became, for replies and reactions to it and for edits of its question.

        It is not waited for, since it is written before its update is noted as done.
        """
        written = self._commits.write(partial(self._note, exchange, message_id))
        written.add_done_callback(partial(_tell, exchange))

    def _note(self, exchange: Exchange, message_id: int) -> None:
        self._sent.add(exchange.id or 0, message_id, Purpose.ANSWER)
        self._desk.replied(exchange, message_id)


def _tell(exchange: Exchange, written: "asyncio.Future[None]") -> None:
    """What could not be noted is no reason to say it again: the answer is on record and out."""
    if not written.cancelled() and (error := written.exception()) is not None:
        logger.error("Exchange %s: where its reply stands could not be noted: %s", exchange.id, error)
