"""What systemd, or whoever supervises the bot as it does, is told: that it is ready, alive, and stopping."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

from bot.operations.background_jobs import alongside
from bot.settings import Supervisor


@contextlib.asynccontextmanager
async def supervised(supervisor: Supervisor) -> AsyncIterator[None]:
    """Tell that the bot is ready and, as often as wanted, that its loop turns, while the context is open.

    Args:
        supervisor: Who wants to be told what; see sd_notify(3).
    """
    if supervisor.address is None:
        yield
        return
    with contextlib.closing(_Line(supervisor.address)) as line:
        line.say("READY=1")
        async with alongside(_beat(line, supervisor.beat_seconds)):
            yield
        line.say("STOPPING=1")


async def _beat(line: "_Line", seconds: float | None) -> None:
    """Tell twice within the time after which the bot counts as stuck."""
    while seconds is not None:
        line.say("WATCHDOG=1")
        await asyncio.sleep(seconds / 2)


class _Line:
    """One-way messages; a supervisor that does not listen is no reason to stop."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._socket.setblocking(False)
        self._address = "\0" + address[1:] if address.startswith("@") else address

    def say(self, message: str) -> None:
        with contextlib.suppress(OSError):
            self._socket.sendto(message.encode(), self._address)

    def close(self) -> None:
        self._socket.close()
