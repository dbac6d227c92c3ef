"""The bot as a process of its own on a local Telegram, for the tests of what outlives it."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.emulator.web.server import Emulator

UNLIMITED = {
    "POLICYDESK_OPEN": "true",
    "POLICYDESK_LIMIT_PERSON": "10000",
    "POLICYDESK_LIMIT_CHAT": "10000",
    "POLICYDESK_BUSY": "10000",
    "POLICYDESK_PACE": "false",
}


async def serve(telegram: Emulator | None, *options: str, **environment: str) -> Process:
    """Start a bot, on a Telegram of the environment where none is given; its standard error can be read from it."""
    known = {"POLICYDESK_TELEGRAM_TOKEN": telegram.token, "POLICYDESK_TELEGRAM_URL": telegram.url} if telegram else {}
    given = {**known, **UNLIMITED}
    command = [sys.executable, "-m", "bot", "serve", *options]
    everything = {**os.environ, **given, **environment}
    return await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE, env=everything, limit=2**24)


async def ended(bot: Process) -> str:
    """Wait for a bot to end; what it has said that was not read yet."""
    printed, said = await bot.communicate()
    return printed.decode() + said.decode()


async def kill(bot: Process) -> None:
    """End a bot as a power switch does."""
    bot.send_signal(signal.SIGKILL)
    await ended(bot)


@asynccontextmanager
async def served(telegram: Emulator, **environment: str) -> AsyncIterator[Process]:
    """A bot that runs while the context is open, and then is told to stop."""
    bot = await serve(telegram, **environment)
    try:
        yield bot
    finally:
        if bot.returncode is None:
            bot.terminate()
            await ended(bot)


async def said(bot: Process, words: str) -> str:
    """Wait for a line that holds some words; all lines up to it.

    Raises:
        AssertionError: The bot ended before it came.
        TimeoutError: It has not come for a minute.
    """
    assert bot.stderr is not None
    lines = ""
    while words not in lines:
        line = (await asyncio.wait_for(bot.stderr.readline(), 60)).decode()
        assert line, lines
        lines += line
    return lines
