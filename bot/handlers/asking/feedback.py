"""Feedback on an answer: a thumb, why it is down, words, or a reaction."""

import asyncio
import logging
from collections.abc import Container

from telegram import ForceReply, InlineKeyboardMarkup, Message, MessageReactionUpdated, ReactionTypeEmoji, Update
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ContextTypes,
    MessageHandler,
    MessageReactionHandler,
    filters,
)

from bot.errors import Stale, StaleError
from bot.handlers.asking.button_presses import ButtonPress, ButtonPresses, PressAction, Toast
from bot.messages.answer_keyboards import REASONS, AnswerKeyboards
from bot.messages.localizer import Localizer
from bot.messages.sending import EDITED, PEOPLE, WORDS, change_buttons, is_from_bot, say, say_below
from bot.messages.watch_buttons import kept_from
from retrieval.models import Value
from storage.models import Feedback, FeedbackReason, Thumb
from storage.record.exchanges import ExchangeLog
from storage.record.feedback import FeedbackBook
from storage.record.sent_messages import MessagePurpose, SentMessages

logger = logging.getLogger(__name__)

THUMBS = {"👍": Thumb.UP, "👎": Thumb.DOWN}
"""Reactions that count as feedback."""


class Addressee(Value):
    """A person whom a message speaks to by name."""

    id: int
    name: str


class FeedbackHandlers:
    """Takes feedback on answers, from each person once."""

    def __init__(
        self,
        book: FeedbackBook,
        log: ExchangeLog,
        messages: SentMessages,
        keyboards: AnswerKeyboards,
        presses: ButtonPresses,
        localizer: Localizer,
    ) -> None:
        self._book, self._log, self._messages, self._keyboards = book, log, messages, keyboards
        self._presses, self._localizer = presses, localizer
        self._awaiting = messages.asking_why()
        self.explanations = _ExplanationFilter(self._awaiting)
        self._actions: dict[str, PressAction] = {
            "up": self._thumb_up,
            "down": self._thumb_down,
            **dict.fromkeys(REASONS, self._explain),
            "other": self._explain_otherwise,
        }

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handlers; words of feedback must not be taken for a question."""
        return [
            CallbackQueryHandler(self.pressed, pattern=rf"^(?:{'|'.join(self._actions)}):"),
            MessageReactionHandler(
                self.reacted, message_reaction_types=MessageReactionHandler.MESSAGE_REACTION_UPDATED
            ),
            MessageHandler((PEOPLE | EDITED) & WORDS & self.explanations, self.explained),
        ]

    async def pressed(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """A thumb, or a reason why it is down."""
        await self._presses.take(update, dict.fromkeys(self._actions, self._judge))

    async def _judge(self, press: ButtonPress) -> Toast:
        """Take feedback, unless the answer is no longer on record."""
        if await asyncio.to_thread(self._log.find, press.target.exchange_id) is None:
            raise StaleError(Stale.UNKNOWN)
        return await self._actions[press.action](press)

    async def reacted(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """A reaction; only those to an answer count."""
        reaction = update.message_reaction
        if reaction is None:
            return
        person = _reactor_of(reaction)
        if person is None:
            return
        exchange_id = await asyncio.to_thread(self._messages.answered_by, reaction.chat.id, reaction.message_id)
        if exchange_id is not None:
            await asyncio.to_thread(self._book.react, exchange_id, person, _thumb_of(reaction))

    async def explained(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Words that explain a thumb down, or their correction."""
        message = update.effective_message
        if message is None or message.reply_to_message is None or is_from_bot(message):
            return
        exchange_id = self._awaiting[message.chat_id, message.reply_to_message.message_id]
        words = message.text or message.caption
        await asyncio.to_thread(self._book.explain, exchange_id, _author_of(message), FeedbackReason.OTHER, words)
        await say(message, self._localizer.to_author(message).notice("feedback-thanks"))

    async def _thumb_up(self, press: ButtonPress) -> Toast:
        given = await asyncio.to_thread(self._book.press, *_exchange_and_person(press), Thumb.UP, press.update_id)
        await self._ask_reasons(press, asking=False)
        return Toast.UP if given else Toast.WITHDRAWN

    async def _thumb_down(self, press: ButtonPress) -> Toast:
        """A thumb down, and at once the question why; pressed again while that is asked or answered, withdrawn."""
        before = await asyncio.to_thread(self._book.of, *_exchange_and_person(press))
        if _is_unexplained(before) and not _is_asking(press):
            await self._ask_reasons(press, asking=True)
            return Toast.DOWN
        given = await asyncio.to_thread(self._book.press, *_exchange_and_person(press), Thumb.DOWN, press.update_id)
        await self._ask_reasons(press, asking=given is not None)
        return Toast.DOWN if given else Toast.WITHDRAWN

    async def _explain(self, press: ButtonPress) -> Toast:
        await asyncio.to_thread(self._book.explain, *_exchange_and_person(press), REASONS[press.action])
        await self._ask_reasons(press, asking=False)
        return Toast.REASON

    async def _explain_otherwise(self, press: ButtonPress) -> Toast:
        """Ask for another reason in the person's own words, in a reply."""
        await self._explain(press)
        return await self._presses.once(press, self._ask_why, press.query.from_user.id)

    async def _ask_why(self, press: ButtonPress) -> Toast:
        words = self._localizer.in_language(press.language).notice("feedback-why", person=_addressee(press))
        said = await say_below(press.place, words, ForceReply(selective=True))
        await asyncio.to_thread(self._messages.add, press.target.exchange_id, said.message_id, MessagePurpose.ASKS_WHY)
        self._awaiting[said.chat_id, said.message_id] = press.target.exchange_id
        return Toast.NOTHING

    async def _ask_reasons(self, press: ButtonPress, *, asking: bool) -> None:
        """Show the thumbs as they stand below an answer, and the reasons, or take these away."""
        keyboard = await asyncio.to_thread(self._keyboard, press, asking=asking)
        try:
            await change_buttons(press.place, kept_from(press.place, keyboard))
        except TelegramError as error:
            logger.info("The buttons of exchange %s could not be changed: %s", press.target.exchange_id, error)

    def _keyboard(self, press: ButtonPress, *, asking: bool) -> InlineKeyboardMarkup:
        exchange = self._log.find(press.target.exchange_id)
        if exchange is None:
            raise StaleError(Stale.UNKNOWN)
        is_shared = press.place.chat.type != ChatType.PRIVATE and not asking
        language = self._localizer.to_party(exchange.user_id or 0).language if is_shared else press.language
        return self._keyboards.in_language(language).under_logged(exchange, reasons=asking)


