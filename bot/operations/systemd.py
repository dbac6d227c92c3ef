"""Notifications to systemd or another supervisor: ready, alive, stopping; see sd_notify(3)."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from functools import partial

from bot.operations.background_jobs import alongside
from bot.settings import Supervisor


@contextlib.asynccontextmanager
async def notify_supervisor(supervisor: Supervisor, *, stops: bool = True) -> AsyncIterator[None]:
    """Notify that the bot is ready and, within the supervisor's period, alive, while the context is open."""
    if supervisor.address is None:
        yield
        return
    with contextlib.closing(_Notifications(supervisor.address)) as notifications:
        notifications.send("READY=1")
        async with alongside(partial(_beat, notifications, supervisor.beat_seconds)):
            yield
        if stops:
            notifications.send("STOPPING=1")


async def _beat(notifications: "_Notifications", seconds: float | None) -> None:
    """Notify twice within the seconds after which the bot counts as stuck."""
    while seconds is not None:
        notifications.send("WATCHDOG=1")
        await asyncio.sleep(seconds / 2)


class _Notifications:
    """One-way messages; a supervisor that does not listen misses them, which is no error."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._socket.setblocking(False)
        self._address = "\0" + address[1:] if address.startswith("@") else address

    def send(self, message: str) -> None:
        with contextlib.suppress(OSError):
            self._socket.sendto(message.encode(), self._address)

    def close(self) -> None:
        self._socket.close()
