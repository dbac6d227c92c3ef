"""Questions, new or edited: in a private chat any words, in a group those that address the bot."""

import asyncio
from typing import Protocol

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext import BaseHandler, CommandHandler, ContextTypes, MessageHandler, filters

from bot.clock import TelegramClock
from bot.desk.asker import Asker
from bot.desk.desk import Desk
from bot.handlers.asking.answers import Answers
from bot.messages.addressing import LEADS, Albums, CommandFilter, command_of, question_in, replied_to
from bot.messages.localizer import Localizer
from bot.messages.sending import CHATS, EDITED, PEOPLE, Typing, is_from_bot, name_of_sender, say, sender_of, topic_of
from prompts.languages import Language
from prompts.models import Channel
from storage.models import Exchange


class DocumentReplies(Protocol):
    """Replies with a document to a question that asks for one."""

    async def say(self, message: Message, exchange: Exchange, language: Language) -> None:
        """Reply to a message with the document of an answer."""
        ...


class Questions:
    """Answers questions, and says how to ask where there is none behind `/ask`."""

    def __init__(
        self,
        desk: Desk,
        answers: Answers,
        briefs: DocumentReplies,
        localizer: Localizer,
        albums: Albums,
        clock: TelegramClock,
    ) -> None:
        self._desk, self._answers, self._briefs, self._localizer = desk, answers, briefs, localizer
        self._albums, self._clock = albums, clock
        self._typing = Typing()

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handlers, in order."""
        return [
            CommandHandler([*LEADS], self.command, PEOPLE),
            MessageHandler(PEOPLE & filters.CAPTION & CommandFilter() & CHATS, self.command),
            MessageHandler(PEOPLE & ~filters.COMMAND & CHATS, self.message),
            MessageHandler(EDITED & CHATS, self.edited),
        ]

    async def command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """`/ask`, `/timeline`, `/compare` or `/brief` with the words behind it, as a message or as a caption."""
        message = update.message
        if message is None or is_from_bot(message) or self._albums.is_further(message):
            return
        question = question_in(message, context.bot)
        if question:
            await self._answer(update, message, question)
        elif question is not None:
            name = (command_of(message) or "").removeprefix("/").lower().partition("@")[0]
            await say(message, self._localizer.to_author(message).notice("usage", command=name))
        elif message.chat.type == ChatType.PRIVATE:  # another command, which does nothing as a caption
            await say(message, self._localizer.to_author(message).notice("unknown-command"))

    async def message(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A message: in a private chat always a question; in a group only one that addresses the bot."""
        message = update.message
        if message is None or is_from_bot(message) or self._albums.is_further(message):
            return
        question = question_in(message, context.bot)
        if question is not None:
            await self._answer(update, message, question)

    async def edited(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """An edited message, whose answer is changed in place; a message that was no question may be one now."""
        message = update.edited_message
        if message is None or is_from_bot(message) or self._albums.is_further(message):
            return
        question = question_in(message, context.bot)
        if question:
            await self._answer_again(update, message, question)

    async def _answer(self, update: Update, message: Message, question: str) -> None:
        asker = self._asker(update, message)
        async with self._typing.during(message):
            exchange = await asyncio.to_thread(self._desk.answer, question, asker)
            await self._say(message, exchange, asker.language)

    async def _say(self, message: Message, exchange: Exchange, language: Language) -> None:
        if exchange.answer.brief is None:
            await self._answers.say(message, exchange, language)
        else:
            await self._briefs.say(message, exchange, language)

    async def _answer_again(self, update: Update, message: Message, question: str) -> None:
        asker = self._asker(update, message)
        exchange = await asyncio.to_thread(self._desk.answer_again, question, asker)
        if exchange is None:
            return
        if exchange.reply_message_id is None or exchange.answer.brief is not None:
            await self._say(message, exchange, asker.language)
        else:
            await self._answers.say_again(message, exchange, asker.language, exchange.reply_message_id)

    def _asker(self, update: Update, message: Message) -> Asker:
        earlier = replied_to(message)
        return Asker(
            channel=Channel.TELEGRAM,
            chat_id=message.chat_id,
            chat_name=message.chat.effective_name,
            user_id=sender_of(message),
            user_name=name_of_sender(message),
            message_id=message.message_id,
            update_id=update.update_id,
            thread_id=topic_of(message),
            replies_to=earlier.message_id if earlier else None,
            sent_at=self._clock.here(message.date),
            is_edit=update.edited_message is not None,
            among_others=message.chat.type in {ChatType.GROUP, ChatType.SUPERGROUP},
            language=self._localizer.language_of_message(message),
        )
