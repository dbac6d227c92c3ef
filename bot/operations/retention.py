"""Retention: questions, drafts and finished updates are deleted at the end of their time."""

import asyncio
import datetime as dt
import logging
from functools import partial
from typing import NamedTuple

from bot.clock import Clock, repeat, utc_now
from storage.chats.upload_drafts import DraftBook
from storage.delivery.inbox import Inbox
from storage.record.people import PeopleRecord

EVERY_SECONDS = 3_600

logger = logging.getLogger(__name__)


class RetentionReport(NamedTuple):
    """How many questions and drafts were deleted."""

    questions: int
    drafts: int


class Retention:
    """Forgets questions after `keep_days`, or never, and deletes drafts and finished updates after their own time."""

    def __init__(
        self,
        people: PeopleRecord,
        drafts: DraftBook,
        inbox: Inbox,
        keep_days: int | None,
        clock: Clock = utc_now,
    ) -> None:
        self._people, self._drafts, self._inbox = people, drafts, inbox
        self._keep_days, self._clock = keep_days, clock

    async def run(self) -> None:
        """Delete now and once an hour, until cancelled."""
        await repeat(partial(asyncio.to_thread, self.once), EVERY_SECONDS, "What is old could not be forgotten.")

    def once(self) -> RetentionReport:
        """Delete everything that is too old now.

        Raises:
            DatabaseError: The database cannot be written.
        """
        drafts = self._drafts.sweep(self._clock())
        if drafts:
            logger.info("Forgotten: %s documents that nobody decided on", drafts)
        self._inbox.sweep(self._clock())
        questions = 0
        if self._keep_days is not None:
            questions = self._people.forget_before(self._clock() - dt.timedelta(days=self._keep_days))
        if questions:
            logger.info("Forgotten: %s questions older than %s days", questions, self._keep_days)
        return RetentionReport(questions, drafts)
