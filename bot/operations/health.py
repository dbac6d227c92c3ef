"""What the running bot tells machines over HTTP: that it is up, whether it can do its work, and what it counted."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.app import Office
from bot.listen_address import parse_address
from bot.metrics import Metrics
from bot.operations.http_server import open_doors
from retrieval.models import Value
from storage.database.connection import DeskDatabase
from storage.errors import DatabaseError

RECENT_SECONDS = 60
"""How long updates may not have been fetched: Telegram answers after ten seconds where there are none."""
OK = "ok"

logger = logging.getLogger(__name__)


class Readiness(Value):
    """Whether the bot can do its work.

    Attributes:
        is_ready: Whether all of it is well.
        articles: How many articles it answers from; without any it does not start.
        database: `ok`, or what is wrong with the database.
        telegram: `ok`, or what is wrong with the fetching of updates.
    """

    is_ready: bool
    articles: int
    database: str
    telegram: str


class Health:
    """Answers what machines ask."""

    def __init__(self, office: Office, metrics: Metrics, since_fetch: Callable[[], float | None]) -> None:
        """Set up.

        Args:
            office: What answers questions, and what it works from.
            metrics: What was counted.
            since_fetch: Seconds since updates were last fetched; None before the first time.
        """
        self._desk, self._database = office.desk, office.database
        self._metrics, self._since_fetch = metrics, since_fetch
        self._thread = ThreadPoolExecutor(1, "health")  # never one of the desk's; one request at a time asks the disk

    def routes(self) -> list[BaseRoute]:
        """What is answered."""
        return [
            Route("/healthz", self.is_up, methods=["GET"]),
            Route("/readyz", self.is_ready, methods=["GET"]),
            Route("/metrics", self.counts, methods=["GET"]),
        ]

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def is_up(self, _: Request) -> Response:
        """`/healthz`: the process answers."""
        return PlainTextResponse("ok\n")

    async def is_ready(self, _: Request) -> Response:
        """`/readyz`: 200 where the bot can do its work, else 503, with the reasons."""
        found = await asyncio.get_running_loop().run_in_executor(self._thread, self._readiness)
        return Response(found.model_dump_json(), 200 if found.is_ready else 503, media_type="application/json")

    async def counts(self, _: Request) -> Response:
        """`/metrics`: what was counted."""
        text = await asyncio.get_running_loop().run_in_executor(self._thread, self._metrics.text)
        return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _readiness(self) -> Readiness:
        database, telegram = _database(self._database), self._telegram()
        return Readiness(
            is_ready=database == telegram == OK,
            articles=len(self._desk.library.sources),
            database=database,
            telegram=telegram,
        )

    def _telegram(self) -> str:
        seconds = self._since_fetch()
        if seconds is None:
            return "no updates were fetched yet"
        return OK if seconds <= RECENT_SECONDS else f"no updates were fetched for {round(seconds)} seconds"


def _database(database: DeskDatabase) -> str:
    """Whether the database can be written; why not is said by `policydesk doctor`, here it would name paths."""
    try:
        database.check_writable()
    except DatabaseError:
        return "the database cannot be written; `policydesk doctor` says why"
    return OK


@contextlib.asynccontextmanager
async def told_over_http(office: Office) -> AsyncIterator[int | None]:
    """Answer what machines ask while the context is open, where the settings want it.

    Args:
        office: What answers questions, and what it works from.

    Yields:
        The port that is listened on; None where nothing is told.

    Raises:
        SettingsError: The address cannot be listened on.
    """
    if office.settings.http is None or office.metrics is None:
        yield None
        return
    office.metrics.watch_library(office.desk)
    health = Health(office, office.metrics, office.metrics.calls.since_fetch)
    try:
        host, port = parse_address(office.settings.http)
        async with open_doors(health.routes(), host, port) as taken:
            logger.info("Health, readiness and metrics are told at %s, port %s", host, taken)
            yield taken
    finally:
        health.close()
