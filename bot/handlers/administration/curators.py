"""Curators, who alone may change articles: others are told so, and their attempt is put on record."""

import asyncio

from telegram import Message, Update
from telegram.ext import ContextTypes

from bot.access.policy import Access
from bot.handlers.administration.attempts import read_attempt
from bot.messages.localizer import Localizer
from bot.messages.sending import person_of, say
from storage.access.models import AccessRefusal


class Curators:
    """Lets curators change the articles, and turns everybody else away."""

    def __init__(self, access: Access, localizer: Localizer) -> None:
        self._access, self._localizer = access, localizer

    async def admits(
        self, update: Update, context: ContextTypes.DEFAULT_TYPE, message: Message, refusal: str = "curators-only"
    ) -> bool:
        """Whether a message's author is a curator; if not, they are told so by the `refusal` template."""
        if await self.knows(person_of(message)):
            return True
        await self.refuse(update, context)
        await say(message, self._localizer.to_author(message).notice(refusal))
        return False

    async def knows(self, user_id: int | None) -> bool:
        """Whether a person may change the articles."""
        return await asyncio.to_thread(self._access.is_curator, user_id)

    async def refuse(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Put on record that a person tried who may not."""
        attempt = read_attempt(update, context.bot, (), self._access.now())
        await asyncio.to_thread(self._access.record_refusal, attempt, AccessRefusal.ROLE)