class _ExplanationFilter(filters.MessageFilter):
    """Replies to a message that asks why a thumb is down."""

    def __init__(self, awaiting: Container[tuple[int, int]]) -> None:
        super().__init__()
        self._awaiting = awaiting

    def filter(self, message: Message) -> bool:
        """Whether a message is such a reply."""
        asked = message.reply_to_message
        return asked is not None and (message.chat_id, asked.message_id) in self._awaiting


def _is_asking(press: ButtonPress) -> bool:
    """Whether the reasons are shown; of an old message that is not known, and taken to be so."""
    if not isinstance(press.place, Message) or press.place.reply_markup is None:
        return True
    rows = press.place.reply_markup.inline_keyboard
    return any(str(button.callback_data).startswith("other:") for row in rows for button in row)


def _is_unexplained(feedback: Feedback | None) -> bool:
    return feedback is not None and feedback.thumb is Thumb.DOWN and feedback.reason is None


def _exchange_and_person(press: ButtonPress) -> tuple[int, int]:
    """The exchange that is judged, and by whom."""
    return press.target.exchange_id, press.query.from_user.id


def _addressee(press: ButtonPress) -> Addressee | None:
    """The person to speak to, where others read it too."""
    if press.place.chat.type == ChatType.PRIVATE:
        return None
    return Addressee(id=press.query.from_user.id, name=press.query.from_user.full_name)


def _author_of(message: Message) -> int:
    """The id of a message's author: a person, or the chat that an anonymous administrator speaks for."""
    author = message.sender_chat or message.from_user
    return author.id if author else message.chat_id


def _reactor_of(reaction: MessageReactionUpdated) -> int | None:
    who = reaction.user or reaction.actor_chat
    return who.id if who and not (reaction.user and reaction.user.is_bot) else None


def _thumb_of(reaction: MessageReactionUpdated) -> Thumb | None:
    given = [kind.emoji for kind in reaction.new_reaction if isinstance(kind, ReactionTypeEmoji)]
    return next((THUMBS[emoji] for emoji in given if emoji in THUMBS), None)
