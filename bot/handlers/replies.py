"""How the bot speaks: always as a reply to what was said, in the topic it was said in."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from io import BytesIO

from telegram import Message
from telegram.constants import ChatAction
from telegram.error import TelegramError
from telegram.ext import filters

logger = logging.getLogger(__name__)

PEOPLE = filters.UpdateType.MESSAGE & ~filters.VIA_BOT & ~filters.StatusUpdate.ALL
"""New messages that somebody wrote; not edits, channel posts, service messages, or what an inline bot made."""


def is_from_bot(message: Message) -> bool:
    """Whether another bot wrote a message; an anonymous administrator, who looks like one, did not."""
    return message.from_user is not None and message.from_user.is_bot and message.sender_chat is None


async def say(message: Message, words: str) -> Message:
    """Reply to a message with a template's words, even when that message has been deleted meanwhile."""
    return await message.reply_html(words, do_quote=True, allow_sending_without_reply=True)


async def send_file(message: Message, name: str, content: bytes) -> Message:
    """Reply to a message with a file."""
    return await message.reply_document(
        BytesIO(content), filename=name, do_quote=True, allow_sending_without_reply=True
    )


@contextlib.asynccontextmanager
async def typing(message: Message) -> AsyncIterator[None]:
    """Show that an answer is on its way, without holding it up."""
    shown = asyncio.create_task(_show_typing(message))
    try:
        yield
    finally:
        await shown


async def _show_typing(message: Message) -> None:
    topic = message.message_thread_id if message.is_topic_message else None
    try:
        await message.chat.send_action(ChatAction.TYPING, message_thread_id=topic)
    except TelegramError as error:
        logger.info("Typing could not be shown: %s", error)
