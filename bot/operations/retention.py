"""What is done once an hour: what was kept long enough is forgotten."""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable
from typing import NamedTuple

from retrieval.errors import PolicydeskError
from storage.chats.upload_drafts import DraftBook
from storage.delivery.inbox import Inbox
from storage.record.people import PeopleRecord

EVERY_SECONDS = 3_600

logger = logging.getLogger(__name__)


class RetentionReport(NamedTuple):
    """What was forgotten.

    Attributes:
        questions: How many questions were too old.
        drafts: How many documents waited too long for somebody to decide on them.
    """

    questions: int
    drafts: int


class Retention:
    """Forgets what is older than it may get."""

    def __init__(
        self,
        people: PeopleRecord,
        drafts: DraftBook,
        inbox: Inbox,
        keep_days: int | None,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        """Set up.

        Args:
            people: What is on record.
            drafts: Documents that wait to be decided on.
            inbox: Updates, of which those that are done are known for a while.
            keep_days: After how many days it is forgotten; None for never.
            clock: Gives the time, with its zone.
        """
        self._people, self._drafts, self._inbox = people, drafts, inbox
        self._keep_days, self._clock = keep_days, clock

    async def run(self) -> None:
        """Do it now and once an hour, until cancelled."""
        while True:
            try:
                await asyncio.to_thread(self.once)
            except PolicydeskError as error:  # in an hour it may work
                logger.warning("What is old could not be forgotten. %s", error)
            await asyncio.sleep(EVERY_SECONDS)

    def once(self) -> RetentionReport:
        """Forget what is too old now.

        Returns:
            How much that was.

        Raises:
            DatabaseError: It could not be done.
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
