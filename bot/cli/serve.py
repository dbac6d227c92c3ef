"""`policydesk demo` and `serve`: the bot on a local Telegram, and on Telegram."""

import logging
import signal
import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import Articles, demo_settings, open_office, settings_in_force
from bot.logging_setup import LogFormat
from bot.settings import MOST, Settings
from retrieval.errors import ArticlesError
from retrieval.library import Library
from storage.database.connection import DeskDatabase
from storage.errors import DatabaseGoneError, UnavailableError
from storage.verdicts.book import pair_verdicts

if TYPE_CHECKING:
    from bot.metrics import Metrics

AGAIN_SECONDS, LINE_SECONDS = 5.0, 60.0
"""How often at least it is tried to start while something stands in the way that passes by itself, as when a server
fails over, and how often it is said."""


def demo(
    port: Annotated[int, typer.Option(min=1, max=65_000, help="Port of the chat page, or the next free one.")] = 8080,
    once: Annotated[bool, typer.Option("--once", help="End after the transcript.")] = False,
    closed: Annotated[bool, typer.Option("--closed", help="You let in the other people of the chat page.")] = False,
    articles: Articles = None,
) -> None:
    """Run the bot on a local Telegram with a chat page; needs no token."""
    import asyncio  # noqa: PLC0415 - the other commands start faster without it

    from bot.demo import demo as run_demo  # noqa: PLC0415
    from bot.logging_setup import start_logging  # noqa: PLC0415

    settings = demo_settings(articles, open=not closed, limit_person=MOST, limit_chat=MOST)
    start_logging("WARNING")
    with open_office(settings) as office:
        asyncio.run(run_demo(office, port, typer.echo, once=once))
    typer.echo(f"On record: POLICYDESK_DATABASE={settings.database} policydesk history, or policydesk review --demo")


def _end(_signal: int, _frame: object) -> None:
    sys.exit(0)


def serve(
    log: Annotated[LogFormat | None, typer.Option("--log", help="How log lines are written: text or json.")] = None,
) -> None:
    """Run the bot on Telegram, until SIGINT or SIGTERM; what passes by itself is waited for."""
    import bot.serving  # noqa: F401, PLC0415 - loaded before anything is read or said
    from bot.delivery.retrying import pauses  # noqa: PLC0415
    from bot.logging_setup import start_logging  # noqa: PLC0415

    settings = settings_in_force(log_format=log)
    start_logging(settings.log_level, settings.secrets(), settings.log_format)
    signal.signal(signal.SIGTERM, _end)  # until the bot listens for it itself
    said, waits = ("", 0.0), pauses(longest=AGAIN_SECONDS)
    while True:
        try:
            return _serve_once(settings)
        except DatabaseGoneError:
            raise
        except (UnavailableError, ArticlesError) as error:
            if str(error) != said[0] or time.monotonic() - said[1] >= LINE_SECONDS:
                logging.getLogger("policydesk").error("%s Waiting until that is over.", error)
                said, waits = (str(error), time.monotonic()), pauses(longest=AGAIN_SECONDS)
        time.sleep(next(waits))


def _serve_once(settings: Settings) -> None:
    """Open the desk and run the bot until it is told to stop.

    Raises:
        UnavailableError: The database cannot be used now.
        ArticlesError: The articles are not there, or not yet.
    """
    import asyncio  # noqa: PLC0415

    from bot.serving import serve as run_bot  # noqa: PLC0415
    from retrieval.search_pool import SearchPool  # noqa: PLC0415

    searchers = SearchPool(settings.searchers, logging.getLogger("policydesk").warning)
    with open_office(settings, _metrics(settings), searchers.do) as office:
        report_start(settings, office.desk.library, office.database)
        asyncio.run(run_bot(office, searchers))


def _metrics(settings: Settings) -> "Metrics | None":
    """Return the counters, where an HTTP address is set at which they can be read."""
    if settings.http is None:
        return None
    from bot.metrics import Metrics  # noqa: PLC0415

    return Metrics()


def report_start(settings: Settings, library: Library, database: DeskDatabase) -> None:
    """Log the articles and the database, and how to make a desk of use that nobody may ask."""
    logger = logging.getLogger("policydesk")
    logger.info("%s articles, %s passages; log: %s", len(library.sources), len(library.passages), settings.database)
    if strays := pair_verdicts(database):
        logger.warning(
            "%s verdicts beside %s are on none of its exchanges, and do not count: they belong to another record, as "
            "after one of the two was put back alone; `policydesk restore` puts both back.",
            strays,
            settings.database,
        )
    if not settings.owners and not settings.open:
        logger.warning(
            "The desk is closed and has no owners: send the bot a message, find your user id with `policydesk access"
            " list`, set POLICYDESK_OWNERS to it and start again; or let everybody ask with POLICYDESK_OPEN=true."
        )
