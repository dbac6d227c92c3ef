"""The Telegram bot as a running service."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeAlias

from telegram import LinkPreviewOptions, Update
from telegram.error import InvalidToken, NetworkError, TimedOut
from telegram.ext import Application, ApplicationBuilder, BaseHandler, CommandHandler, ContextTypes, Defaults

from bot.calls import CallRecord
from bot.desk import Desk
from bot.errors import TelegramError
from bot.handlers.failures import Failures
from bot.handlers.introduction import register_commands
from bot.order import ChatOrder
from bot.pace import Pace
from bot.settings import use_periods
from bot.watched_request import WatchedRequest

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

CONNECTIONS = 256
"""How many calls to Telegram may be under way at the same time, as python-telegram-bot has it."""
GATE = -1
"""The gate's place: before all other handlers."""

logger = logging.getLogger(__name__)


class Conversation(Protocol):
    """Something a person can have with the bot."""

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """What to react to, in order."""
        ...


def build_application(  # noqa: PLR0913 - two of them are switches with a name
    token: str,
    url: str,
    conversations: Iterable[Conversation],
    gate: Callable[[Collection[str]], Conversation],
    failures: Failures,
    *,
    is_paced: bool = True,
    calls: CallRecord | None = None,
) -> Bot:
    """Set up the bot; nothing is sent until it runs.

    Args:
        token: The bot's token.
        url: Root of the Bot API server.
        conversations: What people can do; of what several would react to, the first has it.
        gate: Makes what all updates pass before, from the names of the commands.
        failures: Takes every exception that a handler raised.
        is_paced: Whether Telegram's limits on what a bot sends are kept.
        calls: Where what becomes of calls to Telegram is noted; None for nowhere.

    Returns:
        The application, to be given to `running`.
    """
    use_periods()
    builder = ApplicationBuilder()
    if calls is not None:
        builder.request(WatchedRequest(calls, CONNECTIONS)).get_updates_request(WatchedRequest(calls, 1))
    application = (
        builder.token(token)
        .base_url(f"{url}/bot")
        .base_file_url(f"{url}/file/bot")
        .defaults(Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .concurrent_updates(ChatOrder())
        .rate_limiter(Pace(is_limited=is_paced))
        .build()
    )
    for conversation in conversations:
        application.add_handlers(conversation.handlers())
    application.add_handlers(gate(_commands(application)).handlers(), GATE)
    application.add_error_handler(failures.failed)
    return application


def _commands(application: Bot) -> frozenset[str]:
    """The names of the commands that something handles."""
    handlers = (handler for group in application.handlers.values() for handler in group)
    return frozenset().union(*(handler.commands for handler in handlers if isinstance(handler, CommandHandler)))


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


def stop_signal() -> asyncio.Event:
    """An event that is set when the program is told to stop, by SIGINT or SIGTERM, from now on."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
