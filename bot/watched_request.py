"""The requests to Telegram with what becomes of each noted; python-telegram-bot sends them as ever."""

from typing import Any

from telegram.error import NetworkError, TimedOut
from telegram.request import HTTPXRequest

from bot.calls import CallRecord


class WatchedRequest(HTTPXRequest):
    """Sends requests, and notes how they ended."""

    def __init__(self, calls: CallRecord, connections: int) -> None:
        """Set up.

        Args:
            calls: Where it is noted.
            connections: How many may be open at the same time.
        """
        super().__init__(connection_pool_size=connections)
        self._calls = calls

    async def do_request(self, url: str, *arguments: Any, **named: Any) -> tuple[int, bytes]:
        """Send a request; see `HTTPXRequest`."""
        try:
            status, content = await super().do_request(url, *arguments, **named)
        except TimedOut:
            self._calls.failed("timed_out")
            raise
        except NetworkError:
            self._calls.failed("network")
            raise
        self._calls.answered(url.rpartition("/")[2], status)
        return status, content
