"""The bot under a supervisor such as systemd: it says when it is ready, that it is alive, and when it stops."""

import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest

from bot.emulator.web.server import Emulator
from bot.operations.systemd import notify_supervisor
from bot.settings import Supervisor, supervisor
from tests.support.bots.served import ended, fork


def supervisor_socket(address: str) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(address)
    listening.setblocking(False)
    return listening


async def heard(listening: socket.socket, wanted: str) -> list[str]:
    """What was said until something was."""
    said: list[str] = []
    while wanted not in said:
        said.append((await asyncio.get_running_loop().sock_recv(listening, 100)).decode())
    return said


async def test_serve_is_ready_only_when_telegram_hands_out_updates_and_says_that_it_stops(tmp_path: Path) -> None:
    """Between the two it says that its loop turns, twice within the watchdog's time."""
    address = str(tmp_path / "notify")
    with supervisor_socket(address) as listening:
        async with Emulator() as emulator:
            bot = await fork(emulator, NOTIFY_SOCKET=address, WATCHDOG_USEC="20000")
            assert await heard(listening, "READY=1") == ["READY=1"]
            assert emulator.calls_of("getMe")
            assert await heard(listening, "WATCHDOG=1") == ["WATCHDOG=1"]
            bot.send_signal(signal.SIGTERM)
            assert set(await heard(listening, "STOPPING=1")) <= {"WATCHDOG=1", "STOPPING=1"}
            await ended(bot)
    assert bot.returncode == 0


async def test_a_socket_without_a_file_is_told_as_well() -> None:
    """Linux has abstract sockets, written with an @."""
    name = f"policydesk-test-{os.getpid()}"
    with supervisor_socket(f"\0{name}") as listening:
        async with notify_supervisor(Supervisor(f"@{name}", None)):
            assert await heard(listening, "READY=1") == ["READY=1"]


@pytest.mark.parametrize("address", [None, "/nowhere/at/all"])
async def test_the_bot_runs_without_anybody_who_listens(address: str | None) -> None:
    """Started by hand there is no supervisor; one that has gone is no reason to stop."""
    async with notify_supervisor(Supervisor(address, 0.01)):
        pass


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({}, Supervisor(None, None)),
        ({"NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "30000000"}, Supervisor("/run/notify", 30)),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, Supervisor(None, None)),
        ({"WATCHDOG_USEC": "0"}, Supervisor(None, None)),
        ({"WATCHDOG_USEC": "soon"}, Supervisor(None, None)),
    ],
    ids=["nobody", "systemd", "another process", "off", "nonsense"],
)
def test_the_supervisor_is_known_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], found: Supervisor
) -> None:
    """As sd_notify(3) and sd_watchdog_enabled(3) have it."""
    for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert supervisor() == found
