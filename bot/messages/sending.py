"""The bot's messages: always replies, in the topic of the message they reply to."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from io import BytesIO

from cachetools import TTLCache
from telegram import (
    CallbackQuery,
    ForceReply,
    InlineKeyboardMarkup,
    MaybeInaccessibleMessage,
    Message,
    MessageEntity,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, TelegramError
from telegram.ext import filters

from prompts.markup import ALERT_CHARS, CAPTION_UNITS, fitted, utf16_units

TYPING_SECONDS = 5
"""How long Telegram shows typing (Bot API, sendChatAction); a burst of questions in one chat needs it once."""
TYPING_AFTER = 1.0
"""How long an answer may take before typing is shown: most come sooner, and to show it costs as much as to answer."""

QUOTE_CHARS = 1_024
"""Longest quote of the message that is replied to (Bot API, ReplyParameters)."""
_KEPT_IN_QUOTES = frozenset({MessageEntity.BOLD, MessageEntity.ITALIC})
"""The marks in the bot's messages that a quote must have as they are there."""
PLACES = 10_000
"""In how many chats and topics it is known when typing was shown."""

logger = logging.getLogger(__name__)

BY_PEOPLE = ~filters.VIA_BOT & ~filters.StatusUpdate.ALL & ~filters.IS_AUTOMATIC_FORWARD
"""Messages that people wrote themselves, here and to all who read along: no service messages, none that an inline bot
made, nor what Telegram repeats of a channel's posts in its group."""
PEOPLE = filters.UpdateType.MESSAGE & BY_PEOPLE
"""New ones of these; no channel posts."""
EDITED = filters.UpdateType.EDITED_MESSAGE & BY_PEOPLE
"""Changes of these."""
CHATS = filters.ChatType.PRIVATE | filters.ChatType.GROUPS
"""Messages in the chats of people."""
WORDS = (filters.TEXT | filters.CAPTION) & ~filters.COMMAND
"""Messages with words that are no command."""


def is_from_bot(message: Message) -> bool:
    """Whether another bot wrote a message; an anonymous administrator, who looks like one, did not."""
    return message.from_user is not None and message.from_user.is_bot and message.sender_chat is None


def person_of(message: Message) -> int | None:
    """The user id of a message's author; None where people write as a group or a channel, for all share one id."""
    return message.from_user.id if message.from_user is not None and message.sender_chat is None else None


def sender_of(message: Message) -> int | None:
    """The id of whom Telegram names as a message's author: the person, or the channel that somebody speaks for.

    None where an anonymous administrator speaks for the group itself.
    """
    if message.sender_chat is None:
        return person_of(message)
    return None if message.sender_chat.id == message.chat_id else message.sender_chat.id


def name_of_sender(message: Message) -> str | None:
    """The name of whom Telegram names as a message's author."""
    if message.sender_chat is not None:
        return message.sender_chat.effective_name
    return message.from_user.full_name if message.from_user else None


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
    """Change the reply to a message in place, in HTML; one that is gone stays gone."""
    with _left_as_it_is(message.chat_id, reply_id):
        await message.get_bot().edit_message_text(
            words, message.chat_id, reply_id, parse_mode=ParseMode.HTML, reply_markup=keyboard
        )


async def acknowledge(query: CallbackQuery, words: str = "", *, is_alert: bool = True) -> None:
    """Answer a press with words that stand until they are closed, or pass where they are no alert.

    A press that is too old, or cannot be answered now, has done what it does all the same.
    """
    try:
        await query.answer(_alert(words) or None, show_alert=is_alert and bool(words))
    except TelegramError as error:
        logger.info("A press could not be answered: %s", error)


def _alert(words: str) -> str:
    """The words of an answer to a press, cut where they are too long."""
    return words if len(words) <= ALERT_CHARS else f"{words[: ALERT_CHARS - 1]}…"


