"""The requests to Telegram, with what becomes of each noted; python-telegram-bot makes them as ever."""

import logging
from typing import Any
from urllib.request import getproxies

import h11
import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest, RequestData

from bot.transport.call_stats import CallStats
from bot.transport.http_pool import Connections, Timeouts, UnsentError

SECONDS = 5.0
"""How long connecting, sending and answering may take where a call says nothing else, as python-telegram-bot has it."""

logger = logging.getLogger(__name__)


class WatchedRequest(HTTPXRequest):
    """Sends requests, and notes how they ended.

    Those that are many, which carry no file, go past httpx, unless a proxy is to be used: it takes twice as long for
    them as everything else about an answer (`make bench`).
    """

    def __init__(self, calls: CallStats, connections: int, pool_seconds: float) -> None:
        """Set up.

        Args:
            calls: Where it is noted.
            connections: How many may be open at the same time.
            pool_seconds: How long a request waits for one of them.
        """
        certificates = httpx.create_ssl_context()
        super().__init__(connections, pool_timeout=pool_seconds, httpx_kwargs={"verify": certificates})
        self._calls = calls
        self._connections = Connections(certificates, connections, pool_seconds)
        self._is_direct = not getproxies()

    async def shutdown(self) -> None:
        """Close all connections; see `HTTPXRequest`."""
        self._connections.close()
        await super().shutdown()

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **named: Any
    ) -> tuple[int, bytes]:
        """Send a request; see `HTTPXRequest`."""
        try:
            if self._is_direct and request_data is not None and not request_data.multipart_data and not timeouts:
                status, content = await self._post(url, request_data.json_payload, **named)
            else:
                status, content = await super().do_request(url, method, request_data, *timeouts, **named)
        except TimedOut:
            self._calls.failed("timed_out")
            raise
        except NetworkError:
            self._calls.failed("network")
            raise
        self._calls.answered(url.rpartition("/")[2], status)
        logger.debug("%s was answered with %s", url, status)  # the token in it is replaced, as in every line
        return status, content

    async def _post(self, url: str, content: bytes, **named: Any) -> tuple[int, bytes]:
        headers = [("User-Agent", self.USER_AGENT), ("Content-Type", "application/json")]
        timeouts = Timeouts(_seconds(named, "connect_timeout"), _seconds(named, "read_timeout"))
        try:
            return await self._connections.post(url, headers, content, timeouts)
        except TimeoutError as error:
            raise TimedOut from error
        except (UnsentError, OSError, h11.ProtocolError) as error:
            raise NetworkError(f"{type(error).__name__}: {error}") from error


def _seconds(named: dict[str, Any], name: str) -> float | None:
    given = named.get(name, BaseRequest.DEFAULT_NONE)
    return SECONDS if given is BaseRequest.DEFAULT_NONE else given
