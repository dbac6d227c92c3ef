"""The buttons under an answer: the context of a quote, further hits, or the source itself."""

import asyncio

from telegram import InlineKeyboardMarkup, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, ContextTypes

from bot.desk.asker import Asker
from bot.desk.desk import Desk
from bot.errors import Stale, StaleError
from bot.handlers.asking.answers import Answers
from bot.handlers.asking.button_presses import TURN, ButtonPress, ButtonPresses, PressAction, Toast
from bot.messages.answer_keyboards import AnswerKeyboards, ButtonTarget
from bot.messages.sending import change, say_below, send_file_below
from bot.record.cited_sources import ReadOriginal, SourceFile, context_of, quote_of, source_of
from prompts.languages import Language
from prompts.markup import nested_quotes
from storage.models import Exchange, LoggedCitation
from storage.record.exchanges import ExchangeLog

_ADDING = frozenset({"context", "more", "source"})
"""The actions that add a message to the chat."""


class AnswerButtons:
    """Shows context, further hits and source to anyone who sees an answer; `read_original` reads a source document."""

    def __init__(
        self,
        desk: Desk,
        log: ExchangeLog,
        keyboards: AnswerKeyboards,
        answers: Answers,
        presses: ButtonPresses,
        read_original: ReadOriginal,
    ) -> None:
        self._desk, self._log, self._keyboards, self._answers = desk, log, keyboards, answers
        self._presses, self._read_original = presses, read_original
        self._actions: dict[str, PressAction] = {
            "context": self._show_context,
            TURN: self._turn_context,
            "more": self._show_more,
            "source": self._send_source,
        }

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handlers."""
        return [CallbackQueryHandler(self.pressed, pattern=rf"^(?:{'|'.join(self._actions)}):")]

    async def pressed(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """A button under an answer, its context or its source."""
        await self._presses.take(update, self._actions, once=_ADDING)

    async def _show_context(self, press: ButtonPress) -> Toast:
        words, keyboard, quoted = await asyncio.to_thread(self._context, press.target, press.language)
        await say_below(press.place, words, keyboard, quoted)
        return Toast.NOTHING

    async def _turn_context(self, press: ButtonPress) -> Toast:
        """Show another quote of the same answer in the place of this one."""
        words, keyboard, _ = await asyncio.to_thread(self._context, press.target, press.language)
        await change(press.place, words, keyboard)
        return Toast.NOTHING

    def _context(self, target: ButtonTarget, language: Language) -> tuple[str, InlineKeyboardMarkup, str]:
        """The words and buttons of a context, and its quote as the answer shows it."""
        quotes = self._quotes(target)
        quote = quote_of(quotes, target.number)
        renderer, keyboards = self._desk.renderer.in_language(language), self._keyboards.in_language(language)
        words = renderer.context(context_of(self._desk.library, quote), quote.number)
        buttons = keyboards.under_context(target.exchange_id, [other.number for other in quotes], quote)
        return words, buttons, nested_quotes(quote.shown)

    async def _show_more(self, press: ButtonPress) -> Toast:
        exchange = await asyncio.to_thread(self._more, press.target, press.asker)
        if exchange is None:
            return Toast.NO_MORE
        recorded, buttons = await self._answers.record(exchange, press.language)
        said = await say_below(press.place, recorded.reply, buttons)
        self._answers.remember(recorded, said.message_id)
        return Toast.NOTHING

    def _more(self, target: ButtonTarget, asker: Asker) -> Exchange | None:
        shown = self._log.shown_before(target.exchange_id)
        if not shown:
            raise StaleError(Stale.UNKNOWN)
        return self._desk.answer_more(shown, asker)

    async def _send_source(self, press: ButtonPress) -> Toast:
        language = press.language
        source, keyboard = await asyncio.to_thread(self._source, press.target, language)
        caption = self._desk.renderer.in_language(language).notice(
            "source-caption",
            title=source.article.title,
            url=source.article.url,
            date=source.article.date,
            places=source.places,
        )
        await send_file_below(press.place, source.name, source.content, caption, keyboard)
        return Toast.NOTHING

    def _source(self, target: ButtonTarget, language: Language) -> tuple[SourceFile, InlineKeyboardMarkup | None]:
        quotes = self._quotes(target)
        quote = quote_of(quotes, target.number)
        source = source_of(self._desk.library, quotes, quote, self._read_original)
        return source, self._keyboards.in_language(language).under_source(target.exchange_id, source.others)

    def _quotes(self, target: ButtonTarget) -> tuple[LoggedCitation, ...]:
        exchange = self._log.find(target.exchange_id)
        return exchange.citations if exchange else ()
