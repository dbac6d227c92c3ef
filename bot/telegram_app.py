"""The Telegram bot as a running service."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeAlias

from telegram import LinkPreviewOptions, Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, BaseHandler, CommandHandler, ContextTypes, Defaults

from bot.clock import TelegramClock
from bot.delivery.backpressure import Backpressure
from bot.delivery.group_commit import GroupCommit
from bot.delivery.rate_limiter import RateLimiter
from bot.delivery.receiver import Receiver, ReceiverOptions
from bot.delivery.retrying import pauses
from bot.delivery.sender import Sender
from bot.delivery.webhook import WebhookAddress
from bot.delivery.worker import Worker
from bot.desk.desk import Desk
from bot.errors import TelegramSetupError
from bot.handlers.administration.failures import Failures
from bot.handlers.asking.help import register_commands
from bot.operations.background_jobs import alongside
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

UPDATE_KINDS = [
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.CHOSEN_INLINE_RESULT,
    Update.MESSAGE_REACTION,
    Update.MY_CHAT_MEMBER,
]
"""The kinds of updates that the bot is told of."""

GATE = -1
"""The gate's place: before all other handlers."""

logger = logging.getLogger(__name__)


class AppParts(NamedTuple):
    """The bot's parts besides its handlers."""

    database: DeskDatabase
    group_commit: GroupCommit
    is_paced: bool  # whether Telegram's limits on what a bot sends are kept
    grace: float  # seconds for which what was taken in is worked off when the bot is told to stop
    clock: TelegramClock
    busy: int  # how many updates may wait before questions that come are turned away
    address: WebhookAddress | None = None  # where Telegram posts updates; None where they are polled
    calls: CallStats | None = None


class HandlerGroup(Protocol):
    """The handlers of one conversation that people have with the bot."""

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handlers, in the order in which they are asked."""
        ...


class GateFactory(Protocol):
    """Makes the gate, which all updates pass before the other handlers."""

    def __call__(self, commands: Collection[str], /) -> HandlerGroup:
        """Make it, from the names of the commands."""
        ...


class RunningBot(NamedTuple):
    """A bot that is set up."""

    application: PtbApplication
    sender: Sender
    receiver: Receiver


def build_application(
    token: str,
    url: str,
    conversations: Iterable[HandlerGroup],
    gate: GateFactory,
    failures: Failures,
    parts: AppParts,
) -> RunningBot:
    """Set up the bot, to be given to `running`; an update goes to the first of the conversations that reacts to it."""
    use_periods()
    sender = Sender(Outbox(parts.database), InFlightReplies(parts.database.path), parts.group_commit)
    calls = parts.calls or CallStats()
    request = WatchedRequest(calls, CONNECTIONS)
    application = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{url}/bot")
        .base_file_url(f"{url}/file/bot")
        .defaults(Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .updater(None)
        .request(request)
        .get_updates_request(request)  # or python-telegram-bot makes another, which reads all certificates again
        .rate_limiter(RateLimiter(sender, is_limited=parts.is_paced))
        .build()
    )
    for conversation in conversations:
        application.add_handlers(conversation.handlers())
    application.add_handlers(gate(_commands(application)).handlers(), GATE)
    application.add_error_handler(failures.failed)
    inbox, backpressure = Inbox(parts.database), Backpressure(parts.busy, parts.clock)
    worker = Worker(application, inbox, parts.group_commit, failures, backpressure)

    async def note_stall(*, is_stalled: bool) -> None:
        calls.is_stalled = is_stalled
        if is_stalled:
            await failures.tell_hourly(application.bot, "stalled")

    options = ReceiverOptions(UPDATE_KINDS, parts.grace, parts.address, backpressure, parts.clock, note_stall)
    return RunningBot(application, sender, Receiver(application.bot, inbox, parts.group_commit, worker, options))


def _commands(application: PtbApplication) -> frozenset[str]:
    """The names of the commands that have a handler."""
    handlers = (handler for group in application.handlers.values() for handler in group)
    return frozenset().union(*(handler.commands for handler in handlers if isinstance(handler, CommandHandler)))


@contextlib.asynccontextmanager
async def running(bot: RunningBot, desk: Desk, searchers: int = 0) -> AsyncIterator[asyncio.Task[None]]:
    """Run the bot while the context is open; `searchers` processes search for the desk.

    Yields:
        The task that takes updates in; it ends only by failing, and then the bot is of no use any more.

    Raises:
        TelegramError: Telegram refuses the token.
    """
    threads = ThreadPoolExecutor(ANSWERING_THREADS + FOR_EACH * searchers, "desk")
    asyncio.get_running_loop().set_default_executor(threads)
    application = bot.application
    try:
        await _reach_telegram(application)
        async with application:
            await application.start()
            try:
                await bot.sender.resume()
                async with bot.receiver.open() as receiving, alongside(partial(_register, application, desk)):
                    logger.info("Ready as @%s", application.bot.username)
                    yield receiving
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
    for pause in pauses(1, LONGEST_WAIT):
        try:
            await application.bot.initialize()
            return
        except InvalidToken:
            raise TelegramSetupError(
                "Telegram refuses the token: check POLICYDESK_TELEGRAM_TOKEN (from @BotFather) and "
                "POLICYDESK_TELEGRAM_URL."
            ) from None
        except TelegramError as error:
            logger.warning("Telegram cannot be reached (%s); trying again in %s s", error, pause)
            await asyncio.sleep(pause)


def stop_signal() -> asyncio.Event:
    """An event that is set when the program is told to stop, by SIGINT or SIGTERM, from now on."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
