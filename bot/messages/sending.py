"""How the bot speaks: always as a reply to what was said, in the topic it was said in."""

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import AsyncIterator, Iterator
from io import BytesIO

from telegram import (
    CallbackQuery,
    ForceReply,
    InlineKeyboardMarkup,
    MaybeInaccessibleMessage,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, TelegramError
from telegram.ext import filters

TYPING_SECONDS = 5
"""How long Telegram shows typing (Bot API, sendChatAction); a burst of questions in one chat needs it once."""
TYPING_AFTER = 1.0
"""How long an answer may take before typing is shown: most come sooner, and to show it costs as much as to answer."""

logger = logging.getLogger(__name__)

_WRITTEN = ~filters.VIA_BOT & ~filters.StatusUpdate.ALL & ~filters.IS_AUTOMATIC_FORWARD
PEOPLE = filters.UpdateType.MESSAGE & _WRITTEN
"""New messages that somebody wrote; not edits, channel posts (nor what Telegram repeats of them in the group of a
channel), service messages, or what an inline bot made."""
EDITED = filters.UpdateType.EDITED_MESSAGE & _WRITTEN
"""Changes of such messages."""


def is_from_bot(message: Message) -> bool:
    """Whether another bot wrote a message; an anonymous administrator, who looks like one, did not."""
    return message.from_user is not None and message.from_user.is_bot and message.sender_chat is None


def person_of(message: Message) -> int | None:
    """Who wrote a message; nobody can tell who writes as a group or as a channel, for all share one user id."""
    return message.from_user.id if message.from_user is not None and message.sender_chat is None else None


def topic_of(message: Message) -> int | None:
    """The topic of a forum that a message stands in; a thread of replies in another group is none."""
    return message.message_thread_id if message.is_topic_message else None


async def say(message: Message, words: str, keyboard: InlineKeyboardMarkup | None = None) -> Message:
    """Reply to a message with a template's words, even when it has been deleted or its group has moved meanwhile."""
    try:
        return await message.reply_html(words, do_quote=True, allow_sending_without_reply=True, reply_markup=keyboard)
    except ChatMigrated as moved:  # the group has become a supergroup, where the message has another number
        bot = message.get_bot()
        return await bot.send_message(moved.new_chat_id, words, parse_mode=ParseMode.HTML, reply_markup=keyboard)


async def revise(message: Message, reply_id: int, words: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
    """Change a reply in place; one that is gone stays gone.

    Args:
        message: What was replied to.
        reply_id: The reply's message id.
        words: What it is to say, as HTML.
        keyboard: The buttons to put under it.
    """
    with _left_as_it_is(message.chat_id, reply_id):
        await message.get_bot().edit_message_text(
            words, message.chat_id, reply_id, parse_mode=ParseMode.HTML, reply_markup=keyboard
        )


async def acknowledge(query: CallbackQuery, words: str | None = None) -> None:
    """Answer whoever pressed a button; a press that is too old to be answered has done what it does all the same.

    Args:
        query: The press.
        words: What to show them until they close it; None for nothing.
    """
    try:
        await query.answer(words, show_alert=words is not None)
    except BadRequest as error:
        logger.info("A press could not be answered: %s", error)


async def say_below(
    place: MaybeInaccessibleMessage, words: str, keyboard: InlineKeyboardMarkup | ForceReply | None = None
) -> Message:
    """Reply with a template's words to a message of the bot, which must still be there."""
    return await place.get_bot().send_message(
        place.chat.id,
        words,
        ParseMode.HTML,
        reply_parameters=ReplyParameters(place.message_id),
        message_thread_id=_topic(place),
        reply_markup=keyboard,
    )


async def send_file_below(
    place: MaybeInaccessibleMessage, name: str, content: bytes, caption: str, keyboard: InlineKeyboardMarkup | None
) -> Message:
    """Reply with a file to a message of the bot, which must still be there."""
    return await place.get_bot().send_document(
        place.chat.id,
        BytesIO(content),
        caption,
        parse_mode=ParseMode.HTML,
        filename=name,
        reply_parameters=ReplyParameters(place.message_id),
        message_thread_id=_topic(place),
        reply_markup=keyboard,
    )


async def change(place: MaybeInaccessibleMessage, words: str, keyboard: InlineKeyboardMarkup | None) -> None:
    """Change the words of a message of the bot, and the buttons under it; one that is gone stays gone."""
    with _left_as_it_is(place.chat.id, place.message_id):
        await place.get_bot().edit_message_text(
            words, place.chat.id, place.message_id, parse_mode=ParseMode.HTML, reply_markup=keyboard
        )


async def change_buttons(place: MaybeInaccessibleMessage, keyboard: InlineKeyboardMarkup) -> None:
    """Change the buttons under a message of the bot; of one that is gone there are none."""
    with _left_as_it_is(place.chat.id, place.message_id):
        await place.get_bot().edit_message_reply_markup(place.chat.id, place.message_id, reply_markup=keyboard)


@contextlib.contextmanager
def _left_as_it_is(chat_id: int, message_id: int) -> Iterator[None]:
    """Let pass that a message is gone, cannot be changed, or is already as it should be."""
    try:
        yield
    except BadRequest as refused:
        if not _LEFT_AS_IT_IS.search(refused.message):
            raise
        logger.info("Message %s in chat %s could not be changed: %s", message_id, chat_id, refused)


def _topic(place: MaybeInaccessibleMessage) -> int | None:
    """The topic a message stands in, where that is known and there is one."""
    return place.message_thread_id if isinstance(place, Message) and place.is_topic_message else None


async def send_file(message: Message, name: str, content: bytes) -> Message:
    """Reply to a message with a file."""
    return await message.reply_document(
        BytesIO(content), filename=name, do_quote=True, allow_sending_without_reply=True
    )


_LEFT_AS_IT_IS = re.compile(r"message (?:to edit not found|can't be edited|is not modified)", re.IGNORECASE)
"""What Telegram says of a message that was deleted, cannot be changed, or says the same already: none of these is
helped by saying it once more."""


class Typing:
    """Shows that an answer is on its way where it takes a while, without holding it up."""

    def __init__(self) -> None:
        self._shown_at: dict[tuple[int, int | None], float] = {}

    @contextlib.asynccontextmanager
    async def shown(self, message: Message) -> AsyncIterator[None]:
        """Show typing where a message was written, while the context is open."""
        showing: list[asyncio.Task[None]] = []
        later = asyncio.get_running_loop().call_later(
            TYPING_AFTER, lambda: showing.append(asyncio.create_task(self._show(message)))
        )
        try:
            yield
        finally:
            later.cancel()
            await asyncio.gather(*showing)

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
