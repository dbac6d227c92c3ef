"""The HTTP server of the running bot: a small web app within the bot's loop."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.errors import SettingsError

GRACE_SECONDS = 5
"""Seconds that requests in progress may take when the server stops."""
BACKLOG = 128
"""Most connections that wait to be accepted."""


@contextlib.asynccontextmanager
async def serve_http(routes: Sequence[BaseRoute], host: str, port: int) -> AsyncIterator[int]:
    """Answer HTTP requests while the context is open, finish those in progress at its end, and yield the port.

    Port 0 takes any free one.

    Raises:
        SettingsError: The address cannot be listened on.
    """
    listener = _listener(host, port)
    config = uvicorn.Config(
        Starlette(routes=routes),
        log_config=None,
        log_level="error",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """A server that leaves signals to the program it runs in."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listener(host: str, port: int) -> socket.socket:
    """Return a socket that listens already: a taken address fails at once, and early connections wait."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # asyncio sends small answers at once (TCP_NODELAY) only on sockets that name their protocol
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _unusable(host, port, error) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _unusable(host, port, error) from error
    return listener


def _unusable(host: str, port: int, error: OSError) -> SettingsError:
    return SettingsError(f"Nothing can listen on {host}:{port} ({error.strerror}): name another address.")
