"""Notices of watches on their way out: an update of the desk's own has one recorded and said, as an answer is."""

import asyncio

from telegram import Bot, InlineKeyboardMarkup, Message, Update
from telegram.constants import ParseMode
from telegram.error import ChatMigrated, TelegramError
from telegram.ext import BaseHandler, ContextTypes

from bot.access.policy import Access
from bot.delivery.group_commit import GroupCommit
from bot.delivery.raw_updates import is_own
from bot.delivery.retrying import is_refusal
from bot.handlers.asking.answers import Answers
from bot.messages.localizer import Localizer
from bot.messages.watch_buttons import under_notice
from bot.watches.notices import Notices
from prompts.languages import Language, language_of
from storage.access.models import Attempt, AttemptKind
from storage.models import Exchange
from storage.watches.book import NOTICE, WatchBook
from storage.watches.models import Watch


class NoticeHandler(BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]):
    """Takes updates of the desk's own that are about a notice."""

    def check_update(self, update: object) -> bool:
        """Whether an update is one."""
        return isinstance(update, Update) and is_own(update.update_id) and NOTICE in update.api_kwargs


class NoticeSender:
    """Tells watchers what is new, unless they stopped, left or lost their access meanwhile."""

    def __init__(
        self,
        notices: Notices,
        book: WatchBook,
        answers: Answers,
        access: Access,
        localizer: Localizer,
        group_commit: GroupCommit,
    ) -> None:
        self._notices, self._book, self._answers, self._access = notices, book, answers, access
        self._localizer, self._group_commit = localizer, group_commit

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handler."""
        return [NoticeHandler(self.tell)]

    async def tell(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Tell what waits for a watch."""
        watch = await asyncio.to_thread(self._book.find, int(update.api_kwargs[NOTICE]))
        try:
            if watch is not None and await asyncio.to_thread(self._may_be_told, watch):
                await self._tell(context.bot, watch, update.update_id)
        except TelegramError as error:
            if is_refusal(error):
                await self._group_commit.surely(self._book.end_notice, update.update_id)
            raise
        await self._group_commit.surely(self._book.end_notice, update.update_id)

    def _may_be_told(self, watch: Watch) -> bool:
        """Whether the watcher may ask now."""
        attempt = Attempt(
            kind=AttemptKind.UNKNOWN,
            user_id=watch.user_id if watch.chat_id > 0 else None,
            chat_id=watch.chat_id,
            at=self._access.now(),
        )
        return self._access.refusal_of(attempt) is None

    async def _tell(self, bot: Bot, watch: Watch, notice: int) -> None:
        chosen = self._localizer.choices.of(watch.chat_id)
        language = chosen or language_of(watch.language) or Language.ENGLISH
        exchange = await asyncio.to_thread(self._notices.word, watch, notice, language)
        if exchange is None:
            return
        recorded, buttons = await self._answers.record(exchange, language)
        keyboard = under_notice(buttons, self._localizer.in_language(language), watch.id)
        said = await _send(bot, watch, recorded, keyboard)
        self._answers.remember(recorded, said.message_id)


async def _send(bot: Bot, watch: Watch, exchange: Exchange, keyboard: InlineKeyboardMarkup) -> Message:
    """Send a notice, also to a group that has become a supergroup, in which there are no topics yet."""
    try:
        return await bot.send_message(
            watch.chat_id,
            exchange.reply,
            ParseMode.HTML,
            message_thread_id=watch.place.thread_id,
            reply_markup=keyboard,
        )
    except ChatMigrated as moved:
        return await bot.send_message(moved.new_chat_id, exchange.reply, ParseMode.HTML, reply_markup=keyboard)
