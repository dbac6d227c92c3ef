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
from telegram.ext import (
    Application,
    ApplicationBuilder,
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    Defaults,
)

from bot.access import Access
from bot.desk import Desk
from bot.errors import TelegramError
from bot.handlers.access import Gate
from bot.handlers.answers import Answers
from bot.handlers.buttons import Buttons
from bot.handlers.failures import Failures
from bot.handlers.feedback import FeedbackTaking
from bot.handlers.inline import Inline
from bot.handlers.introduction import Introduction, register_commands
from bot.handlers.membership import Membership
from bot.handlers.owners import Owners
from bot.handlers.pressing import Presses
from bot.handlers.questions import Questions
from bot.handlers.sources import Sources
from bot.keyboards import Keyboards
from bot.order import ChatOrder
from bot.pace import Pace
from bot.settings import Settings, use_periods
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

HEARD = [
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.CHOSEN_INLINE_RESULT,
    Update.MESSAGE_REACTION,
    Update.MY_CHAT_MEMBER,
]
"""What the bot is told of."""

GATE = -1
"""The gate's place: before all other handlers."""

logger = logging.getLogger(__name__)


def build_application(
    token: str, url: str, desk: Desk, access: Access, settings: Settings, database: DeskDatabase
) -> Bot:
    """Set up the bot; nothing is sent until it runs.

    Args:
        token: The bot's token.
        url: Root of the Bot API server.
        desk: What answers.
        access: Who may ask.
        settings: Where the articles are, and whether Telegram's limits on what a bot sends are kept.
        database: Where everything is kept.

    Returns:
        The application, to be given to `running`.
    """
    use_periods()
    application = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{url}/bot")
        .base_file_url(f"{url}/file/bot")
        .defaults(Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .concurrent_updates(ChatOrder())
        .rate_limiter(Pace(is_limited=settings.pace))
        .build()
    )
    owners = Owners(access, desk.renderer)
    application.add_handlers([*owners.handlers(), *Membership(access, desk.renderer, owners).handlers()])
    application.add_handlers(_handlers(desk, access, settings, database))
    application.add_handlers(Gate(access, desk.renderer, owners, _commands(application)).handlers(), GATE)
    application.add_error_handler(Failures(desk.renderer).failed)
    return application


def _commands(application: Bot) -> frozenset[str]:
    """The names of the commands that something handles."""
    handlers = (handler for group in application.handlers.values() for handler in group)
    return frozenset().union(*(handler.commands for handler in handlers if isinstance(handler, CommandHandler)))


def _handlers(
    desk: Desk, access: Access, settings: Settings, database: DeskDatabase
) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
    """Everything the bot reacts to, the first that fits."""
    log, sent, book = ExchangeLog(database), SentMessages(database), ButtonBook(database)
    keyboards, presses = Keyboards(book, desk.renderer), Presses(book, desk.renderer)
    answers = Answers(desk, keyboards, sent)
    originals = partial(read_original, settings.articles)
    feedback = FeedbackTaking(FeedbackBook(database), log, sent, keyboards, presses, desk.renderer)
    return [
        *feedback.handlers(),
        *Buttons(desk, log, keyboards, answers, presses, originals).handlers(),
        *Inline(desk, lambda person: access.role(person) is not None).handlers(),
        *Questions(desk, answers).handlers(),
        *Sources(desk).handlers(),
        *Introduction(desk).handlers(),
        CallbackQueryHandler(presses.unknown),
    ]


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
    await application.updater.start_polling(allowed_updates=HEARD)
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
