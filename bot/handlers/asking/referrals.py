"""Ask a person: a question that found no answer is put before the curators, and their reply goes back to who asked."""

import asyncio
import datetime as dt
import logging
from collections.abc import Container
from typing import NamedTuple

from telegram import Message, ReplyParameters, Update
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import BaseHandler, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from bot.errors import Stale, StaleError
from bot.handlers.asking.button_presses import ButtonPress, ButtonPresses, Toast
from bot.messages.localizer import Localizer
from bot.messages.sending import EDITED, PEOPLE, WORDS, is_from_bot, person_of, say
from retrieval.reading.front_matter import split_address
from storage.chats.referrals import MessagePlace, Referral, ReferralBook, ReferralReply
from storage.record.exchanges import ExchangeLog

logger = logging.getLogger(__name__)


class CuratorsPlace(NamedTuple):
    """Where questions are put before the curators: a chat, or a topic of a forum."""

    chat_id: int
    topic: int | None


class Referrals:
    """Puts questions before the curators, and takes their replies; `place` is None where that is not set up."""

    def __init__(
        self,
        book: ReferralBook,
        log: ExchangeLog,
        presses: ButtonPresses,
        localizer: Localizer,
        place: CuratorsPlace | None,
    ) -> None:
        self._book, self._log, self._presses, self._localizer, self._place = book, log, presses, localizer, place
        self._posts = book.posts()

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handlers, none without curators; the words of a curator's reply must not be taken for a question."""
        if self._place is None:
            return []
        return [
            CallbackQueryHandler(self.pressed, pattern="^person:"),
            MessageHandler((PEOPLE | EDITED) & WORDS & _ReplyFilter(self._posts), self.replied),
        ]

    async def pressed(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """The button below a refusal."""
        await self._presses.take(update, {"person": self._refer})

    async def _refer(self, press: ButtonPress) -> Toast:
        """Put a question before the curators, once."""
        exchange_id, place = press.target.exchange_id, self._place
        exchange = await asyncio.to_thread(self._log.find, exchange_id)
        if exchange is None or place is None:
            raise StaleError(Stale.UNKNOWN)
        if await asyncio.to_thread(self._book.is_referred, exchange_id):
            return Toast.REFERRED_BEFORE
        words = self._localizer.to_party(place.chat_id).notice(
            "referral", what="question", person=press.query.from_user.full_name, question=exchange.question
        )
        post = await press.place.get_bot().send_message(
            place.chat_id, words, ParseMode.HTML, message_thread_id=place.topic
        )
        referral = Referral(
            exchange_id,
            MessagePlace(press.place.chat.id, press.place.message_id),
            MessagePlace(post.chat_id, post.message_id),
        )
        await asyncio.to_thread(self._book.add, referral, dt.datetime.now(dt.UTC))
        self._posts[referral.post] = exchange_id
        return Toast.REFERRED

    async def replied(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """A curator's reply, or its correction: it goes to who asked, under the curator's name, and on record."""
        message = update.effective_message
        if message is None or message.reply_to_message is None or is_from_bot(message):
            return
        exchange_id = self._posts[MessagePlace(message.chat_id, message.reply_to_message.message_id)]
        refusal = await asyncio.to_thread(self._book.refusal_of, exchange_id)
        renderer = self._localizer.to_author(message)
        if refusal is None:
            await say(message, renderer.notice("referral", what="forgotten"))
            return
        reply = _reply_in(message)
        await asyncio.to_thread(self._book.reply, exchange_id, reply, dt.datetime.now(dt.UTC))
        is_sent = await self._send(message, refusal, reply)
        await say(message, renderer.notice("referral", what="sent" if is_sent else "unsent"))

    async def _send(self, message: Message, refusal: MessagePlace, reply: ReferralReply) -> bool:
        words = self._localizer.to_party(refusal.chat_id).notice("referral", what="reply", reply=reply)
        below = ReplyParameters(refusal.message_id, allow_sending_without_reply=True)
        try:
            await message.get_bot().send_message(refusal.chat_id, words, ParseMode.HTML, reply_parameters=below)
        except TelegramError as error:
            logger.warning("A curator's reply could not be sent to %s: %s", refusal.chat_id, error)
            return False
        return True


class _ReplyFilter(filters.MessageFilter):
    """Replies to a message that puts a question before the curators."""

    def __init__(self, posts: Container[MessagePlace]) -> None:
        super().__init__()
        self._posts = posts

    def filter(self, message: Message) -> bool:
        """Whether a message is such a reply."""
        replied = message.reply_to_message
        return replied is not None and MessagePlace(message.chat_id, replied.message_id) in self._posts


def _reply_in(message: Message) -> ReferralReply:
    words, url = split_address(message.text or message.caption or "")
    chat, person = message.sender_chat, message.from_user
    name = (chat.effective_name if chat else person.full_name if person else None) or ""
    return ReferralReply(person_of(message), name, words, url)
