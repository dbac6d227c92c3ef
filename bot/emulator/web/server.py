"""The local Telegram as a server: the app for bot and chat page, and a context manager that runs it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self, Unpack

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.emulator.errors import RefusedError
from bot.emulator.notifier import Notifier
from bot.emulator.objects.messages import Message
from bot.emulator.people.people import People
from bot.emulator.people.waiting import PATIENCE
from bot.emulator.web.bot_api import BotApi
from bot.emulator.web.faults_api import FaultsApi
from bot.emulator.web.local_only import LocalOnly
from bot.emulator.web.page_actions import PageActions
from bot.emulator.web.page_reads import PageReads
from bot.emulator.web.visitors import explain
from bot.emulator.world.faults import Faults
from bot.emulator.world.journal import Call
from bot.emulator.world.state import WorldOptions
from bot.emulator.world.update_queue import UpdateQueue
from bot.emulator.world.world import World

HOST = "127.0.0.1"
_PAGE = Path(__file__).with_name("page")
_SHUTDOWN_SECONDS = 2
_TICK = 0.001


def create_app(world: World) -> Starlette:
    """Return the app that answers the bot and the chat page."""
    # Any other error on the chat page is a bug and stays one.
    people = Starlette(
        routes=[*PageReads(world).routes(), *PageActions(world).routes()],
        exception_handlers=dict.fromkeys((ValueError, LookupError, RefusedError), explain),
    )
    return Starlette(
        routes=[
            *BotApi(world).routes(),
            *FaultsApi(world).routes(),
            Mount("/people", people),
            Route("/", _index, methods=["GET"]),
            Mount("/page", StaticFiles(directory=_PAGE)),
        ],
        middleware=[Middleware(LocalOnly)],
    )


async def _index(_: Request) -> Response:
    return FileResponse(_PAGE / "index.html")


class _Server(uvicorn.Server):
    """A server that leaves signals to its program, and ends when a notifier is closed."""

    def __init__(self, config: uvicorn.Config, bell: Notifier) -> None:
        super().__init__(config)
        self._bell = bell

    async def main_loop(self) -> None:
        """Serve until the bell is closed."""
        await self.on_tick(0)
        await self._bell.closing()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Shut down as uvicorn does, but as soon as the last connection has closed instead of after a pause."""
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SHUTDOWN_SECONDS):
                while self.server_state.connections:  # noqa: ASYNC110 - uvicorn tells nobody that one has closed
                    await asyncio.sleep(_TICK)
        for task in self.server_state.tasks:
            task.cancel()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


class Emulator(People):
    """Runs a local Telegram while the context is open, on a port of 127.0.0.1; 0 takes any free one."""

    def __init__(self, port: int = 0, **options: Unpack[WorldOptions]) -> None:
        self.world = World(**options)
        super().__init__(self.world)
        self._wanted_port = port
        self.port = 0

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.world.token

    @property
    def url(self) -> str:
        """The server's root, without a slash at its end; the chat page is there."""
        return f"http://{HOST}:{self.port}"

    @property
    def base_url(self) -> str:
        """The address to which a bot adds its token and a method."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """The address to which a bot adds its token and the path of a file."""
        return f"{self.url}/file/bot"

    @property
    def calls(self) -> list[Call]:
        """Every call of the Bot API that the bot made, oldest first."""
        return self.world.calls

    def calls_of(self, method: str) -> list[Call]:
        """Return the calls of one method, oldest first."""
        return [call for call in self.calls if call.method == method]

    @property
    def faults(self) -> Faults:
        """The faults of the bot's calls."""
        return self.world.faults

    @property
    def updates(self) -> UpdateQueue:
        """The updates that wait for the bot, and their disturbances."""
        return self.world.updates

    async def confirmation(self, message: Message, timeout: float = PATIENCE) -> None:
        """Wait until the bot confirmed the latest update about a message. It may still be busy with it.

        Raises:
            AssertionError: It did not in time, or was never told of the message.
        """
        update_id = self.world.update_about(message)
        if update_id is None:
            raise AssertionError(f"the bot is not told of message {message.message_id}")
        if not await self.world.bell.until(self.updates.is_confirmed, timeout, update_id):
            raise AssertionError(f"the bot did not confirm update {update_id} within {timeout} s")

    async def call_of(self, method: str, timeout: float = PATIENCE) -> Call:
        """Wait until the bot called a method at least once, and return the latest call of it.

        Raises:
            AssertionError: It did not in time.
        """
        calls = await self.world.bell.until(self.calls_of, timeout, method)
        if not calls:
            raise AssertionError(f"the bot did not call {method} within {timeout} s")
        return calls[-1]

    @contextlib.asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        """Break all connections and refuse new ones while the context is open."""
        self._door.close()
        self.updates.end_poll("terminated by the end of the connection")
        for connection in list(self._app.state.server.server_state.connections):
            if connection.transport:
                connection.transport.abort()
        await self._serving
        try:
            yield
        finally:
            self._open(self.port)

    def _open(self, port: int) -> None:
        self._door = Notifier()
        listener, self._serving = serve(self._app, self._door, port)
        self.port = listener.getsockname()[1]

    async def __aenter__(self) -> Self:
        self._app = create_app(self.world)
        self._open(self._wanted_port)
        self._delivering = asyncio.create_task(self.world.updates.deliver())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.world.bell.close()
        self._door.close()
        await asyncio.gather(self._serving, self._delivering)


def serve(app: Starlette, bell: Notifier, port: int) -> tuple[socket.socket, asyncio.Task[None]]:
    """Serve an app on a port of 127.0.0.1 (0 takes any free one) until the bell is closed.

    Returns the socket it listens on, and the task to wait for after the bell was closed.

    Raises:
        OSError: The port is taken.
    """
    config = uvicorn.Config(app, log_config=None, log_level="error", access_log=False, lifespan="off")
    listener = _listener(port)
    app.state.server = _Server(config, bell)
    return listener, asyncio.create_task(app.state.server.serve(sockets=[listener]))


def _listener(port: int) -> socket.socket:
    # asyncio sends small answers at once (TCP_NODELAY) only on sockets that name their protocol.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise
    listener.listen(2048)
    return listener
