"""A person's own record: shown, forgotten, or explained."""

import asyncio

from telegram import CallbackQuery, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatType
from telegram.ext import BaseHandler, CommandHandler, ContextTypes

from bot.access.policy import Access
from bot.desk.desk import Desk
from bot.handlers.administration.owners import Owners
from bot.messages.choice_buttons import choice_handler, choices, read_choice
from bot.messages.localizer import Localizer
from bot.messages.sending import PEOPLE, acknowledge, change, is_from_bot, person_of, say
from bot.record.history_page import HistoryPage, history_page
from prompts.models import Channel
from prompts.render import Renderer
from storage.record.people import PeopleRecord

PAGES, CONFIRM = "history-buttons", "forget-buttons"
"""The names of the buttons, with which their data begins."""
USER_ID = r"\d{1,16}"
CUTS = (180, 80)
"""Longest question and quote shown, in code points, tried until the message fits."""


class OwnHistory:
    """Shows people their own questions, and forgets them when they ask; all are forgotten after `keep_days`, if any."""

    def __init__(
        self,
        desk: Desk,
        people: PeopleRecord,
        keep_days: int | None,
        localizer: Localizer,
        access: Access,
        owners: Owners,
    ) -> None:
        self._desk, self._people, self._keep_days, self._localizer = desk, people, keep_days, localizer
        self._access, self._owners = access, owners

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handlers."""
        return [
            CommandHandler("history", self.history, PEOPLE),
            CommandHandler("forget", self.forget, PEOPLE),
            CommandHandler("privacy", self.privacy, PEOPLE),
            choice_handler(self.turn, self._localizer, PAGES, ("newer", "older"), rf"{USER_ID}:\d{{1,6}}"),
            choice_handler(self.decide, self._localizer, CONFIRM, ("forget", "keep"), USER_ID),
        ]

    async def history(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """`/history`: the author's last questions; in a group only the questions of that group."""
        message = update.message
        if message is None or is_from_bot(message):
            return
        person = person_of(message)
        if person is None:
            await self._say(message, "nobody")
            return
        page = await asyncio.to_thread(self._page, person, message.chat_id, message.chat.type, 0)
        renderer = self._localizer.to_author(message)
        await say(message, _words(renderer, page), _pages(renderer, person, page))

    async def turn(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Another page of one's own list."""
        query = update.callback_query
        if query is None or query.message is None or not await self._is_own(query):
            return
        number = int(read_choice(query).subject.rpartition(":")[2])
        place = query.message
        page = await asyncio.to_thread(self._page, query.from_user.id, place.chat.id, place.chat.type, number)
        renderer = self._localizer.to_presser(query)
        await change(place, _words(renderer, page), _pages(renderer, query.from_user.id, page))
        await acknowledge(query)

    def _page(self, user_id: int, chat_id: int, chat_type: str, number: int) -> HistoryPage:
        chat = None if chat_type == ChatType.PRIVATE else chat_id
        return history_page(self._people, self._desk.library, user_id, chat, number)

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
        renderer = self._localizer.to_author(message)
        await say(
            message, renderer.notice("forget", is_agreed=None, count=count), choices(renderer, CONFIRM, str(person))
        )

    async def decide(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """One's own confirmation, or its contrary."""
        query = update.callback_query
        if query is None or query.message is None or not await self._is_own(query):
            return
        is_agreed = read_choice(query).action == "forget"
        renderer = self._localizer.to_presser(query)
        count = await self._forget(query.from_user.id) if is_agreed else 0
        words = renderer.notice("forget", is_agreed=is_agreed, count=count)
        await change(query.message, words, None)
        await acknowledge(query)

    async def _forget(self, user_id: int) -> int:
        await asyncio.to_thread(self._access.hold_counts, user_id)
        self._owners.forget(user_id)
        count = await asyncio.to_thread(self._people.forget, user_id)
        self._localizer.forget(user_id)
        return count

    async def _is_own(self, query: CallbackQuery) -> bool:
        """Whether a button belongs to the person who pressed it; if not, they are told."""
        if read_choice(query).subject.partition(":")[0] == str(query.from_user.id):
            return True
        await acknowledge(
            query, self._localizer.to_presser(query).notice("pressed", Channel.CLI, what="somebody else's")
        )
        return False

    async def privacy(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """`/privacy`: what is kept of whoever asks, and for how long."""
        message = update.message
        if message is not None and not is_from_bot(message):
            await self._say(message, "privacy", keep_days=self._keep_days)

    async def _say(self, message: Message, notice: str, **values: object) -> None:
        await say(message, self._localizer.to_author(message).notice(notice, **values))


def _words(renderer: Renderer, page: HistoryPage) -> str:
    return renderer.fitting_notice("history", CUTS, page=page)


def _pages(renderer: Renderer, user_id: int, page: HistoryPage) -> InlineKeyboardMarkup | None:
    rows = (
        choices(renderer, PAGES, f"{user_id}:{number}", [action])
        for action, number, there_is in (
            ("newer", page.number - 1, page.number > 0),
            ("older", page.number + 1, page.has_older),
        )
        if there_is
    )
    buttons = [button for row in rows if row for button in row.inline_keyboard[0]]
    return InlineKeyboardMarkup([buttons]) if buttons else None
