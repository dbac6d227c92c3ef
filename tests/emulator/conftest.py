"""A local Telegram, and a bot on it that does what a test tells it."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from bot.emulator.web.server import Emulator
from tests.support.emulator_bots import TOKEN, bot_of


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(token=TOKEN) as running:
        yield running


@pytest.fixture
async def bot(emulator: Emulator) -> AsyncIterator[Bot]:
    async with bot_of(emulator) as ready:
        yield ready
