"""Somebody presses a button: it is looked up, done once, and answered quickly whatever happens."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import NamedTuple

from telegram import CallbackQuery, MaybeInaccessibleMessage, Update
from telegram.error import BadRequest, TelegramError
from telegram.ext import BaseHandler, CallbackQueryHandler, ContextTypes

from bot.errors import StaleError
from bot.messages.answer_keyboards import ButtonTarget
from bot.messages.localizer import Localizer
from prompts.languages import Language
from prompts.models import Channel
from storage.chats.button_tokens import ButtonBook

ANSWERED_WITHIN = 3.0
"""Seconds after which a press is answered even though what it asked for is still on its way."""
REPEAT_SECONDS = 10.0
"""How long the same button of the same message is taken to be pressed twice rather than again."""

logger = logging.getLogger(__name__)


class Toast(StrEnum):
    """What somebody who pressed a button is told; the words are in the template `pressed`."""

    NOTHING = ""
    UP = "up"
    DOWN = "down"
    WITHDRAWN = "withdrawn"
    REASON = "reason"
    NO_MORE = "no more"
    SHOWN = "shown"
    UNKNOWN = "unknown"
    DELETED = "deleted"
    GONE = "gone"
    CHANGED = "changed"
    FAILURE = "failure"

    @property
    def is_alert(self) -> bool:
        """Whether it waits to be closed, because what was wanted did not happen."""
        return self in {Toast.UNKNOWN, Toast.DELETED, Toast.GONE, Toast.CHANGED, Toast.FAILURE}


class ButtonPress(NamedTuple):
    """A button that somebody pressed.

    Attributes:
        query: The press as Telegram tells it.
        place: The message that the button is under; of an old one no more is known than where it is.
        action: What the button does.
        target: What it is about.
        update_id: The update that told of it.
        language: The language of whoever pressed.
    """

    query: CallbackQuery
    place: MaybeInaccessibleMessage
    action: str
    target: ButtonTarget
    update_id: int
    language: Language


Act = Callable[[ButtonPress], Awaitable[Toast]]
"""Does what a button is for."""


class ButtonPresses:
    """Has every press carried out and answered."""

    def __init__(
        self,
        book: ButtonBook,
        interpreter: Localizer,
        within: float = ANSWERED_WITHIN,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Set up.

        Args:
            book: Where buttons are recorded.
            interpreter: Has the words.
            within: Seconds after which a press is answered in any case.
            clock: Seconds that only ever grow.
        """
        self._book, self._interpreter, self._within, self._clock = book, interpreter, within, clock
        self._begun: dict[tuple[int, str, int | None], float] = {}

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """What to react to: whatever button nothing else knows."""
        return [CallbackQueryHandler(self.unknown)]

    async def take(self, update: Update, acts: Mapping[str, Act]) -> None:
        """Carry out what a button is for, and answer whoever pressed it.

        Args:
            update: Tells of the press.
            acts: What each action does.

        Raises:
            Exception: Whatever went wrong; the person was told that something did.
        """
        query = update.callback_query
        if query is None:
            return
        work = asyncio.ensure_future(self._carry_out(update.update_id, query, acts))
        await asyncio.wait({work}, timeout=self._within)
        if not work.done():
            await self._answer(query, Toast.NOTHING)
        else:
            await self._answer(query, Toast.FAILURE if work.exception() else work.result())
        await work

    async def unknown(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """A button that nothing knows."""
        if update.callback_query is not None:
            await self._answer(update.callback_query, Toast.UNKNOWN)

    async def once(self, press: ButtonPress, act: Act, person: int | None = None) -> Toast:
        """Do something that adds a message to the chat, unless the same button has just done it.

        Args:
            press: The press.
            act: What to do.
            person: For whom, where what others pressed does not count.
        """
        key, now = (press.place.chat.id, press.query.data or "", person), self._clock()
        self._begun = {other: at for other, at in self._begun.items() if now - at < REPEAT_SECONDS}
        if key in self._begun:
            return Toast.SHOWN
        self._begun[key] = now
        try:
            return await act(press)
        except BaseException:
            self._begun.pop(key, None)
            raise

    async def _carry_out(self, update_id: int, query: CallbackQuery, acts: Mapping[str, Act]) -> Toast:
        found = await asyncio.to_thread(self._book.find, query.data or "")
        if found is None or query.message is None:
            return Toast.UNKNOWN
        action, payload = found
        try:
            language = self._interpreter.language_of_press(query)
            return await acts[action](
                ButtonPress(query, query.message, action, ButtonTarget.read(payload), update_id, language)
            )
        except StaleError as stale:
            return Toast(stale.why)
        except BadRequest as refused:
            if "message to be replied not found" not in refused.message.lower():
                raise
            return Toast.DELETED

    async def _answer(self, query: CallbackQuery, told: Toast) -> None:
        words = told and self._interpreter.to_presser(query).notice("pressed", Channel.CLI, what=told)
        try:
            await query.answer(words or None, show_alert=told.is_alert)
        except TelegramError as error:
            logger.info("A press could not be answered: %s", error)
