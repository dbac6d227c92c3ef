"""A local Telegram, a bot on it that does what a test tells it, and a browser for its chat page."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page
from telegram import Bot

from bot.emulator.people.people import Conversation
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


@pytest.fixture
def chat(emulator: Emulator) -> Conversation:
    return emulator.private_chat(emulator.person("Alice"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tab(chromium: Browser) -> AsyncIterator[Page]:
    async with await chromium.new_page() as opened:
        yield opened
