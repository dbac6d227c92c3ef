"""The HTTP server of the running bot: a small web app within the bot's loop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.errors import SettingsError
from bot.listen_address import listen

GRACE_SECONDS = 5
"""Seconds that requests in progress may take when the server stops."""


@contextlib.asynccontextmanager
async def serve_http(routes: Sequence[BaseRoute], host: str, port: int) -> AsyncIterator[int]:
    """Answer HTTP requests while the context is open, finish those in progress at its end, and yield the port.

    Port 0 takes any free one.

    Raises:
        SettingsError: The address cannot be listened on.
    """
    try:
        listener = listen(host, port)
    except OSError as error:
        raise SettingsError(f"Nothing can listen on {host}:{port} ({error.strerror}): name another address.") from error
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
