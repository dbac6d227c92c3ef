"""Questions that come while too many wait: which of them are turned away, and where that is said."""

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable

from telegram import Message

from bot.access.policy import GateOutcome
from bot.delivery.current_update import current_update
from storage.access.models import Attempt

QUIET = dt.timedelta(minutes=1)
"""How long a chat that was told so is not told again, unless it was answered in between."""
REMEMBERED = 10_000
"""Of how many chats it is known that they were told."""


class OverloadNotices:
    """Remembers which chats were told that too many wait."""

    def __init__(self, is_awaited: Callable[[Message], bool], turned_away: Callable[[], None] | None) -> None:
        """Set up.

        Args:
            is_awaited: Whether a message is something that the bot asked for, and no question.
            turned_away: Told of every question that is turned away; None for nobody.
        """
        self._is_awaited, self._turned_away = is_awaited, turned_away
        self._told: OrderedDict[int | None, dt.datetime] = OrderedDict()

    def crowd(self, message: Message | None) -> int:
        """How many wait before the update that is worked off, where a question would be turned away for it; else 0.

        Args:
            message: The message that it is about; none where it is about none, or about one that was edited.
        """
        current = current_update()
        return 0 if current is None or (message is not None and self._is_awaited(message)) else current.crowd

    def ruled(self, attempt: Attempt, outcome: GateOutcome) -> None:
        """Note what became of an attempt: a chat whose question is taken is told again the next time."""
        if outcome is GateOutcome.BUSY and self._turned_away is not None:
            self._turned_away()
        if outcome is GateOutcome.ALLOWED and attempt.is_question:
            self._told.pop(attempt.chat_id, None)

    def is_to_be_told(self, attempt: Attempt) -> bool:
        """Whether somebody who is turned away is told so, for a chat is not to be filled with it."""
        told_at = self._told.get(attempt.chat_id)
        if told_at is not None and abs(attempt.at - told_at) < QUIET:  # a clock may have been set back
            return False
        self._told[attempt.chat_id] = attempt.at
        self._told.move_to_end(attempt.chat_id)
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return True
