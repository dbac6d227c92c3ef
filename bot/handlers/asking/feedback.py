"""Somebody says what they think of an answer: by a thumb, by why it is down, in words, or by a reaction."""

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
from bot.handlers.asking.button_presses import Act, ButtonPress, ButtonPresses, Toast
from bot.messages.answer_keyboards import REASONS, AnswerKeyboards
from bot.messages.localizer import Localizer
from bot.messages.sending import PEOPLE, change_buttons, is_from_bot, say, say_below
from retrieval.models import Value
from storage.models import Feedback, FeedbackReason, Thumb
from storage.record.exchanges import ExchangeLog
from storage.record.feedback import FeedbackBook
from storage.record.sent_messages import MessagePurpose, SentMessages

logger = logging.getLogger(__name__)

THUMBS = {"👍": Thumb.UP, "👎": Thumb.DOWN}
"""Reactions that count as feedback."""
_WORDS = (filters.TEXT | filters.CAPTION) & ~filters.COMMAND


class Addressee(Value):
    """Whom a message speaks to by name."""

    id: int
    name: str


class FeedbackHandlers:
    """Takes feedback on answers, from each person once."""

    def __init__(
        self,
        book: FeedbackBook,
        log: ExchangeLog,
        sent: SentMessages,
        keyboards: AnswerKeyboards,
        presses: ButtonPresses,
        interpreter: Localizer,
    ) -> None:
        """Set up.

        Args:
            book: Where feedback is kept.
            log: Where answers are on record.
            sent: Which message answers what.
            keyboards: Makes buttons.
            presses: Has presses answered.
            interpreter: Has the words.
        """
        self._book, self._log, self._sent, self._keyboards = book, log, sent, keyboards
        self._presses, self._interpreter = presses, interpreter
        self._awaiting = sent.asking_why()
        self._acts: dict[str, Act] = {
            "up": self._thumb_up,
            "down": self._thumb_down,
            **dict.fromkeys(REASONS, self._explain),
            "other": self._explain_otherwise,
        }

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """What to react to; words that say what is wrong must not be taken for a question."""
        return [
            CallbackQueryHandler(self.pressed, pattern=rf"^(?:{'|'.join(self._acts)}):"),
            MessageReactionHandler(
                self.reacted, message_reaction_types=MessageReactionHandler.MESSAGE_REACTION_UPDATED
            ),
            MessageHandler(PEOPLE & _WORDS & _Explaining(self._awaiting), self.explained),
        ]

    def awaits(self, message: Message) -> bool:
        """Whether a message says what is wrong with an answer, and is no question."""
        return _Explaining(self._awaiting).filter(message)

    async def pressed(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """A thumb, or why it is down."""
        await self._presses.take(update, dict.fromkeys(self._acts, self._judge))

    async def _judge(self, press: ButtonPress) -> Toast:
        """Take what somebody thinks, unless the answer is no longer on record."""
        if await asyncio.to_thread(self._log.find, press.target.exchange_id) is None:
            raise StaleError(Stale.UNKNOWN)
        return await self._acts[press.action](press)

    async def reacted(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """A reaction to an answer; to anything else it means nothing."""
        reaction = update.message_reaction
        if reaction is None:
            return
        person = _who_reacted(reaction)
        if person is None:
            return
        exchange_id = await asyncio.to_thread(self._sent.answered_by, reaction.chat.id, reaction.message_id)
        if exchange_id is not None:
            await asyncio.to_thread(self._book.react, exchange_id, person, _thumb_of(reaction))

    async def explained(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Words that say what is wrong with an answer."""
        message = update.message
        if message is None or message.reply_to_message is None or is_from_bot(message):
            return
        exchange_id = self._awaiting[message.chat_id, message.reply_to_message.message_id]
        words = message.text or message.caption
        await asyncio.to_thread(self._book.explain, exchange_id, _who_wrote(message), FeedbackReason.OTHER, words)
        await say(message, self._interpreter.to_author(message).notice("feedback-thanks"))

    async def _thumb_up(self, press: ButtonPress) -> Toast:
        given = await asyncio.to_thread(self._book.press, *_whose(press), Thumb.UP, press.update_id)
        await self._ask_reasons(press, asking=False)
        return Toast.UP if given else Toast.WITHDRAWN

    async def _thumb_down(self, press: ButtonPress) -> Toast:
        """A thumb down, and at once the question why; pressed again while that is asked or answered, withdrawn."""
        before = await asyncio.to_thread(self._book.of, *_whose(press))
        if _is_unexplained(before) and not _is_asking(press):
            await self._ask_reasons(press, asking=True)
            return Toast.DOWN
        given = await asyncio.to_thread(self._book.press, *_whose(press), Thumb.DOWN, press.update_id)
        await self._ask_reasons(press, asking=given is not None)
        return Toast.DOWN if given else Toast.WITHDRAWN

    async def _explain(self, press: ButtonPress) -> Toast:
        await asyncio.to_thread(self._book.explain, *_whose(press), REASONS[press.action])
        await self._ask_reasons(press, asking=False)
        return Toast.REASON

    async def _explain_otherwise(self, press: ButtonPress) -> Toast:
        """Another reason than those there are: in the person's own words, in a reply."""
        await self._explain(press)
        return await self._presses.once(press, self._ask_why, press.query.from_user.id)

    async def _ask_why(self, press: ButtonPress) -> Toast:
        words = self._interpreter.in_language(press.language).notice("feedback-why", person=_named(press))
        said = await say_below(press.place, words, ForceReply(selective=True))
        await asyncio.to_thread(self._sent.add, press.target.exchange_id, said.message_id, MessagePurpose.ASKS_WHY)
        self._awaiting[said.chat_id, said.message_id] = press.target.exchange_id
        return Toast.NOTHING

    async def _ask_reasons(self, press: ButtonPress, *, asking: bool) -> None:
        """Show the reasons below an answer, or take them away."""
        if not asking and not _is_asking(press):
            return
        keyboard = await asyncio.to_thread(self._keyboard, press, asking=asking)
        try:
            await change_buttons(press.place, keyboard)
        except TelegramError as error:
            logger.info("The buttons of exchange %s could not be changed: %s", press.target.exchange_id, error)

    def _keyboard(self, press: ButtonPress, *, asking: bool) -> InlineKeyboardMarkup:
        exchange = self._log.find(press.target.exchange_id)
        if exchange is None:
            raise StaleError(Stale.UNKNOWN)
        return self._keyboards.in_language(press.language).under_logged(exchange, reasons=asking)


class _Explaining(filters.MessageFilter):
    """Replies to a message that asks what is wrong."""

    def __init__(self, awaiting: Container[tuple[int, int]]) -> None:
        super().__init__()
        self._awaiting = awaiting

    def filter(self, message: Message) -> bool:
        """Whether a message is one."""
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


def _whose(press: ButtonPress) -> tuple[int, int]:
    """The exchange that is judged, and by whom."""
    return press.target.exchange_id, press.query.from_user.id


def _named(press: ButtonPress) -> Addressee | None:
    """The person to speak to, where others read it too."""
    if press.place.chat.type == ChatType.PRIVATE:
        return None
    return Addressee(id=press.query.from_user.id, name=press.query.from_user.full_name)


def _who_wrote(message: Message) -> int:
    """Whose words a message holds: a person's, or those of the chat that an anonymous administrator speaks for."""
    author = message.sender_chat or message.from_user
    return author.id if author else message.chat_id


def _who_reacted(reaction: MessageReactionUpdated) -> int | None:
    who = reaction.user or reaction.actor_chat
    return who.id if who and not (reaction.user and reaction.user.is_bot) else None


def _thumb_of(reaction: MessageReactionUpdated) -> Thumb | None:
    given = [kind.emoji for kind in reaction.new_reaction if isinstance(kind, ReactionTypeEmoji)]
    return next((THUMBS[emoji] for emoji in given if emoji in THUMBS), None)
