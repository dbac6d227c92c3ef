"""Updates of one chat are handled in the order they came; chats do not wait for each other."""

import asyncio
from collections import Counter
from collections.abc import Awaitable

from telegram import Update
from telegram.ext import BaseUpdateProcessor

AT_ONCE = 32
"""How many updates are handled at the same time."""


class ChatOrder(BaseUpdateProcessor):
    """Handles updates side by side, but those of one chat one after the other."""

    def __init__(self) -> None:
        super().__init__(AT_ONCE)
        self._locks: dict[int, asyncio.Lock] = {}
        self._waiting: Counter[int] = Counter()

    async def do_process_update(self, update: object, coroutine: Awaitable[object]) -> None:
        """Run what handles an update when its chat's turn has come."""
        chat = _turn_of(update)
        self._waiting[chat] += 1
        async with self._locks.setdefault(chat, asyncio.Lock()):
            try:
                await coroutine
            finally:
                self._waiting[chat] -= 1
                if not self._waiting[chat]:
                    del self._waiting[chat], self._locks[chat]

    async def initialize(self) -> None:
        """Nothing to set up."""

    async def shutdown(self) -> None:
        """Nothing to tear down."""


def _turn_of(update: object) -> int:
    """The chat an update happened in; where it is in none, as words typed behind the bot's name are, who did it."""
    if not isinstance(update, Update):
        return 0
    place = update.effective_chat or update.effective_user
    return place.id if place else 0
