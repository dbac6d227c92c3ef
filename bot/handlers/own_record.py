"""Somebody wants to see what is on record of them, to have it forgotten, or to know what is kept at all."""

import asyncio

from telegram import CallbackQuery, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatType
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, ContextTypes

from bot.desk import Desk
from bot.handlers.choices import choices, chosen, pattern
from bot.handlers.replies import PEOPLE, acknowledge, change, is_from_bot, person_of, say
from bot.looking_back import HistoryPage, history_page
from prompts.render import Channel
from storage.people import PeopleRecord

PAGES, CONFIRM = "history-buttons", "forget-buttons"
"""The templates of the buttons, and what their data begins with."""
USER_ID = r"\d{1,16}"
CUTS = (180, 80)
"""Longest question and quote shown, in code points, tried until the message fits."""


class OwnRecord:
    """Shows people their own questions, and takes them out of the record when they ask."""

    def __init__(self, desk: Desk, people: PeopleRecord, keep_days: int | None) -> None:
        """Set up `/history`, `/forget` and `/privacy`.

        Args:
            desk: What answers.
            people: What is on record, by person.
            keep_days: After how many days all of it is forgotten; None for never.
        """
        self._desk, self._people, self._keep_days = desk, people, keep_days

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """What to react to."""
        return [
            CommandHandler("history", self.history, PEOPLE),
            CommandHandler("forget", self.forget, PEOPLE),
            CommandHandler("privacy", self.privacy, PEOPLE),
            CallbackQueryHandler(self.turn, pattern(PAGES, ("newer", "older"), rf"{USER_ID}:\d{{1,6}}")),
            CallbackQueryHandler(self.decide, pattern(CONFIRM, ("forget", "keep"), USER_ID)),
        ]

    async def history(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """`/history`: one's own last questions; in a group only those asked there, for others read along."""
        message = update.message
        if message is None or is_from_bot(message):
            return
        person = person_of(message)
        if person is None:
            await self._say(message, "nobody")
            return
        page = await asyncio.to_thread(self._page, person, message.chat_id, message.chat.type, 0)
        await say(message, self._words(page), self._pages(person, page))

    async def turn(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Another page; only for whom the list is about."""
        query = update.callback_query
        if query is None or query.message is None or not await self._is_own(query):
            return
        number = int(chosen(query).subject.rpartition(":")[2])
        place = query.message
        page = await asyncio.to_thread(self._page, query.from_user.id, place.chat.id, place.chat.type, number)
        await change(place, self._words(page), self._pages(query.from_user.id, page))
        await acknowledge(query)

    def _page(self, user_id: int, chat_id: int, chat_type: str, number: int) -> HistoryPage:
        chat = None if chat_type == ChatType.PRIVATE else chat_id
        return history_page(self._people, self._desk.library, user_id, chat, number)

    def _words(self, page: HistoryPage) -> str:
        return self._desk.renderer.fitting_notice("history", CUTS, page=page)

    def _pages(self, user_id: int, page: HistoryPage) -> InlineKeyboardMarkup | None:
        rows = (
            choices(self._desk.renderer, PAGES, f"{user_id}:{number}", [action])
            for action, number, there_is in (
                ("newer", page.number - 1, page.number > 0),
                ("older", page.number + 1, page.has_older),
            )
            if there_is
        )
        buttons = [button for row in rows if row for button in row.inline_keyboard[0]]
        return InlineKeyboardMarkup([buttons]) if buttons else None

    async def forget(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """`/forget`: says what would be deleted, and asks."""
        message = update.message
        if message is None or is_from_bot(message):
            return
        person = person_of(message)
        if person is None:
            await self._say(message, "nobody")
            return
        count = await asyncio.to_thread(self._people.count, person)
        words = self._desk.renderer.notice("forget", count=count)
        await say(message, words, choices(self._desk.renderer, CONFIRM, str(person)))

    async def decide(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """They confirm, or think better of it; nobody else may."""
        query = update.callback_query
        if query is None or query.message is None or not await self._is_own(query):
            return
        is_agreed = chosen(query).action == "forget"
        count = await asyncio.to_thread(self._people.forget, query.from_user.id) if is_agreed else 0
        words = self._desk.renderer.notice("forgotten", is_agreed=is_agreed, count=count)
        await change(query.message, words, None)
        await acknowledge(query)

    async def _is_own(self, query: CallbackQuery) -> bool:
        """Whether somebody presses buttons of their own; if not, they are told."""
        if chosen(query).subject.partition(":")[0] == str(query.from_user.id):
            return True
        await acknowledge(query, self._desk.renderer.notice("not-yours", Channel.CLI))
        return False

    async def privacy(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """`/privacy`: what is kept of whoever asks, and for how long."""
        message = update.message
        if message is not None and not is_from_bot(message):
            await say(message, self._desk.renderer.notice("privacy", keep_days=self._keep_days))

    async def _say(self, message: Message, notice: str) -> None:
        await say(message, self._desk.renderer.notice(notice))
