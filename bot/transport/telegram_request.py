"""The requests to Telegram, each with its outcome on record; python-telegram-bot and httpx make them."""

import asyncio
import socket
import sys
from http.client import responses
from importlib.util import find_spec
from typing import Any

from telegram.error import BadRequest, NetworkError, TimedOut
from telegram.request import HTTPXRequest, RequestData

from bot.transport.call_stats import CallStats
from bot.transport.proxies import proxies_set

if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment] # httpcore seeks it on the disk, four times a request
CLIENT_ERRORS = range(400, 500)
"""Statuses of HTTP that say that the request is at fault, and would be again."""
TOLD_APART = frozenset({400, 401, 403, 404, 409, 420, 429})
"""Those of which python-telegram-bot makes an error of their own, or that pass by themselves."""
UNHEARD_SECONDS = 4
"""How long the system tries to get words through to Telegram. Longer, and a machine whose network is back would say
what another machine has said meanwhile: one takes over after some five seconds."""


class WatchedRequest(HTTPXRequest):
    """Sends requests a few at a time, and notes how they ended.

    The others wait here, first come, first served: the pool of httpx looks at each of its connections for each request
    that waits in it, before and after every request, which takes longer than the requests where many chats write.
    """

    def __init__(self, calls: CallStats, connections: int) -> None:
        """Set up.

        Args:
            calls: Where it is noted.
            connections: How many requests are under way at the same time, each on a connection of its own.
        """
        super().__init__(connections, socket_options=_socket_options())
        self._calls, self._turns = calls, asyncio.Semaphore(connections)

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **named: Any
    ) -> tuple[int, bytes]:
        """Send a request when its turn comes; see `HTTPXRequest`.

        Raises:
            BadRequest: Telegram refuses it with a status that python-telegram-bot takes for trouble of the network.
        """
        try:
            async with self._turns:
                status, content = await super().do_request(url, method, request_data, *timeouts, **named)
        except TimedOut:
            self._calls.failed("timed_out")
            raise
        except NetworkError:
            self._calls.failed("network")
            raise
        self._calls.answered(url.rpartition("/")[2], status)
        if status in CLIENT_ERRORS and status not in TOLD_APART:
            raise BadRequest(f"{responses.get(status, 'refused')} ({status})")
        return status, content


def _socket_options() -> list[tuple[int, int, int]]:
    """How long words may be unheard, on systems that can be told; httpx takes none together with a proxy."""
    if proxies_set() or not hasattr(socket, "TCP_USER_TIMEOUT"):
        return []
    return [(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNHEARD_SECONDS * 1000)]
