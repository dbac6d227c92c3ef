"""Health, readiness and metrics of the running bot over HTTP."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.app import Office
from bot.listen_address import parse_address
from bot.metrics import Metrics
from bot.operations.http_server import serve_http
from retrieval.models import Value
from storage.errors import DatabaseError, DatabaseGoneError
from storage.record.exchanges import ExchangeLog

RECENT_SECONDS = 60
"""Most seconds since updates were fetched: Telegram answers after ten where there are none."""
CHECK_SECONDS = 1.0
OK = "ok"

logger = logging.getLogger(__name__)


class Readiness(Value):
    """Whether the bot can work; the parts are `ok`, or say what is wrong."""

    is_ready: bool
    articles: int
    database: str
    telegram: str
    replication: str | None = None  # which machine leads, and how the standbys of the server do
    library: str | None = None  # what is wrong with the articles, where anything is


class SinceFetch(Protocol):
    """Gives the seconds since updates were last fetched; None before the first time."""

    def __call__(self) -> float | None:
        """Return the seconds."""
        ...


class Health:
    """Answers requests for health, readiness and metrics."""

    def __init__(self, office: Office, metrics: Metrics, since_fetch: SinceFetch) -> None:
        self._desk, self._log, self._folder = office.desk, ExchangeLog(office.database), office.settings.articles
        self._metrics, self._since_fetch = metrics, since_fetch
        self._database_checked: tuple[float, str] | None = None
        self._thread = ThreadPoolExecutor(1, "health")  # never one of the desk's; one request at a time asks the disk

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the three requests."""
        return [
            Route("/healthz", self.health, methods=["GET"]),
            Route("/readyz", self.readiness, methods=["GET"]),
            Route("/metrics", self.metrics, methods=["GET"]),
        ]

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def health(self, _: Request) -> Response:
        """Answer `/healthz`: 200, as the process answers."""
        return PlainTextResponse("ok\n")

    async def readiness(self, _: Request) -> Response:
        """Answer `/readyz`: 200 where the bot can work, else 503 with the reasons."""
        ready = await asyncio.get_running_loop().run_in_executor(self._thread, self._readiness)
        return Response(
            ready.model_dump_json(exclude_none=True), 200 if ready.is_ready else 503, media_type="application/json"
        )

    async def metrics(self, _: Request) -> Response:
        """Answer `/metrics`: the counters in Prometheus' text format."""
        text = await asyncio.get_running_loop().run_in_executor(self._thread, self._metrics.text)
        return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _readiness(self) -> Readiness:
        database, telegram, library = self._database(), self._telegram(), self._library()
        return Readiness(
            is_ready=database == telegram == OK and library is None,
            articles=len(self._desk.library.sources),
            database=database,
            telegram=telegram,
            replication=self._log.database.replication_note(),
            library=library,
        )

    def _library(self) -> str | None:
        if not self._desk.library.sources:
            return "no article is loaded"
        return None if self._folder.is_dir() else "the folder of articles is gone; what was read before is used"

    def _database(self) -> str:
        """Return `ok` where an exchange can be recorded; `policydesk doctor` says why not, as reasons name paths.

        Whoever asks again within a second is told the same: each check waits for the disk.
        """
        if (note := self._log.database.standby_note()) is not None:
            return note
        if self._database_checked is None or time.monotonic() - self._database_checked[0] > CHECK_SECONDS:
            self._database_checked = time.monotonic(), _rehearse(self._log)
        return self._database_checked[1]

    def _telegram(self) -> str:
        if problem := self._metrics.calls.webhook_problem():
            return problem
        if self._metrics.calls.is_stalled:
            return "Telegram hands out the same updates again and again"
        seconds = self._since_fetch()
        if seconds is None:
            return "no updates were fetched yet"
        return OK if seconds <= RECENT_SECONDS else f"no updates were fetched for {round(seconds)} seconds"


def _rehearse(log: ExchangeLog) -> str:
    try:
        log.rehearse()
    except DatabaseGoneError:
        return "the database is gone from its place"
    except DatabaseError:
        return "the database cannot be written; `policydesk doctor` says why"
    return OK


@contextlib.asynccontextmanager
async def serve_health(office: Office) -> AsyncIterator[int | None]:
    """Serve health, readiness and metrics while the context is open, and yield the port; None where none is set.

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
        async with serve_http(health.routes(), host, port) as bound:
            logger.info("Health, readiness and metrics are told at %s, port %s", host, bound)
            yield bound
    finally:
        health.close()
