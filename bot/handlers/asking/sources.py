"""The articles: listed, or sent as a file."""

import asyncio
from pathlib import PurePosixPath

from telegram import Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes

from bot.articles.listing import sources_page
from bot.desk.desk import Desk
from bot.messages.localizer import Localizer
from bot.messages.sending import PEOPLE, is_from_bot, say, send_file, topic_of

CUTS = (200, 80, 30)
"""Longest title, in code points, tried until the message fits."""


class Sources:
    """Shows and sends the articles."""

    def __init__(self, desk: Desk, localizer: Localizer) -> None:
        self._desk, self._localizer = desk, localizer

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handlers."""
        return [CommandHandler("sources", self.list, PEOPLE), CommandHandler("source", self.send, PEOPLE)]

    async def list(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """`/sources`, or `/sources N` for a further page."""
        message = update.message
        if message is None or is_from_bot(message):
            return
        wanted = (context.args or ["1"])[0]
        tied = await asyncio.to_thread(self._desk.collections, message.chat_id, topic_of(message))
        page = sources_page(self._desk.library, int(wanted) if _is_number(wanted) else 1, tied)
        await say(message, self._localizer.to_author(message).fitting_notice("sources", CUTS, page=page))

    async def send(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """`/source N`: the article as the bot read it, byte for byte."""
        message = update.message
        if message is None or is_from_bot(message):
            return
        articles, renderer = self._desk.library.articles, self._localizer.to_author(message)
        wanted = context.args[0] if context.args else ""
        if not _is_number(wanted) or not 1 <= int(wanted) <= len(articles):
            await say(message, renderer.notice("usage", command="source", wanted=wanted, count=len(articles)))
            return
        article = articles[int(wanted) - 1]
        await send_file(message, PurePosixPath(article.file).name, article.text.encode())


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004 - nine digits are plenty
