"""The gate: every update passes it before any other handler sees it, and a refused one goes no further."""

import logging
from collections.abc import Collection
from functools import partial

from telegram import CallbackQuery, InlineQueryResultsButton, Message, Update, User
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop, BaseHandler, ContextTypes, TypeHandler

from bot.access.policy import Access, GateDecision, GateOutcome
from bot.delivery.group_commit import GroupCommit
from bot.handlers.administration.attempts import read_attempt
from bot.handlers.administration.overload import OverloadNotices
from bot.handlers.administration.owners import Owners
from bot.messages.localizer import Localizer
from bot.messages.sending import say
from prompts.models import Channel
from storage.access.models import Attempt

INLINE_SECONDS = 10
"""How long Telegram may show the same person again that inline mode holds nothing for them."""

logger = logging.getLogger(__name__)


class Gate:
    """Lets updates through, or answers for those that it stops; what cannot be decided is stopped."""

    def __init__(
        self,
        access: Access,
        commits: GroupCommit,
        interpreter: Localizer,
        owners: Owners,
        overload: OverloadNotices,
        commands: Collection[str],
    ) -> None:
        """Set up the gate.

        Args:
            access: Who may ask.
            commits: Writes what was decided.
            interpreter: Has the words of refusals.
            owners: Asks the owners.
            overload: Knows which questions are turned away.
            commands: The names of the bot's commands.
        """
        self._access, self._commits = access, commits
        self._interpreter, self._owners, self._commands = interpreter, owners, commands
        self._overload = overload

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """What to react to, before all others: everything."""
        return [TypeHandler(Update, self.check)]

    async def check(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Let an update through, or stop it.

        Raises:
            ApplicationHandlerStop: It goes no further.
        """
        if update.my_chat_member is not None:
            return
        attempt = None
        try:
            attempt = read_attempt(update, context.bot, self._commands, self._access.now())
            crowd = self._overload.crowd(update.message)
            ruling = await self._commits.write(partial(self._access.rule, attempt, crowd))
            self._overload.ruled(attempt, ruling.outcome)
            if ruling.outcome is GateOutcome.ALLOWED or _has_moved(update.message):
                return
            await self._stop(update, attempt, ruling)
        except Exception as error:  # noqa: BLE001 - python-telegram-bot would go on to the handlers; it is reported
            await _report(update, context, attempt, error)
        raise ApplicationHandlerStop

    async def _stop(self, update: Update, attempt: Attempt, ruling: GateDecision) -> None:
        try:
            await self._answer(update, attempt, ruling)
        except TelegramError as error:
            logger.info("Update %s was refused, which could not be said: %s", update.update_id, error)
        if ruling.knock is not None:
            await self._owners.show(update.get_bot(), ruling.knock)

    async def _answer(self, update: Update, attempt: Attempt, ruling: GateDecision) -> None:
        message = update.message or update.edited_message
        if update.callback_query is not None:
            await update.callback_query.answer(self._toast(update.callback_query, ruling))
        elif update.inline_query is not None:
            button = self._way_in(update.inline_query.from_user, ruling)
            await update.inline_query.answer([], cache_time=INLINE_SECONDS, is_personal=True, button=button)
        elif message is not None and attempt.is_meant and (words := self._words(message, attempt, ruling)):
            await say(message, words)

    def _words(self, message: Message, attempt: Attempt, ruling: GateDecision) -> str | None:
        """What to say in the chat; None where it has been said."""
        renderer = self._interpreter.to_author(message)
        if ruling.knock is not None:
            return renderer.notice("access-refused", party=ruling.knock.party) if ruling.knock.is_answered else None
        if ruling.outcome is GateOutcome.BUSY:
            return renderer.notice("busy", waiting=ruling.waiting) if self._overload.is_to_be_told(attempt) else None
        wait = ruling.wait
        return renderer.notice("limit", wait=wait) if wait is not None and wait.is_told else None

    def _toast(self, query: CallbackQuery, ruling: GateDecision) -> str:
        """What to show whoever pressed a button."""
        renderer = self._interpreter.to_presser(query)
        if ruling.wait is not None:
            return renderer.notice("limit", Channel.CLI, wait=ruling.wait)
        return renderer.notice("access-refused", Channel.CLI)

    def _way_in(self, person: User, ruling: GateDecision) -> InlineQueryResultsButton | None:
        """The button above an empty list that leads into the private chat, where access is asked for."""
        if ruling.outcome in {GateOutcome.TOO_MUCH, GateOutcome.BUSY}:
            return None
        words = self._interpreter.to_user(person).notice("access-inline", Channel.CLI)
        return InlineQueryResultsButton(words, start_parameter="access")


async def _report(
    update: Update, context: ContextTypes.DEFAULT_TYPE, attempt: Attempt | None, error: Exception
) -> None:
    """Report that something could not be let through; who talks to others rather than to the bot is not told."""
    if attempt is not None and attempt.is_meant:
        await context.application.process_error(update, error)
    else:
        logger.error("Update %s could not be let through: %r", update.update_id, error, exc_info=error)


def _has_moved(message: Message | None) -> bool:
    """Whether a message says that a group has another id now, which counts whether it was let in or not."""
    return message is not None and (message.migrate_to_chat_id is not None or message.migrate_from_chat_id is not None)
