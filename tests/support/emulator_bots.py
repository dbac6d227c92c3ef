"""Bots of python-telegram-bot on the local Telegram, for the tests of that Telegram itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from telegram import Bot, Update
from telegram.ext import ApplicationBuilder, BaseHandler, ContextTypes, ExtBot, MessageHandler, filters
from telegram.request import HTTPXRequest

from bot.emulator.web.server import Emulator

TOKEN = "4242:made-up-for-tests"  # noqa: S105 - opens nothing
Context = ContextTypes.DEFAULT_TYPE


def request() -> HTTPXRequest:
    """What carries a bot's calls: without certificates, for loading them takes longer than most tests."""
    return HTTPXRequest(connection_pool_size=8, httpx_kwargs={"verify": False})


def bot_of(emulator: Emulator) -> ExtBot[None]:
    """A bot that does what the test tells it, call by call; use it with ``async with``."""
    return ExtBot(
        emulator.token,
        base_url=emulator.base_url,
        base_file_url=emulator.base_file_url,
        request=request(),
        get_updates_request=request(),
    )


@asynccontextmanager
async def polling(emulator: Emulator, *handlers: BaseHandler[Any, Context, Any]) -> AsyncIterator[Bot]:
    """A whole application that fetches its updates."""
    application = ApplicationBuilder().bot(bot_of(emulator)).build()
    application.add_handlers(list(handlers))
    assert application.updater
    async with application:
        await application.start()
        await application.updater.start_polling(allowed_updates=Update.ALL_TYPES)
        try:
            yield application.bot
        finally:
            await application.updater.stop()
            await application.stop()


async def echo(update: Update, _: Context) -> None:
    """Answer every message with its own words in bold."""
    if update.effective_message:
        await update.effective_message.reply_html(f"<b>{update.effective_message.text_html}</b>", do_quote=True)


def echoing() -> MessageHandler[Context, None]:
    """A handler that answers everything."""
    return MessageHandler(filters.ALL, echo)


async def news(bot: Bot) -> tuple[Update, ...]:
    """What happened since the last time."""
    updates = await bot.get_updates(allowed_updates=Update.ALL_TYPES)
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1)
    return updates
