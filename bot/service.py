"""The Telegram bot as a running service."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeAlias

from telegram import LinkPreviewOptions, Update
from telegram.error import InvalidToken, NetworkError, TimedOut
from telegram.ext import Application, ApplicationBuilder, BaseHandler, CallbackQueryHandler, ContextTypes, Defaults

from bot.desk import Desk
from bot.errors import TelegramError
from bot.handlers.answers import Answers
from bot.handlers.buttons import Buttons
from bot.handlers.failures import Failures
from bot.handlers.feedback import FeedbackTaking
from bot.handlers.inline import Inline
from bot.handlers.introduction import Introduction, register_commands
from bot.handlers.pressing import Presses
from bot.handlers.questions import Questions
from bot.handlers.sources import Sources
from bot.keyboards import Keyboards
from bot.order import ChatOrder
from bot.settings import Settings
from retrieval.cards import read_original
from storage.buttons import ButtonBook
from storage.database import DeskDatabase
from storage.feedback import FeedbackBook
from storage.log import ExchangeLog
from storage.sent import SentMessages

Bot: TypeAlias = Application[Any, Any, Any, Any, Any, Any]
"""An application whose six type parameters (bot, context, three kinds of data, job queue) are the defaults."""

LONGEST_WAIT = 30
"""Most seconds between two attempts to reach Telegram at start."""

ANSWERING_THREADS = 2
"""How many questions are answered at the same moment: while one waits for the disk another is thought about. More of
them only wait for Python's lock; six answer a third fewer questions a second (`make bench`)."""

logger = logging.getLogger(__name__)


ALLOWED_UPDATES = (
    Update.MESSAGE,
    Update.CALLBACK_QUERY,
    Update.MESSAGE_REACTION,
    Update.INLINE_QUERY,
    Update.CHOSEN_INLINE_RESULT,
)
"""What Telegram tells the bot of."""


def build_application(token: str, url: str, desk: Desk, settings: Settings, database: DeskDatabase) -> Bot:
    """Set up the bot; nothing is sent until it runs.

    Args:
        token: The bot's token.
        url: Root of the Bot API server.
        desk: What answers.
        settings: Where the articles are.
        database: Where everything is kept.

    Returns:
        The application, to be given to `running`.
    """
    application = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{url}/bot")
        .base_file_url(f"{url}/file/bot")
        .defaults(Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .concurrent_updates(ChatOrder())
        .build()
    )
    application.add_handlers(_handlers(desk, settings, database))
    application.add_error_handler(Failures(desk.renderer).failed)
    return application


def _handlers(
    desk: Desk, settings: Settings, database: DeskDatabase
) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
    """Everything the bot reacts to, the first that fits."""
    log, sent, book = ExchangeLog(database), SentMessages(database), ButtonBook(database)
    keyboards, presses = Keyboards(book, desk.renderer), Presses(book, desk.renderer)
    answers = Answers(keyboards, sent)
    originals = partial(read_original, settings.articles)
    feedback = FeedbackTaking(FeedbackBook(database), log, sent, keyboards, presses, desk.renderer)
    return [
        *feedback.handlers(),
        *Buttons(desk, log, keyboards, answers, presses, originals).handlers(),
        *Inline(desk, _anybody).handlers(),
        *Questions(desk, answers).handlers(),
        *Sources(desk).handlers(),
        *Introduction(desk).handlers(),
        CallbackQueryHandler(presses.unknown),
    ]


def _anybody(_: int) -> bool:
    return True


@contextlib.asynccontextmanager
async def running(application: Bot, desk: Desk) -> AsyncIterator[None]:
    """Run the bot while the context is open.

    Args:
        application: The bot.
        desk: What answers.

    Raises:
        TelegramError: Telegram refuses the token.
    """
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(ANSWERING_THREADS, "desk"))
    try:
        await _reach_telegram(application)
        async with application:
            await register_commands(application.bot, desk.renderer)
            async with _polling(application):
                logger.info("Ready as @%s", application.bot.username)
                yield
    finally:
        await (
            application.bot.shutdown()
        )  # closes its connections where the start failed; else a second time, at no cost


@contextlib.asynccontextmanager
async def _polling(application: Bot) -> AsyncIterator[None]:
    assert application.updater is not None  # noqa: S101 - the builder above always makes one
    await application.start()
    await application.updater.start_polling(allowed_updates=ALLOWED_UPDATES)
    try:
        yield
    finally:
        await application.updater.stop()
        await application.stop()


async def _reach_telegram(application: Bot) -> None:
    """Wait until Telegram answers, longer after each failure; a refused token will not get better by waiting."""
    wait = 1
    while True:
        try:
            await application.bot.initialize()
            return
        except InvalidToken:
            raise TelegramError(
                "Telegram refuses the token: check POLICYDESK_TELEGRAM_TOKEN (from @BotFather) and "
                "POLICYDESK_TELEGRAM_URL."
            ) from None
        except (NetworkError, TimedOut) as error:
            logger.warning("Telegram cannot be reached (%s); trying again in %s s", error, wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)


async def serve(application: Bot, desk: Desk) -> None:
    """Run the bot until it is told to stop by SIGINT or SIGTERM.

    Raises:
        TelegramError: Telegram refuses the token.
    """
    stop = stop_signal()
    gc.collect()
    gc.freeze()  # the articles are here to stay; the collector need not walk them again for every question
    async with running(application, desk):
        await stop.wait()


def stop_signal() -> asyncio.Event:
    """An event that is set when the program is told to stop, by SIGINT or SIGTERM, from now on."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
