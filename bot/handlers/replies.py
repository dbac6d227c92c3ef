"""How the bot speaks: always as a reply to what was said, in the topic it was said in."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from io import BytesIO

from telegram import Message
from telegram.constants import ChatAction
from telegram.error import TelegramError
from telegram.ext import filters

TYPING_SECONDS = 5
"""How long Telegram shows typing (Bot API, sendChatAction); a burst of questions in one chat needs it once."""

logger = logging.getLogger(__name__)

PEOPLE = filters.UpdateType.MESSAGE & ~filters.VIA_BOT & ~filters.StatusUpdate.ALL
"""New messages that somebody wrote; not edits, channel posts, service messages, or what an inline bot made."""


def is_from_bot(message: Message) -> bool:
    """Whether another bot wrote a message; an anonymous administrator, who looks like one, did not."""
    return message.from_user is not None and message.from_user.is_bot and message.sender_chat is None


def person_of(message: Message) -> int | None:
    """Who wrote a message; None for anonymous administrators and channels, which many people share."""
    return message.from_user.id if message.from_user is not None and message.sender_chat is None else None


async def say(message: Message, words: str) -> Message:
    """Reply to a message with a template's words, even when that message has been deleted meanwhile."""
    return await message.reply_html(words, do_quote=True, allow_sending_without_reply=True)


async def send_file(message: Message, name: str, content: bytes) -> Message:
    """Reply to a message with a file."""
    return await message.reply_document(
        BytesIO(content), filename=name, do_quote=True, allow_sending_without_reply=True
    )


class Typing:
    """Shows that an answer is on its way, without holding it up."""

    def __init__(self) -> None:
        self._shown_at: dict[tuple[int, int | None], float] = {}

    @contextlib.asynccontextmanager
    async def shown(self, message: Message) -> AsyncIterator[None]:
        """Show typing where a message was written, while the context is open."""
        task = asyncio.create_task(self._show(message))
        try:
            yield
        finally:
            await task

    async def _show(self, message: Message) -> None:
        place = (message.chat_id, message.message_thread_id if message.is_topic_message else None)
        if not self._is_due(place):
            return
        try:
            await message.chat.send_action(ChatAction.TYPING, message_thread_id=place[1])
        except TelegramError as error:
            logger.info("Typing could not be shown: %s", error)

    def _is_due(self, place: tuple[int, int | None]) -> bool:
        """Whether a place has not been shown typing for as long as Telegram shows it; the others are forgotten."""
        now = time.monotonic()
        self._shown_at = {where: at for where, at in self._shown_at.items() if now - at < TYPING_SECONDS}
        return self._shown_at.setdefault(place, now) == now
