"""Somebody asks: in a private chat with any words, in a group by addressing the bot."""

import asyncio

from telegram import Bot, Message, MessageEntity, Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes, MessageHandler, filters

from bot.desk import Asker, Desk
from bot.handlers.answers import Answers
from bot.handlers.replies import PEOPLE, Typing, is_from_bot, say
from prompts.render import Channel

_MENTIONS: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION]


class Questions:
    """Answers questions, and says what works to whatever cannot be one."""

    def __init__(self, desk: Desk, answers: Answers) -> None:
        self._desk, self._answers = desk, answers
        self._typing = Typing()

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """What to react to, in order."""
        return [
            CommandHandler("ask", self.command, PEOPLE),
            MessageHandler(PEOPLE & ~filters.COMMAND & filters.ChatType.PRIVATE, self.private),
            MessageHandler(PEOPLE & ~filters.COMMAND & filters.ChatType.GROUPS, self.group),
        ]

    async def command(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """`/ask` with the question behind it."""
        message = update.message
        if message is None or is_from_bot(message):
            return
        question = (message.text or "").removeprefix(message.parse_entity(message.entities[0]))
        if question.strip():
            await self._answer(update, message, question)
        else:
            await say(message, self._desk.renderer.notice("ask-usage"))

    async def private(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Any message in a private chat is a question, even one without words."""
        message = update.message
        if message is not None and not is_from_bot(message):
            await self._answer(update, message, message.text or message.caption or "")

    async def group(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """In a group, only what is addressed to the bot is a question; everything else is left alone."""
        message = update.message
        if message is not None and not is_from_bot(message) and _is_addressed(message, context.bot):
            await self._answer(update, message, _without_mention(message, context.bot))

    async def _answer(self, update: Update, message: Message, question: str) -> None:
        asker = Asker(
            channel=Channel.TELEGRAM,
            chat_id=message.chat_id,
            user_id=message.from_user.id if message.from_user else None,
            message_id=message.message_id,
            update_id=update.update_id,
        )
        async with self._typing.shown(message):
            exchange = await asyncio.to_thread(self._desk.ask, question.strip(), asker)
            await self._answers.say(message, exchange)


def _is_addressed(message: Message, bot: Bot) -> bool:
    return _is_reply_to(message, bot) or bool(_mentions_of(message, bot))


def _is_reply_to(message: Message, bot: Bot) -> bool:
    """Whether a message replies to one of the bot's; every message of a topic the bot opened names that opening."""
    earlier = message.reply_to_message
    if earlier is None or earlier.from_user is None or earlier.forum_topic_created is not None:
        return False
    return earlier.from_user.id == bot.id


def _mentions_of(message: Message, bot: Bot) -> list[str]:
    """The words of a message that mention the bot, as written."""
    entities = message.parse_entities(_MENTIONS) | message.parse_caption_entities(_MENTIONS)
    return [
        words
        for entity, words in entities.items()
        if words.lower() == f"@{bot.username}".lower() or (entity.user is not None and entity.user.id == bot.id)
    ]


def _without_mention(message: Message, bot: Bot) -> str:
    text = message.text or message.caption or ""
    for mention in _mentions_of(message, bot):
        text = text.replace(mention, " ", 1)
    return text