async def say_below(
    place: MaybeInaccessibleMessage,
    words: str,
    keyboard: InlineKeyboardMarkup | ForceReply | None = None,
    quoted: str = "",
) -> Message:
    """Reply with a template's words to a message of the bot, which must still be there.

    Where they are about some words of it, these are `quoted`, as long as Telegram finds them there.
    """

    async def send(below: ReplyParameters) -> Message:
        return await place.get_bot().send_message(
            place.chat.id,
            words,
            ParseMode.HTML,
            reply_parameters=below,
            message_thread_id=_topic(place),
            reply_markup=keyboard,
        )

    below = _quoting(place, quoted)
    try:
        return await send(below)
    except BadRequest as refused:
        if below.quote is None or "quote" not in refused.message.lower():
            raise
    return await send(ReplyParameters(place.message_id))


def _quoting(place: MaybeInaccessibleMessage, quoted: str) -> ReplyParameters:
    """A reply to a message, and to some words of it where they are there as they are shown, with their marks."""
    text = (place.text or "") if isinstance(place, Message) else ""
    start = text.find(quoted)
    if not quoted or start < 0 or len(quoted) > QUOTE_CHARS:
        return ReplyParameters(place.message_id)
    offset = utf16_units(text[:start])
    end = offset + utf16_units(quoted)
    marks = [
        MessageEntity(
            mark.type, max(mark.offset, offset) - offset, min(end, mark.offset + mark.length) - max(mark.offset, offset)
        )
        for mark in (place.entities if isinstance(place, Message) else ())
        if mark.type in _KEPT_IN_QUOTES and mark.offset < end and mark.offset + mark.length > offset
    ]
    return ReplyParameters(place.message_id, quote=quoted, quote_entities=marks, quote_position=offset)


async def send_file_below(
    place: MaybeInaccessibleMessage, name: str, content: bytes, caption: str, keyboard: InlineKeyboardMarkup | None
) -> Message:
    """Reply with a file to a message of the bot, which must still be there."""
    return await place.get_bot().send_document(
        place.chat.id,
        BytesIO(content),
        fitted(caption, CAPTION_UNITS),
        parse_mode=ParseMode.HTML,
        filename=name,
        reply_parameters=ReplyParameters(place.message_id),
        message_thread_id=_topic(place),
        reply_markup=keyboard,
    )


async def change(place: MaybeInaccessibleMessage, words: str, keyboard: InlineKeyboardMarkup | None) -> None:
    """Change words and buttons of a message of the bot; one that is gone stays gone."""
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
    """Let pass that Telegram does not change a message: it is gone, too old, shut, or says the same already."""
    try:
        yield
    except BadRequest as refused:
        logger.info("Message %s in chat %s could not be changed: %s", message_id, chat_id, refused)


def _topic(place: MaybeInaccessibleMessage) -> int | None:
    """The topic a message stands in, where that is known and there is one."""
    return place.message_thread_id if isinstance(place, Message) and place.is_topic_message else None


async def send_file(
    message: Message, name: str, content: bytes, caption: str = "", keyboard: InlineKeyboardMarkup | None = None
) -> Message:
    """Reply to a message with a file, and a template's words below it."""
    return await message.reply_document(
        BytesIO(content),
        fitted(caption, CAPTION_UNITS) or None,
        parse_mode=ParseMode.HTML,
        filename=name,
        do_quote=True,
        allow_sending_without_reply=True,
        reply_markup=keyboard,
    )


class Typing:
    """Shows typing while an answer takes a while, without holding the answer up."""

    def __init__(self) -> None:
        self._places: TTLCache[tuple[int, int | None], bool] = TTLCache(PLACES, TYPING_SECONDS)

    @contextlib.asynccontextmanager
    async def during(self, message: Message) -> AsyncIterator[None]:
        """Show typing where a message was written, while the context is open."""
        showing: list[asyncio.Task[None]] = []
        later = asyncio.get_running_loop().call_later(TYPING_AFTER, self._begin, message, showing)
        try:
            yield
        finally:
            later.cancel()
            await asyncio.gather(*showing)

    def _begin(self, message: Message, showing: list[asyncio.Task[None]]) -> None:
        showing.append(asyncio.create_task(self._show(message)))

    async def _show(self, message: Message) -> None:
        place = (message.chat_id, topic_of(message))
        if place in self._places:
            return
        self._places[place] = True
        try:
            await message.chat.send_action(ChatAction.TYPING, message_thread_id=place[1])
        except TelegramError as error:
            logger.info("Typing could not be shown: %s", error)
