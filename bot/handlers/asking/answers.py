"""An answer on its way out: put on record, said with its buttons, and noted with the message that it became."""

import asyncio
import logging
from functools import partial

from telegram import InlineKeyboardMarkup, Message

from bot.delivery.group_commit import GroupCommit
from bot.desk.desk import Desk
from bot.messages.answer_keyboards import AnswerKeyboards
from bot.messages.sending import revise, say
from prompts.languages import Language
from storage.errors import DatabaseError, DatabaseGoneError, UnavailableError
from storage.models import Exchange
from storage.record.sent_messages import MessagePurpose, SentMessages

logger = logging.getLogger(__name__)


class Answers:
    """Says answers; those of many chats are put on record together, so that the disk is waited for once."""

    def __init__(
        self, desk: Desk, keyboards: AnswerKeyboards, messages: SentMessages, group_commit: GroupCommit
    ) -> None:
        self._desk, self._keyboards = desk, keyboards
        self._messages, self._group_commit = messages, group_commit

    async def say(self, message: Message, exchange: Exchange, language: Language) -> None:
        """Reply to a message with an answer."""
        recorded, buttons = await self.record(exchange, language)
        said = await say(message, recorded.reply, buttons)
        self.remember(recorded, said.message_id)

    async def say_again(self, message: Message, exchange: Exchange, language: Language, reply_id: int) -> None:
        """Change the answer to an edited message in place; one that is gone stays gone."""
        recorded, buttons = await self.record(exchange, language)
        await revise(message, reply_id, recorded.reply, buttons)
        self.remember(recorded, reply_id)

    async def record(self, exchange: Exchange, language: Language) -> tuple[Exchange, InlineKeyboardMarkup | None]:
        """Put an answer on record, before anything of it is said; without buttons where these cannot be recorded.

        Raises:
            DatabaseError: It could not be recorded, so nothing of it may be said.
        """
        keyboards, is_new = self._keyboards.in_language(language), exchange.id is None
        recorded, buttons = await self._group_commit.write(self._record, exchange, keyboards, synced=is_new)
        if is_new:
            self._desk.announce(recorded)
        return recorded, buttons

    def _record(self, exchange: Exchange, keyboards: AnswerKeyboards) -> tuple[Exchange, InlineKeyboardMarkup | None]:
        recorded = self._desk.put_on_record(exchange)
        try:
            return recorded, keyboards.under_answer(recorded)
        except UnavailableError:  # then nor does the exchange stand
            raise
        except DatabaseError as error:
            logger.error("Exchange %s is answered without buttons: %s", recorded.id, error)
            return recorded, None

    def remember(self, exchange: Exchange, message_id: int) -> None:
        """Keep which message an answer became, for replies and reactions to it and for edits of its question.

        It is not waited for, since it is written before its update is noted as done.
        """
        written = self._group_commit.write(self._note, exchange, message_id)
        written.add_done_callback(partial(_log_failure, exchange))

    def _note(self, exchange: Exchange, message_id: int) -> None:
        self._messages.add(exchange.id or 0, message_id, MessagePurpose.ANSWER)
        self._desk.note_reply(exchange, message_id)


def _log_failure(exchange: Exchange, written: "asyncio.Future[None]") -> None:
    """Log that an answer's message could not be noted; the answer is not said again, for it is on record and out."""
    error = None if written.cancelled() else written.exception()
    if error is not None and not isinstance(error, DatabaseGoneError):  # which ends the bot with a line of its own
        logger.error("Exchange %s: where its reply stands could not be noted: %s", exchange.id, error)
