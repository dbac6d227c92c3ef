"""The owners, who are shown requests for access, and decide with a button."""

import asyncio
import logging
from typing import Any, TypeAlias

from cachetools import TTLCache
from telegram import Bot, CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import Application, BaseHandler, CallbackQueryHandler, ContextTypes

from bot.access.policy import Access
from bot.delivery.current_update import CurrentUpdate, current_update, handling
from bot.handlers.administration.attempts import name_of, read_attempt
from bot.messages.choice_buttons import choice_labels, style_of
from bot.messages.localizer import Localizer
from bot.messages.sending import acknowledge
from prompts.models import Channel
from prompts.render import Renderer
from retrieval.query.question import chat_in
from storage.access.models import AccessRefusal, Party, Standing
from storage.access.parties import AccessRequest, RequestNotice, ShownRequest

HELD, HELD_SECONDS = 1_000, 86_400.0
"""How many questions of those who wait are held, and for how long."""
_ANSWERS = 2_000
"""The replies to a question that was held are numbered from here, apart from how it was refused, and its failure."""
_PREFIX = "access:"
_STANDINGS = {"approve": Standing.APPROVED, "deny": Standing.DENIED}

PtbApplication: TypeAlias = Application[Any, Any, Any, Any, Any, Any]

logger = logging.getLogger(__name__)


class Owners:
    """Shows requests to the owners, and carries out their decisions."""

    def __init__(self, access: Access, localizer: Localizer) -> None:
        self._access, self._localizer = access, localizer
        self._held: TTLCache[int, Update] = TTLCache(HELD, HELD_SECONDS)

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handlers."""
        return [CallbackQueryHandler(self.decide, pattern=f"^{_PREFIX}")]

    def hold(self, party: Party, update: Update) -> None:
        """Hold the last question of a party that waits, in memory alone: nothing a stranger writes is stored.

        A greeting does not take the place of a question.
        """
        message = update.effective_message
        if party.id not in self._held or (message is not None and chat_in(message.text or "") is None):
            self._held[party.id] = update

    def forget(self, user_id: int) -> None:
        """Let go of the questions of a person, wherever they wait."""
        for party_id, update in list(self._held.items()):
            if update.effective_user is not None and update.effective_user.id == user_id:
                self._held.pop(party_id, None)

    async def show(self, bot: Bot, request: AccessRequest, by: str = "") -> bool:
        """Show the owners a request, or that there are too many; `by` names who added the bot to a group.

        Returns:
            Whether an owner was told of the request, now or before.
        """
        book, code = self._access.book, request.party.code
        if request.showing is RequestNotice.CROWD:
            shown = await self._tell_all(bot, "access-request", None, party=None)
        elif request.showing is RequestNotice.REQUEST:
            shown = await self._tell_all(bot, "access-request", code, party=request.party, by=by)
            for message in shown:
                await asyncio.to_thread(book.note_shown, code, message)
        if request.showing is not RequestNotice.NOTHING and not shown:
            await asyncio.to_thread(book.note_unseen, code)
        return bool(self._access.owners) and await asyncio.to_thread(book.is_shown, code)

    async def tell(self, bot: Bot, what: str, **values: object) -> None:
        """Tell every owner in their language of a trouble that the template `owner-alert` words."""
        await self._tell_all(bot, "owner-alert", None, what=what, **values)

    async def _tell_all(self, bot: Bot, notice: str, code: str | None, **values: object) -> list[ShownRequest]:
        """Tell every owner in their language, with the buttons to decide where there is a code."""
        shown = []
        for owner in sorted(self._access.owners):
            renderer = self._localizer.to_party(owner)
            buttons = self._buttons(renderer, code) if code else None
            shown.append(await self._tell(bot, owner, renderer.notice(notice, **values), buttons))
        return [message for message in shown if message is not None]

    async def _tell(
        self, bot: Bot, owner: int, words: str, buttons: InlineKeyboardMarkup | None
    ) -> ShownRequest | None:
        try:
            sent = await bot.send_message(owner, words, ParseMode.HTML, reply_markup=buttons)
        except TelegramError as error:
            logger.warning("Owner %s could not be told (%s): they must write to the bot once", owner, error)
            return None
        return ShownRequest(chat_id=owner, message_id=sent.message_id)

    def _buttons(self, renderer: Renderer, code: str) -> InlineKeyboardMarkup:
        labels = choice_labels(renderer, "access-buttons").items()
        row = [
            InlineKeyboardButton(label, callback_data=f"{_PREFIX}{action}:{code}", style=style_of(action))
            for action, label in labels
        ]
        return InlineKeyboardMarkup([row])

    async def decide(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """An owner's press of Approve or Deny; another person's, as of a message passed on, decides nothing."""
        query = update.callback_query
        if query is None:
            return
        if not self._access.is_owner(query.from_user.id):
            attempt = read_attempt(update, context.bot, (), self._access.now())
            await asyncio.to_thread(self._access.record_refusal, attempt, AccessRefusal.ROLE)
            await self._answer(query, "pressed", what="owners only")
            return
        action, _, code = (query.data or "").removeprefix(_PREFIX).partition(":")
        decided = await asyncio.to_thread(self._decide, action, code, update)
        if decided is None:
            await self._answer(query, "pressed", what="request gone")
            return
        await self._carry_out(query, context.application, *decided)

    def _decide(self, action: str, code: str, update: Update) -> tuple[Party, bool] | None:
        standing = _STANDINGS.get(action)
        return self._access.decide_request(code, standing, name_of(update), update.update_id) if standing else None

    async def _carry_out(self, query: CallbackQuery, application: PtbApplication, party: Party, is_new: bool) -> None:
        await self._answer(query, "access-decided", party=party, is_new=is_new)
        shown = await asyncio.to_thread(self._access.book.take_shown, party.code)
        for message in shown:
            words = self._localizer.to_party(message.chat_id).notice("access-decided", party=party)
            await self._amend(query.get_bot(), message, words)
        if is_new and party.is_let_in:
            await welcome(query.get_bot(), self._localizer.to_party(party.id), party)
        question = self._held.pop(party.id, None)  # at once, so that two owners' presses do not have it answered twice
        if party.is_let_in and question is not None:
            try:
                await _answer_held(application, question)
            except BaseException:
                self._held[party.id] = question
                raise

    async def _answer(self, query: CallbackQuery, notice: str, **values: object) -> None:
        words = self._localizer.to_presser(query).notice(notice, Channel.CLI, **values)
        await acknowledge(query, words, is_alert=False)

    async def _amend(self, bot: Bot, shown: ShownRequest, words: str) -> None:
        try:
            await bot.edit_message_text(words, shown.chat_id, shown.message_id, parse_mode=ParseMode.HTML)
        except TelegramError as error:
            logger.info("Request in message %s of %s stays as it was: %s", shown.message_id, shown.chat_id, error)


async def welcome(bot: Bot, renderer: Renderer, party: Party) -> None:
    """Tell a person or a group that they may ask now."""
    try:
        await bot.send_message(party.id, renderer.notice("access-granted", party=party), ParseMode.HTML)
    except TelegramError as error:
        logger.info("%s could not be told that access was granted: %s", party.id, error)


async def _answer_held(application: PtbApplication, question: Update) -> None:
    """Answer a held question under its own number, which keeps the answer from being said twice.

    Raises:
        Exception: Whatever went wrong; the press that let its author in is tried again.
    """
    pressing = current_update()
    with handling(CurrentUpdate(question.update_id, replies=_ANSWERS)) as current:
        await application.process_update(question)
    if current.error is not None:
        raise current.error
    if pressing is not None:
        pressing.background += current.background
