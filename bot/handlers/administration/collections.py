"""The collections of a chat or topic, set by curators: questions there are answered from these only."""

import asyncio

from telegram import Message, Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes

from bot.desk.desk import Desk
from bot.handlers.administration.curators import Curators
from bot.messages.localizer import Localizer
from bot.messages.sending import PEOPLE, is_from_bot, say, topic_of
from storage.chats.collection_choices import CollectionChoices

ALL = "all"
"""The word for no tie."""


class Collections:
    """Shows and sets the collections that questions in a place are answered from."""

    def __init__(self, desk: Desk, ties: CollectionChoices, curators: Curators, localizer: Localizer) -> None:
        self._desk, self._ties, self._curators, self._localizer = desk, ties, curators, localizer

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handlers."""
        return [CommandHandler("use", self.use, PEOPLE)]

    async def use(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """`/use NAME ...`, `/use all`, or `/use` to see the collections."""
        message = update.message
        if message is None or is_from_bot(message):
            return
        names = [name.removeprefix("in:") for name in " ".join(context.args or ()).replace(",", " ").split()]
        if names and not await self._curators.admits(update, context, message):
            return
        if not names:
            await self._show(message, "shown")
        elif [name.lower() for name in names] == [ALL]:
            await asyncio.to_thread(self._ties.tie, message.chat_id, topic_of(message), ())
            await self._show(message, "undone")
        else:
            await self._tie(message, names)

    async def _tie(self, message: Message, names: list[str]) -> None:
        """Tie the place to the collections named; a name of none changes nothing."""
        found = {name: self._desk.library.reader.collections_named([name]) for name in names}
        unknown = [name for name, named in found.items() if not named]
        if unknown:
            await self._show(message, "unknown", unknown)
            return
        held = tuple(dict.fromkeys(collection for named in found.values() for collection in named))
        await asyncio.to_thread(self._ties.tie, message.chat_id, topic_of(message), held)
        await self._show(message, "tied")

    async def _show(self, message: Message, what: str, unknown: list[str] | None = None) -> None:
        tied = await asyncio.to_thread(self._ties.of, message.chat_id, topic_of(message))
        library = self._desk.library
        words = self._localizer.to_author(message).notice(
            "use",
            what=what,
            unknown=unknown or [],
            tied=tied,
            gone=[name for name in tied if not library.reader.collections_named([name])],
            known=library.reader.collections,
            is_topic=topic_of(message) is not None,
        )
        await say(message, words)
