"""Inline mode: passages are offered behind the bot's name in any chat, and the one that is sent goes on record."""

import asyncio
import hashlib
import logging
from collections.abc import Iterable
from typing import Protocol

from cachetools import LRUCache
from telegram import InlineQuery, InlineQueryResultArticle, InlineQueryResultsButton, InputTextMessageContent, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest
from telegram.ext import BaseHandler, ChosenInlineResultHandler, ContextTypes, InlineQueryHandler

from bot.desk.asker import Asker, Offer
from bot.desk.desk import Desk
from bot.messages.localizer import Localizer
from prompts.languages import Language, language_of
from prompts.models import Answer, Channel, Reason

CACHE_SECONDS = 10
"""How long Telegram may show the same person the same results again without asking."""
REMEMBERED = 2_000
"""How many offers are remembered, so that what is sent can be recorded though the articles change meanwhile."""

logger = logging.getLogger(__name__)


class PersonCheck(Protocol):
    """Checks whether a person may ask."""

    def __call__(self, user_id: int, /) -> bool:
        """Whether the person of a user id may ask."""
        ...


class Inline:
    """Offers passages behind the bot's name. What is typed is not logged; what is sent is."""

    def __init__(self, desk: Desk, may_ask: PersonCheck, localizer: Localizer) -> None:
        self._desk, self._may_ask, self._localizer = desk, may_ask, localizer
        self._offers: LRUCache[tuple[str, str], Offer] = LRUCache(REMEMBERED)

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handlers."""
        return [InlineQueryHandler(self.typed), ChosenInlineResultHandler(self.chosen)]

    async def typed(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Words behind the bot's name, at every pause in typing."""
        query = update.inline_query
        if query is None:
            return
        words = query.query.strip()
        if not await asyncio.to_thread(self._may_ask, query.from_user.id):
            await self._answer(query, [], "access")
        elif not words:
            await self._answer(query, [], "empty")
        else:
            language = self._localizer.language(query.from_user)
            answer, offers = await asyncio.to_thread(self._desk.offer, words, language)
            self._remember(words, offers)
            await self._answer(query, map(self._result, offers), _hint(answer, offers))

    async def chosen(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """A passage that was sent."""
        result = update.chosen_inline_result
        if result is None:
            return
        words = result.query.strip()
        person = result.from_user
        asker = Asker(channel=Channel.INLINE, user_id=person.id, user_name=person.full_name, update_id=update.update_id)
        offer = self._offers.get((words, result.result_id)) or await self._find_again(words, result.result_id)
        if offer is None:
            logger.error("Not on record: result %r for %r was sent, and is no longer found", result.result_id, words)
        else:
            await asyncio.to_thread(self._desk.record_pick, offer, asker)

    async def _find_again(self, words: str, name: str) -> Offer | None:
        """An offer made before a restart, or long ago."""
        language = language_of(name.partition(":")[0]) or Language.ENGLISH
        _, offers = await asyncio.to_thread(self._desk.offer, words, language)
        return next((offer for offer in offers if _name(offer) == name), None)

    def _remember(self, words: str, offers: Iterable[Offer]) -> None:
        for offer in offers:
            self._offers[words, _name(offer)] = offer

    def _result(self, offer: Offer) -> InlineQueryResultArticle:
        renderer = self._localizer.in_language(offer.language)
        shown = renderer.notice("inline-result", Channel.CLI, quote=offer.answer.citations[0])
        title, _, description = shown.partition("\n")
        content = InputTextMessageContent(offer.reply, ParseMode.HTML)
        return InlineQueryResultArticle(_name(offer), title, content, description=description.strip())

    async def _answer(self, query: InlineQuery, results: Iterable[InlineQueryResultArticle], hint: str) -> None:
        """Offer results, and above them a line that leads to the bot."""
        words = hint and self._localizer.to_user(query.from_user).notice("inline-hint", Channel.CLI, hint=hint)
        button = InlineQueryResultsButton(words, start_parameter=hint.replace(" ", "-")) if words else None
        try:
            await query.answer(list(results), CACHE_SECONDS, is_personal=True, button=button)
        except BadRequest as refused:
            if "query is too old" not in refused.message.lower():
                raise
            logger.info("Inline query %r was answered too late", query.id)


def _hint(answer: Answer, offers: Iterable[Offer]) -> str:
    """The name of the hint above the results, or in their place."""
    if answer.reason is None:
        return ""
    if answer.reason is Reason.UNSUPPORTED:
        return "closest" if offers else "nothing"
    return "filters" if answer.reason is Reason.FILTERS else "nothing"


def _name(offer: Offer) -> str:
    """The id of a result: of the language, the quote and its place, the same whenever it is offered."""
    quote = offer.answer.citations[0]
    place = hashlib.sha256(f"{quote.file}\0{quote.start}\0{quote.quote}".encode()).hexdigest()[:32]
    return f"{offer.language}:{place}"
