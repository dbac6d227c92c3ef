"""Connections to one HTTP server, each of which carries one request at a time: h11 on streams of asyncio."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

import h11

KEPT_SECONDS = 5.0
"""How long an unused connection is taken to be good: the server, or whatever stands between, closes it some day."""
HAPPY_EYEBALLS_SECONDS = 0.25
"""After how long a second address of the server is tried beside the first (RFC 8305)."""
READ_BYTES = 65_536


class UnsentError(Exception):
    """A request was surely not sent: no connection was free, or none could be made."""


class Timeouts(NamedTuple):
    """How long parts of a request may take, in seconds; None for ever."""

    connect: float | None
    answer: float | None


class Connections:
    """Sends requests, a few at the same time.

    A pool of httpx looks at each of its connections, and at each request that waits for one, before and after every
    request, and locks and shields what nobody else uses; with many chats at once that takes longer than their answers.
    """

    def __init__(self, certificates: ssl.SSLContext, count: int, pool_seconds: float) -> None:
        """Set up; nothing is opened yet.

        Args:
            certificates: By which servers are known.
            count: How many connections may be open.
            pool_seconds: How long a request waits for one that is free.
        """
        self._certificates, self._pool_seconds = certificates, pool_seconds
        # The one that was used last is used next, so that few are open while little is to be sent.
        self._free: asyncio.LifoQueue[_Connection | None] = asyncio.LifoQueue()
        for _ in range(count):
            self._free.put_nowait(None)

    async def post(
        self, url: str, headers: Sequence[tuple[str, str]], content: bytes, timeouts: Timeouts
    ) -> tuple[int, bytes]:
        """Send a request; gives the status and the body of what is answered.

        Raises:
            UnsentError: It was surely not sent.
            TimeoutError: The answer took too long.
            OSError: The server was lost.
            h11.ProtocolError: What it answers cannot be read.
        """
        parts = urlsplit(url)
        async with self._connection(parts, timeouts.connect) as connection, asyncio.timeout(timeouts.answer):
            return await connection.post(
                h11.Request(
                    method="POST",
                    target=parts.path,
                    headers=[("Host", parts.netloc), ("Content-Length", str(len(content))), *headers],
                ),
                content,
            )

    @contextlib.asynccontextmanager
    async def _connection(self, parts: SplitResult, seconds: float | None) -> "AsyncIterator[_Connection]":
        connection = await self._next()
        try:
            if connection is not None and not connection.is_good():
                connection.close()
                connection = None
            connection = connection or await self._opened(parts, seconds)
            yield connection
        except BaseException:
            if connection is not None:
                connection.close()  # whatever is still to come belongs to the request that failed
            connection = None
            raise
        finally:
            self._free.put_nowait(connection)

    async def _next(self) -> "_Connection | None":
        with contextlib.suppress(asyncio.QueueEmpty):
            return self._free.get_nowait()
        try:
            async with asyncio.timeout(self._pool_seconds):
                return await self._free.get()
        except TimeoutError as error:
            raise UnsentError("no connection was free") from error

    async def _opened(self, parts: SplitResult, seconds: float | None) -> "_Connection":
        is_secure = parts.scheme == "https"
        try:
            async with asyncio.timeout(seconds):
                return _Connection(
                    *await asyncio.open_connection(
                        parts.hostname,
                        parts.port or (443 if is_secure else 80),
                        ssl=self._certificates if is_secure else None,
                        happy_eyeballs_delay=HAPPY_EYEBALLS_SECONDS,
                    )
                )
        except OSError as error:  # a TimeoutError is one
            raise UnsentError(f"cannot connect to {parts.hostname}: {error}") from error

    def close(self) -> None:
        """Close all that are not in use; those that are needed again are opened again."""
        for connection in [self._free.get_nowait() for _ in range(self._free.qsize())]:
            if connection is not None:
                connection.close()
            self._free.put_nowait(None)


class _Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._http = h11.Connection(h11.CLIENT)
        self._used_at = time.monotonic()

    def is_good(self) -> bool:
        """Whether it can carry another request."""
        is_idle = self._http.our_state is h11.IDLE and not self._reader.at_eof()
        return is_idle and time.monotonic() - self._used_at < KEPT_SECONDS

    def close(self) -> None:
        self._writer.close()

    async def post(self, request: h11.Request, content: bytes) -> tuple[int, bytes]:
        """Send a request and read the answer to it."""
        sent = [self._http.send(event) or b"" for event in (request, h11.Data(data=content), h11.EndOfMessage())]
        self._writer.write(b"".join(sent))
        await self._writer.drain()
        status, body = 0, bytearray()
        while not isinstance(event := await self._event(), h11.EndOfMessage):
            if isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.ConnectionClosed):
                raise ConnectionResetError("the server ended the connection without an answer")
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        self._used_at = time.monotonic()
        return status, bytes(body)

    async def _event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(READ_BYTES))
        return event
