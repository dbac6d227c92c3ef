"""Chats with the bot over the five articles; a file of tests may have its own of the same name."""

import pytest

from bot.emulator.people.people import Conversation, Group
from bot.emulator.web.server import Emulator


@pytest.fixture
def private(telegram: Emulator) -> Conversation:
    return telegram.private_chat(telegram.person("Aiko"))


@pytest.fixture
def group(telegram: Emulator) -> Group:
    return telegram.group("Desk", [telegram.person("Aiko"), telegram.person("Binh")])
