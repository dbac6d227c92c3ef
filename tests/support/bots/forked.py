"""Bots forked from a process that has loaded everything, which takes longer than all else that most of them do.

How one starts from nothing is what `tests/bot/delivery/test_serving.py` is about.
"""

import asyncio
import atexit
import os
import sys
import threading
from asyncio import StreamReader, StreamReaderProtocol
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from multiprocessing import Pipe, active_children, get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.forkserver import ensure_running
from pathlib import Path

import pytest
from platformdirs import user_data_path

_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "bot.cli.serve",
        "bot.serving",
        "anyio._backends._asyncio",
        "httpcore",
        "nupunkt",
        "storage.database.postgres.database",  # where the extra is installed
        "tests.support.bots.warmed",
    ]
)
ROOT = Path(__file__).parents[3]


@atexit.register
def _leave_none_running() -> None:
    """A bot that a test which failed has left behind ends with the tests, which would wait for it."""
    for process in active_children():
        if isinstance(process, _FORKS.Process):
            process.kill()


class ForkedBot:
    """A bot that runs, with what `subprocess` has to tell it and to ask it."""

    def __init__(self, environment: Mapping[str, str], said: Connection | Path) -> None:
        """Start it; what it says goes into a pipe, or to the end of a file."""
        self._process, self._asking = _FORKS.Process(target=_serve, args=(dict(environment), said)), threading.Lock()
        _start_server()
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    @property
    def returncode(self) -> int | None:
        with self._asking:
            return self._process.exitcode

    def poll(self) -> int | None:
        """How it has ended, if it has."""
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Tell it something, unless it has ended."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Tell it to end."""
        self._process.terminate()

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until it has ended."""
        wait([self._process.sentinel], timeout)
        return self.returncode


class HeardBot(ForkedBot):
    """One whose words are read while it runs, as those of a process of asyncio are."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._words, said = Pipe(duplex=False)
        super().__init__(environment, said)
        said.close()
        self.stderr = StreamReader(limit=2**24)

    async def listen(self) -> None:
        """Begin to read."""
        words = os.fdopen(os.dup(self._words.fileno()), "rb", buffering=0)
        self._words.close()
        await asyncio.get_running_loop().connect_read_pipe(lambda: StreamReaderProtocol(self.stderr), words)

    async def communicate(self) -> tuple[bytes, bytes]:
        """Wait until it has ended; what it has said that was not read yet."""
        rest = await self.stderr.read()
        await asyncio.to_thread(self.wait)
        return b"", rest


@cache
def _start_server() -> None:
    """Start what bots are forked from; it finds the tests where this process does."""
    with pytest.MonkeyPatch.context() as process:
        process.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))
        ensure_running()


def _serve(environment: Mapping[str, str], said: Connection | Path) -> None:
    """Be `policydesk serve` in an environment."""
    end = said.fileno() if isinstance(said, Connection) else os.open(said, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(end, stream)
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["policydesk", "serve"]
    from bot import settings  # noqa: PLC0415 - where its environment is
    from bot.__main__ import main  # noqa: PLC0415

    settings.DATABASE = user_data_path("policydesk") / settings.DATABASE.name

    try:
        main()
    finally:
        atexit._run_exitfuncs()
