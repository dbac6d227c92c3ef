"""The reading of all articles anew, for curators."""

from telegram import Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes

from bot.articles.listing import SKIPPED_SHOWN
from bot.articles.reloader import LibraryReloader
from bot.handlers.administration.curators import Curators
from bot.messages.localizer import Localizer
from bot.messages.sending import PEOPLE, is_from_bot, say


class ReloadCommand:
    """Has the articles read again, and reports the changes."""

    def __init__(self, reloader: LibraryReloader, localizer: Localizer, curators: Curators) -> None:
        self._reloader, self._localizer, self._curators = reloader, localizer, curators

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handlers."""
        return [CommandHandler("reload", self.reload, PEOPLE)]

    async def reload(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """`/reload`: the changes of the articles since they were last read."""
        message = update.message
        if message is None or is_from_bot(message) or not await self._curators.admits(update, context, message):
            return
        reload = await self._reloader.reload(thorough=True)
        skipped = reload.library.skipped
        words = self._localizer.to_author(message).notice(
            "reloaded",
            problem=reload.problem,
            flaw=reload.flaw,
            changes=reload.changes,
            count=len(reload.library.sources),
            skipped=skipped[:SKIPPED_SHOWN],
            more_skipped=max(0, len(skipped) - SKIPPED_SHOWN),
        )
        await say(message, words)
