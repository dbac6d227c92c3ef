"""Overload: which questions are turned away while too many wait, and in which chats that is said."""

import datetime as dt
from typing import Protocol

from cachetools import LRUCache
from telegram import Message
from telegram.ext import filters

from bot.access.policy import GateOutcome
from bot.delivery.current_update import current_update
from storage.access.models import Attempt

QUIET = dt.timedelta(minutes=1)
"""How long a chat that was told so is not told again, unless it was answered in between."""
REMEMBERED = 10_000
"""Of how many chats it is known that they were told."""


class RefusalCounter(Protocol):
    """Counts the questions that are turned away."""

    def count_refusal(self) -> None:
        """Count one."""
        ...


class OverloadNotices:
    """Remembers which chats were told that too many wait; an awaited message answers the bot, and is no question."""

    def __init__(self, awaited: filters.MessageFilter, counter: RefusalCounter | None) -> None:
        self._awaited, self._counter = awaited, counter
        self._notices: LRUCache[int | None, dt.datetime] = LRUCache(REMEMBERED)

    def crowd(self, message: Message | None) -> int:
        """How many wait before the current update, where a question would be turned away for that; else 0.

        `message` is the update's new message, if any.
        """
        current = current_update()
        return 0 if current is None or (message is not None and self._awaited.filter(message)) else current.crowd

    def note_outcome(self, attempt: Attempt, outcome: GateOutcome) -> None:
        """Note the outcome of an attempt: a chat whose question is taken is told again the next time."""
        if outcome is GateOutcome.BUSY and self._counter is not None:
            self._counter.count_refusal()
        if outcome is GateOutcome.ALLOWED and attempt.is_question:
            self._notices.pop(attempt.chat_id, None)

    def is_notice_due(self, attempt: Attempt) -> bool:
        """Whether a refusal is said, for a chat is not to be filled with them."""
        told_at = self._notices.get(attempt.chat_id)
        if told_at is not None and abs(attempt.at - told_at) < QUIET:  # a clock may have been set back
            return False
        self._notices[attempt.chat_id] = attempt.at
        return True
