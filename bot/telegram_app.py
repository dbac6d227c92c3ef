"""The Telegram bot as a running service."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol, TypeAlias

from telegram import LinkPreviewOptions, Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, BaseHandler, CommandHandler, ContextTypes, Defaults

from bot.delivery.backpressure import Backpressure
from bot.delivery.group_commit import GroupCommit
from bot.delivery.rate_limiter import RateLimiter
from bot.delivery.receiver import Receiver, ReceiverOptions
from bot.delivery.sender import Sender
from bot.delivery.webhook import WebhookAddress
from bot.delivery.worker import Worker
from bot.desk.desk import Desk
from bot.errors import TelegramSetupError
from bot.handlers.administration.failures import Failures
from bot.handlers.asking.help import register_commands
from bot.settings import use_periods
from bot.transport.call_stats import CallStats
from bot.transport.telegram_request import WatchedRequest
from storage.database.connection import DeskDatabase
from storage.delivery.in_flight import InFlightReplies
from storage.delivery.inbox import Inbox
from storage.delivery.outbox import Outbox

PtbApplication: TypeAlias = Application[Any, Any, Any, Any, Any, Any]
"""An application whose six type parameters (bot, context, three kinds of data, job queue) are the defaults."""

LONGEST_WAIT = 30
"""Most seconds between two attempts to reach Telegram at start."""

ANSWERING_THREADS = 2
"""How many questions are answered at the same moment, besides those that other processes search for: while one waits
for the database another is thought about. More of them only wait for Python's lock (`make bench`)."""
FOR_EACH = 2
"""How many more for each process that searches: while it answers one, the next is read and waits (`make load`)."""

CONNECTIONS, POOL_SECONDS = 8, 60.0
"""How many calls to Telegram are under way at the same time, and how long further ones wait for their turn: httpx looks
at every open connection before each call, which with one for every chat takes longer than answering."""

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


class AppParts(NamedTuple):
    """What the bot works with besides its handlers.

    Attributes:
        database: What inbox and outbox are kept in.
        commits: Writes there.
        is_paced: Whether Telegram's limits on what a bot sends are kept.
        grace: For how many seconds what was taken in is worked off when the bot is told to stop.
        busy: How many updates may wait before questions that come are turned away.
        address: Where Telegram posts updates; None where they are fetched.
        calls: Where what becomes of calls to Telegram is noted; None for nowhere.
    """

    database: DeskDatabase
    commits: GroupCommit
    is_paced: bool
    grace: float
    busy: int
    address: WebhookAddress | None = None
    calls: CallStats | None = None


class HandlerGroup(Protocol):
    """Something a person can have with the bot."""

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """What to react to, in order."""
        ...


class RunningBot(NamedTuple):
    """A bot that is set up.

    Attributes:
        application: Its handlers, and what calls Telegram.
        saying: Says each thing once.
        reception: Takes in what it hears.
    """

    application: PtbApplication
    saying: Sender
    reception: Receiver


def build_application(
    token: str,
    url: str,
    conversations: Iterable[HandlerGroup],
    gate: Callable[[Collection[str]], HandlerGroup],
    failures: Failures,
    means: AppParts,
) -> RunningBot:
    """Set up the bot; nothing is sent until it runs.

    Args:
        token: The bot's token.
        url: Root of the Bot API server.
        conversations: What people can do; of what several would react to, the first has it.
        gate: Makes what all updates pass before, from the names of the commands.
        failures: Takes every exception that a handler raised.
        means: What it works with besides.

    Returns:
        The bot, to be given to `running`.
    """
    use_periods()
    saying = Sender(Outbox(means.database), InFlightReplies(means.database.path), means.commits)
    request = WatchedRequest(means.calls or CallStats(), CONNECTIONS, POOL_SECONDS)
    application = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{url}/bot")
        .base_file_url(f"{url}/file/bot")
        .defaults(Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .updater(None)
        .request(request)
        .get_updates_request(request)  # or python-telegram-bot makes another, which reads all certificates again
        .rate_limiter(RateLimiter(saying, is_limited=means.is_paced))
        .build()
    )
    for conversation in conversations:
        application.add_handlers(conversation.handlers())
    application.add_handlers(gate(_commands(application)).handlers(), GATE)
    application.add_error_handler(failures.failed)
    inbox = Inbox(means.database)
    room = Backpressure(means.busy)
    manner = ReceiverOptions(HEARD, means.grace, means.address, room)
    worker = Worker(application, inbox, means.commits, failures, room)
    return RunningBot(application, saying, Receiver(application.bot, inbox, means.commits, worker, manner))


def _commands(application: PtbApplication) -> frozenset[str]:
    """The names of the commands that something handles."""
    handlers = (handler for group in application.handlers.values() for handler in group)
    return frozenset().union(*(handler.commands for handler in handlers if isinstance(handler, CommandHandler)))


@contextlib.asynccontextmanager
async def running(bot: RunningBot, desk: Desk, elsewhere: int = 0) -> AsyncIterator[asyncio.Task[None]]:
    """Run the bot while the context is open.

    Args:
        bot: The bot.
        desk: What answers.
        elsewhere: How many processes it has search.

    Yields:
        What takes updates in; it ends only by failing, and then the bot is of no use any more.

    Raises:
        TelegramError: Telegram refuses the token.
    """
    threads = ThreadPoolExecutor(ANSWERING_THREADS + FOR_EACH * elsewhere, "desk")
    asyncio.get_running_loop().set_default_executor(threads)
    application = bot.application
    try:
        await _reach_telegram(application)
        async with application:
            await _register(application, desk)
            await application.start()
            try:
                await bot.saying.resume()
                async with bot.reception.open() as taking:
                    logger.info("Ready as @%s", application.bot.username)
                    yield taking
            finally:
                await application.stop()
    finally:
        await (
            application.bot.shutdown()
        )  # closes its connections where the start failed; else a second time, at no cost


async def _register(application: PtbApplication, desk: Desk) -> None:
    """Offer the commands; without them the bot works as well."""
    try:
        await register_commands(application.bot, desk.renderer)
    except TelegramError as error:
        logger.warning("The commands could not be offered: %s", error)


async def _reach_telegram(application: PtbApplication) -> None:
    """Wait until Telegram answers, longer after each failure; a refused token will not get better by waiting."""
    wait = 1
    while True:
        try:
            await application.bot.initialize()
            return
        except InvalidToken:
            raise TelegramSetupError(
                "Telegram refuses the token: check POLICYDESK_TELEGRAM_TOKEN (from @BotFather) and "
                "POLICYDESK_TELEGRAM_URL."
            ) from None
        except TelegramError as error:
            logger.warning("Telegram cannot be reached (%s); trying again in %s s", error, wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)


def stop_signal() -> asyncio.Event:
    """An event that is set when the program is told to stop, by SIGINT or SIGTERM, from now on."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
