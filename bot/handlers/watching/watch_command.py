"""`/watch`: a standing question is set up, listed, changed and stopped."""

import asyncio
from typing import NamedTuple

from telegram import CallbackQuery, Message, Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes

from bot.clock import utc_now
from bot.delivery.group_commit import GroupCommit
from bot.desk.desk import Desk
from bot.messages.choice_buttons import choice_handler, read_choice
from bot.messages.localizer import Localizer
from bot.messages.sending import (
    PEOPLE,
    acknowledge,
    change,
    change_buttons,
    is_from_bot,
    say,
    sender_of,
    topic_of,
)
from bot.messages.watch_buttons import IN_LIST, UNDER_NOTICE, beside_confirmation, in_list, without_watch
from bot.watches.request import WatchFault, WatchRequest, read_request
from prompts.models import Channel, Reason
from prompts.render import Renderer
from prompts.zoned_time import hour_of_day
from storage.watches.arrivals import ArrivalBook
from storage.watches.book import AddedWatch, WatchBook
from storage.watches.models import NewWatch, Watch, WatchLimits, WatchPlace

WATCH_ID = r"\d{1,16}"


class WatchSettings(NamedTuple):
    """What watches are held to: how many there may be, and the least minutes between two notices of one."""

    limits: WatchLimits
    minutes: int


class WatchCommand:
    """Sets up the watches of people and groups, within limits."""

    def __init__(
        self,
        desk: Desk,
        book: WatchBook,
        arrivals: ArrivalBook,
        options: WatchSettings,
        localizer: Localizer,
        group_commit: GroupCommit,
    ) -> None:
        self._desk, self._book, self._arrivals, self._options = desk, book, arrivals, options
        self._localizer, self._group_commit = localizer, group_commit

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handlers."""
        return [
            CommandHandler("watch", self.watch, PEOPLE),
            choice_handler(self.change, self._localizer, UNDER_NOTICE, ("stop", "less", "more"), WATCH_ID),
            choice_handler(self.stop_in_list, self._localizer, IN_LIST, ("stop",), WATCH_ID),
        ]

    async def watch(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """`/watch TOPIC` sets a watch up; alone it lists those of the chat or topic."""
        message = update.message
        if message is None or is_from_bot(message):
            return
        place, renderer = WatchPlace(message.chat_id, topic_of(message)), self._localizer.to_author(message)
        there = await asyncio.to_thread(self._book.of_place, place)
        if not context.args:
            await say(message, self._listed(renderer, there), in_list(renderer, there))
            return
        request = read_request(" ".join(context.args), there[-1].zone if there else "UTC")
        refusal = await asyncio.to_thread(self._refusal, renderer, request)
        if refusal is not None:
            await say(message, refusal)
            return
        await self._set_up(message, renderer, place, request)

    def _refusal(self, renderer: Renderer, request: WatchRequest) -> str | None:
        """What is wrong with a request, if anything: its words, its schedule or its filters."""
        if request.fault is None:
            answer = self._desk.answer_with_findings(request.topic).answer
            if answer.reason is Reason.FILTERS:
                return renderer.answer(answer, Channel.TELEGRAM)
            if answer.reason not in {Reason.EMPTY, Reason.CHAT}:
                return None
        fault = request.fault or WatchFault.EMPTY
        return renderer.notice("usage", command="watch", fault=fault, written=request.written)

    async def _set_up(self, message: Message, renderer: Renderer, place: WatchPlace, request: WatchRequest) -> None:
        language = self._localizer.language_of_message(message)
        new = NewWatch(sender_of(message), place, request.topic, language.value, request.schedule)
        added = await self._group_commit.write(self._add, new, synced=True)
        if added.watch is None:
            limits = self._options.limits
            limit = limits.chat if added.result == "chat" else limits.person
            await say(message, renderer.notice("watch-limit", limit=limit, is_of_chat=added.result == "chat"))
            return
        watch = added.watch
        words = renderer.notice("watching", topic=watch.topic, at=_at(renderer, watch), **self._terms(place))
        await say(message, words, beside_confirmation(renderer, watch.id))

    def _add(self, new: NewWatch) -> AddedWatch:
        """Set up a watch, and with the first of all take the articles that are there for known."""
        self._arrivals.begin(self._desk.library.sources)
        return self._book.add(new, self._options.limits, utc_now())

    def _terms(self, place: WatchPlace) -> dict[str, object]:
        return {"tied": self._desk.collections(*place), "minutes": self._options.minutes}

    def _listed(self, renderer: Renderer, watches: list[Watch]) -> str:
        rows = [{"topic": watch.topic, "at": _at(renderer, watch), "level": watch.level} for watch in watches]
        return renderer.notice("watches", watches=rows)

    # Buttons

    async def change(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """A press under a notice: the watch is stopped, or tells less or more."""
        query = update.callback_query
        watch = await self._pressed(query) if query else None
        if query is None or query.message is None or watch is None:
            return
        action = read_choice(query).action
        if action == "stop":
            await self._stop(query, watch)
            markup = query.message.reply_markup if isinstance(query.message, Message) else None
            await change_buttons(query.message, without_watch(markup))
            return
        by = 1 if action == "more" else -1
        level = await asyncio.to_thread(self._book.change_level, watch.id, by)
        what = action if level is not None and level != watch.level else f"{action} at end"
        await self._acknowledge(query, what, watch)

    async def stop_in_list(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """A press in the list: the watch is stopped, and the list shows the others."""
        query = update.callback_query
        watch = await self._pressed(query) if query else None
        if query is None or query.message is None or watch is None:
            return
        await self._stop(query, watch)
        there = await asyncio.to_thread(self._book.of_place, watch.place)
        renderer = self._localizer.to_presser(query)
        await change(query.message, self._listed(renderer, there), in_list(renderer, there))

    async def _stop(self, query: CallbackQuery, watch: Watch) -> None:
        await asyncio.to_thread(self._book.stop, watch.id)
        await self._acknowledge(query, "stop", watch)

    async def _pressed(self, query: CallbackQuery) -> Watch | None:
        """The watch of a button, if this chat has it; otherwise a notice says that the watch is gone."""
        watch = await asyncio.to_thread(self._book.find, int(read_choice(query).subject))
        if watch is not None and query.message is not None and watch.chat_id == query.message.chat.id:
            return watch
        await self._acknowledge(query, "gone", None)
        return None

    async def _acknowledge(self, query: CallbackQuery, what: str, watch: Watch | None) -> None:
        topic = watch.topic if watch else ""
        words = self._localizer.to_presser(query).notice("pressed", Channel.CLI, what=f"watch {what}", topic=topic)
        await acknowledge(query, words, is_alert=False)


def _at(renderer: Renderer, watch: Watch) -> str | None:
    """The time of day at which a watch is told, in words; None for at once."""
    return None if watch.hour is None else hour_of_day(watch.hour, watch.zone, renderer.language)
