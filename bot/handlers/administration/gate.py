"""The gate, before all other handlers: a refused update goes no further."""

import logging
from collections.abc import Collection

from cachetools import TTLCache
from telegram import CallbackQuery, InlineQueryResultsButton, Message, Update, User
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop, BaseHandler, ContextTypes, TypeHandler

from bot.access.policy import Access, GateDecision, GateOutcome
from bot.clock import TelegramClock
from bot.delivery.group_commit import GroupCommit
from bot.delivery.raw_updates import is_own
from bot.handlers.administration.attempts import read_attempt
from bot.handlers.administration.overload import OverloadNotices
from bot.handlers.administration.owners import Owners
from bot.messages.addressing import Albums
from bot.messages.localizer import Localizer
from bot.messages.sending import acknowledge, say
from prompts.models import Channel
from storage.access.models import Attempt
from storage.access.parties import ONCE_EVERY

REMEMBERED = 10_000
"""Of how many parties it is known that they were told a second time to wait."""
INLINE_SECONDS = 10
"""How long Telegram may show the same person again that inline mode holds nothing for them."""

logger = logging.getLogger(__name__)


class Gate:
    """Lets updates through, or stops and answers them; an undecidable update is stopped."""

    def __init__(  # noqa: PLR0913, PLR0917 - each is another thing it needs
        self,
        access: Access,
        group_commit: GroupCommit,
        localizer: Localizer,
        owners: Owners,
        overload: OverloadNotices,
        albums: Albums,
        clock: TelegramClock,
        commands: Collection[str],
    ) -> None:
        self._access, self._group_commit = access, group_commit
        self._localizer, self._owners, self._commands = localizer, owners, commands
        self._overload, self._albums, self._clock = overload, albums, clock
        self._told_to_wait: TTLCache[int, bool] = TTLCache(REMEMBERED, ONCE_EVERY.total_seconds())

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handler of every update."""
        return [TypeHandler(Update, self.check)]

    async def check(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Let an update through, or stop it.

        Raises:
            ApplicationHandlerStop: It goes no further.
        """
        if update.my_chat_member is not None or is_own(update.update_id):
            return
        attempt = None
        try:
            is_part = self._albums.is_further(update.message or update.edited_message)
            attempt = read_attempt(update, context.bot, self._commands, self._clock.now(), is_part=is_part)
            crowd = self._overload.crowd(update.message)
            ruling = await self._group_commit.write(self._access.rule, attempt, crowd)
            self._overload.note_outcome(attempt, ruling.outcome)
            if ruling.outcome is GateOutcome.ALLOWED or _has_moved(update.message):
                return
            await self._stop(update, attempt, ruling)
        except Exception as error:  # noqa: BLE001 - python-telegram-bot would go on to the handlers; it is reported
            await _report(update, context, attempt, error)
        raise ApplicationHandlerStop

    async def _stop(self, update: Update, attempt: Attempt, ruling: GateDecision) -> None:
        request = ruling.request
        is_asked = request is not None and await self._owners.show(update.get_bot(), request)
        if request is not None and attempt.is_question and not request.party.is_barred:
            self._owners.hold(request.party, update)
        try:
            await self._answer(update, attempt, ruling, is_asked=is_asked)
        except TelegramError as error:
            logger.info("Update %s was refused, which could not be said: %s", update.update_id, error)

    async def _answer(self, update: Update, attempt: Attempt, ruling: GateDecision, *, is_asked: bool) -> None:
        """Answer a stopped update; `is_asked` is whether an owner knows that access is asked for."""
        message = update.message or update.edited_message
        if update.callback_query is not None:
            await acknowledge(update.callback_query, self._toast(update.callback_query, ruling), is_alert=False)
        elif update.inline_query is not None:
            button = self._way_in(update.inline_query.from_user, ruling)
            await update.inline_query.answer([], cache_time=INLINE_SECONDS, is_personal=True, button=button)
        elif message is not None and attempt.is_meant and (words := self._words(message, attempt, ruling, is_asked)):
            await say(message, words)

    def _words(self, message: Message, attempt: Attempt, ruling: GateDecision, is_asked: bool) -> str | None:
        """The words for the chat; None where they have been said."""
        renderer = self._localizer.to_author(message)
        if (request := ruling.request) is not None:
            values = {"party": request.party, "is_asked": is_asked}
            if request.is_answered:
                return renderer.notice("access-refused", **values)
            if request.party.is_barred or not is_asked or request.party.id in self._told_to_wait:
                return None
            self._told_to_wait[request.party.id] = True
            return renderer.notice("access-waiting", party=request.party)
        if ruling.outcome is GateOutcome.BUSY:
            return renderer.notice("busy", waiting=ruling.waiting) if self._overload.is_notice_due(attempt) else None
        wait = ruling.wait
        return renderer.notice("limit", wait=wait) if wait is not None and wait.is_told else None

    def _toast(self, query: CallbackQuery, ruling: GateDecision) -> str:
        """The answer to a press."""
        renderer = self._localizer.to_presser(query)
        if ruling.wait is not None:
            return renderer.notice("limit", Channel.CLI, wait=ruling.wait) if ruling.wait.is_told else ""
        return renderer.notice("access-refused", Channel.CLI)

    def _way_in(self, person: User, ruling: GateDecision) -> InlineQueryResultsButton | None:
        """The button above an empty list: how long to wait, or the way into the private chat to ask for access."""
        if ruling.wait is not None:
            words = self._localizer.to_user(person).notice("inline-hint", Channel.CLI, hint="limit", wait=ruling.wait)
            return InlineQueryResultsButton(words, start_parameter="limit")
        if ruling.outcome is GateOutcome.BUSY:
            return None
        words = self._localizer.to_user(person).notice("inline-hint", Channel.CLI, hint="request")
        return InlineQueryResultsButton(words, start_parameter="access")


async def _report(
    update: Update, context: ContextTypes.DEFAULT_TYPE, attempt: Attempt | None, error: Exception
) -> None:
    """Report an update that could not be let through; a person who talks to others than the bot is not told."""
    if attempt is not None and attempt.is_meant:
        await context.application.process_error(update, error)
    else:
        logger.error("Update %s could not be let through: %r", update.update_id, error, exc_info=error)


def _has_moved(message: Message | None) -> bool:
    """Whether a message says that a group has another id now, which counts whether it was let in or not."""
    return message is not None and (message.migrate_to_chat_id is not None or message.migrate_from_chat_id is not None)
