"""Connections to one HTTP server, each of which carries one request at a time: httpcore's, on streams of asyncio."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import httpcore

KEPT_SECONDS = 5.0
"""How long an unused connection is taken to be good: the server, or whatever stands between, closes it some day."""
HAPPY_EYEBALLS_SECONDS = 0.25
"""After how long a second address of the server is tried beside the first (RFC 8305)."""


class Connections:
    """Sends requests, a few at the same time.

    A pool of httpcore or httpx looks at each of its connections, and at each request that waits for one, before and
    after every request; with one for each of many chats that takes longer than the request.
    """

    def __init__(self, certificates: ssl.SSLContext, count: int, pool_seconds: float) -> None:
        """Set up; nothing is opened yet.

        Args:
            certificates: By which servers are known.
            count: How many connections may be open.
            pool_seconds: How long a request waits for one that is free.
        """
        self._certificates, self._pool_seconds = certificates, pool_seconds
        self._streams = _Streams()
        # The one that was used last is used next, so that few are open while little is to be sent.
        self._free: asyncio.LifoQueue[httpcore.AsyncHTTPConnection | None] = asyncio.LifoQueue()
        for _ in range(count):
            self._free.put_nowait(None)

    async def send(self, request: httpcore.Request) -> tuple[int, bytes]:
        """Send a request; gives the status and the body of what is answered.

        Raises:
            httpcore.TimeoutException: It took too long.
            httpcore.NetworkError: The server cannot be reached, or was lost.
            httpcore.ProtocolError: What it answers cannot be read.
        """
        async with self._connection(request.url.origin) as connection:
            response = await connection.handle_async_request(request)
            try:
                return response.status, await response.aread()
            finally:
                await response.aclose()

    @contextlib.asynccontextmanager
    async def _connection(self, origin: httpcore.Origin) -> AsyncIterator[httpcore.AsyncHTTPConnection]:
        connection = await self._next()
        try:
            if connection is not None and (connection.is_closed() or connection.has_expired()):
                await connection.aclose()
                connection = None
            if connection is None:
                connection = httpcore.AsyncHTTPConnection(
                    origin, self._certificates, KEPT_SECONDS, network_backend=self._streams
                )
            yield connection
        finally:
            self._free.put_nowait(connection)

    async def _next(self) -> httpcore.AsyncHTTPConnection | None:
        with contextlib.suppress(asyncio.QueueEmpty):
            return self._free.get_nowait()
        with _told(httpcore.PoolTimeout, httpcore.PoolTimeout):
            async with asyncio.timeout(self._pool_seconds):
                return await self._free.get()

    async def close(self) -> None:
        """Close all that are not in use; those that are needed again are opened again."""
        free = [self._free.get_nowait() for _ in range(self._free.qsize())]
        for connection in free:
            self._free.put_nowait(None)
            if connection is not None:
                await connection.aclose()


class _Streams(httpcore.AsyncNetworkBackend):
    """Opens connections for httpcore; its own way, by anyio, takes as long again as all it does with HTTP."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as httpcore has it
        local_address: str | None = None,  # noqa: ARG002 - as httpcore has it
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - as httpcore has it
    ) -> httpcore.AsyncNetworkStream:
        with _told(httpcore.ConnectTimeout, httpcore.ConnectError):
            async with asyncio.timeout(timeout):
                opened = await asyncio.open_connection(host, port, happy_eyeballs_delay=HAPPY_EYEBALLS_SECONDS)
        return _Stream(*opened)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _Stream(httpcore.AsyncNetworkStream):
    """A connection; the parts of a request are sent as one, once its answer is waited for."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._unsent: list[bytes] = []

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109 - see above
        self._unsent.append(buffer)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - see above
        with _told(httpcore.ReadTimeout, httpcore.ReadError):
            async with asyncio.timeout(timeout):
                if self._unsent:
                    self._writer.write(b"".join(self._unsent))
                    self._unsent.clear()
                    await self._writer.drain()
                return await self._reader.read(max_bytes)

    async def aclose(self) -> None:
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - see above
    ) -> httpcore.AsyncNetworkStream:
        with _told(httpcore.ConnectTimeout, httpcore.ConnectError):
            async with asyncio.timeout(timeout):
                await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        return self

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks of a connection; one that can be read while nothing is asked was closed by the server."""
        return self._reader.at_eof() if info == "is_readable" else self._writer.get_extra_info(info)


@contextlib.contextmanager
def _told(late: type[Exception], lost: type[Exception]) -> Iterator[None]:
    """Tell of what goes wrong as httpcore does."""
    try:
        yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except OSError as error:
        raise lost(str(error)) from error
