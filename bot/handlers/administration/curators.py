"""What only curators may do: others are told so, and their attempt is put on record."""

import asyncio

from telegram import Message, Update
from telegram.ext import ContextTypes

from bot.access.policy import Access
from bot.handlers.administration.attempts import read_attempt
from bot.messages.localizer import Localizer
from bot.messages.sending import person_of, say
from storage.access.models import AccessRefusal


class Curators:
    """Lets curators do what changes the articles, and turns everybody else away."""

    def __init__(self, access: Access, interpreter: Localizer) -> None:
        """Set up who may change articles.

        Args:
            access: Who is a curator.
            interpreter: Has the words of refusals.
        """
        self._access, self._interpreter = access, interpreter

    async def admits(
        self, update: Update, context: ContextTypes.DEFAULT_TYPE, message: Message, refusal: str = "curators-only"
    ) -> bool:
        """Whether a message's author may do what only curators may; if not, they are told.

        Args:
            update: What brought the message.
            context: Where it was brought.
            message: The message.
            refusal: The template of what they are told.
        """
        if await self.knows(person_of(message)):
            return True
        await self.refuse(update, context)
        await say(message, self._interpreter.to_author(message).notice(refusal))
        return False

    async def knows(self, user_id: int | None) -> bool:
        """Whether somebody may change the articles."""
        return await asyncio.to_thread(self._access.is_curator, user_id)

    async def refuse(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Put on record that somebody tried who may not."""
        attempt = read_attempt(update, context.bot, (), self._access.now())
        await asyncio.to_thread(self._access.record_refusal, attempt, AccessRefusal.ROLE)
