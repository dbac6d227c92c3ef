"""Presses of buttons: each is looked up, carried out once, and answered quickly whatever happens."""

import asyncio
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import NamedTuple, Protocol

from cachetools import TTLCache
from telegram import CallbackQuery, MaybeInaccessibleMessage, Update
from telegram.error import BadRequest
from telegram.ext import BaseHandler, CallbackQueryHandler, ContextTypes

from bot.desk.asker import Asker
from bot.errors import StaleError
from bot.messages.answer_keyboards import ButtonTarget
from bot.messages.choice_buttons import is_shown
from bot.messages.localizer import Localizer
from bot.messages.sending import acknowledge
from prompts.languages import Language
from prompts.models import Channel
from storage.chats.button_tokens import ButtonBook
from storage.record.sent_messages import SentMessages

ANSWERED_WITHIN = 3.0
"""Seconds after which a press is answered even though what it asked for is still on its way."""
REPEAT_SECONDS = 10.0
"""How long the same button of the same message is taken to be pressed twice rather than again."""
TURN = "turn"
"""The action that changes the pressed message into another."""
REMEMBERED = 10_000
"""How many presses are remembered for as long."""


class Toast(StrEnum):
    """The answer to a press; its words are in the template `pressed`."""

    NOTHING = ""
    UP = "up"
    DOWN = "down"
    WITHDRAWN = "withdrawn"
    REASON = "reason"
    REFERRED = "referred"
    REFERRED_BEFORE = "referred before"
    NO_MORE = "no more"
    SHOWN = "shown"
    UNKNOWN = "unknown"
    DELETED = "deleted"
    GONE = "gone"
    CHANGED = "changed"
    NOT_YOURS = "not yours"
    SAVED = "saved"
    UNSAVED = "unsaved"
    FAILURE = "failure"

    @property
    def is_alert(self) -> bool:
        """Whether the answer waits to be closed, because the press did not do its work."""
        return self in {Toast.UNKNOWN, Toast.DELETED, Toast.GONE, Toast.CHANGED, Toast.NOT_YOURS, Toast.FAILURE}


class ButtonPress(NamedTuple):
    """A press of a button."""

    query: CallbackQuery  # as Telegram tells it
    place: MaybeInaccessibleMessage  # the button's message; of an old one no more is known than where it is
    action: str
    target: ButtonTarget
    update_id: int
    language: Language  # of the person who pressed

    @property
    def asker(self) -> Asker:
        """The person who pressed, as who asks for what the button shows."""
        return Asker(
            channel=Channel.TELEGRAM,
            chat_id=self.place.chat.id,
            chat_name=self.place.chat.effective_name,
            user_id=self.query.from_user.id,
            user_name=self.query.from_user.full_name,
            message_id=self.place.message_id,
            update_id=self.update_id,
            language=self.language,
        )


class PressAction(Protocol):
    """The work of a button."""

    async def __call__(self, press: ButtonPress, /) -> Toast:
        """Carry out a press."""
        ...


class ButtonPresses:
    """Has every press carried out, and answered within some seconds in any case."""

    def __init__(
        self,
        book: ButtonBook,
        messages: SentMessages,
        localizer: Localizer,
    ) -> None:
        self._book, self._messages, self._localizer = book, messages, localizer
        self._recent: TTLCache[tuple[int, str, int | None], bool] = TTLCache(REMEMBERED, REPEAT_SECONDS)

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handler of buttons that no other knows."""
        return [CallbackQueryHandler(self.unknown)]

    async def take(self, update: Update, actions: Mapping[str, PressAction], once: Collection[str] = ()) -> None:
        """Carry out and answer a press; the work of actions in `once` is not repeated within some seconds.

        Raises:
            Exception: Whatever went wrong; the person was told that something did.
        """
        query = update.callback_query
        if query is None:
            return
        work = asyncio.ensure_future(self._carry_out(update.update_id, query, actions, once))
        await asyncio.wait({work}, timeout=ANSWERED_WITHIN)
        if not work.done():
            await self._answer(query, Toast.NOTHING)
        else:
            await self._answer(query, Toast.FAILURE if work.exception() else work.result())
        await work

    async def unknown(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """A button that no handler knows."""
        if update.callback_query is not None:
            await self._answer(update.callback_query, Toast.UNKNOWN)

    async def once(self, press: ButtonPress, action: PressAction, person: int | None = None) -> Toast:
        """Carry out an action that adds a message, unless the same button has just done so, for `person` if any."""
        key = (press.place.chat.id, press.query.data or "", person)
        if key in self._recent:
            return Toast.SHOWN
        self._recent[key] = True
        try:
            return await action(press)
        except BaseException:
            self._recent.pop(key, None)
            raise

    async def _carry_out(
        self, update_id: int, query: CallbackQuery, actions: Mapping[str, PressAction], once: Collection[str]
    ) -> Toast:
        found = await asyncio.to_thread(self._book.find, query.data or "")
        if found is None or query.message is None:
            return Toast.UNKNOWN
        name, payload = found
        language = self._localizer.language_of_press(query)
        press = ButtonPress(query, query.message, name, ButtonTarget.read(payload), update_id, language)
        if not is_shown(query) and not await asyncio.to_thread(self._was_shown, press):
            return Toast.UNKNOWN
        try:
            return await (self.once(press, actions[name]) if name in once else actions[name](press))
        except StaleError as stale:
            return Toast(stale.why)
        except BadRequest as refused:
            if "message to be replied not found" not in refused.message.lower():
                raise
            return Toast.DELETED

    def _was_shown(self, press: ButtonPress) -> bool:
        """Whether the button of a screen that is behind stood under its message, which is an answer of its exchange.

        A changed app may send the data of any button for any message.
        """
        return press.action != TURN and press.target.exchange_id == self._messages.answered_by(
            press.place.chat.id, press.place.message_id
        )

    async def _answer(self, query: CallbackQuery, toast: Toast) -> None:
        words = toast and self._localizer.to_presser(query).notice("pressed", Channel.CLI, what=toast)
        await acknowledge(query, words, is_alert=toast.is_alert)
