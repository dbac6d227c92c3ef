"""The bot as a process of its own on a local Telegram, for the tests of what outlives it."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from bot.emulator.web.server import Emulator
from tests.support.bots.forked import HeardBot

UNLIMITED = {
    "POLICYDESK_OPEN": "true",
    "POLICYDESK_LIMIT_PERSON": "10000",
    "POLICYDESK_LIMIT_CHAT": "10000",
    "POLICYDESK_BUSY": "10000",
    "POLICYDESK_PACE": "false",
}


Bot = Process | HeardBot


async def serve(telegram: Emulator | None, *options: str, **environment: str) -> Process:
    """Start a bot, on a Telegram of the environment where none is given; its standard error can be read from it."""
    command = [sys.executable, "-m", "bot", "serve", *options]
    everything = _environment(telegram, environment)
    return await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE, env=everything, limit=2**24)


async def fork(telegram: Emulator | None, **environment: str) -> HeardBot:
    """Start a bot likewise, but sooner, where how it starts is not what a test is about."""
    bot = HeardBot(_environment(telegram, environment))
    await bot.listen()
    return bot


def _environment(telegram: Emulator | None, environment: Mapping[str, str]) -> dict[str, str]:
    known = {"POLICYDESK_TELEGRAM_TOKEN": telegram.token, "POLICYDESK_TELEGRAM_URL": telegram.url} if telegram else {}
    return {**os.environ, **known, **UNLIMITED, **environment}


async def ended(bot: Bot) -> str:
    """Wait for a bot to end; what it has said that was not read yet."""
    printed, said = await bot.communicate()
    return printed.decode() + said.decode()


async def kill(bot: Bot) -> None:
    """End a bot as a power switch does."""
    bot.send_signal(signal.SIGKILL)
    await ended(bot)


@asynccontextmanager
async def served(telegram: Emulator, **environment: str) -> AsyncIterator[HeardBot]:
    """A bot that runs while the context is open, and then is told to stop."""
    bot = await fork(telegram, **environment)
    try:
        yield bot
    finally:
        if bot.returncode is None:
            bot.terminate()
            await ended(bot)


async def said(bot: Bot, words: str) -> str:
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
