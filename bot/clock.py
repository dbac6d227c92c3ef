"""The clock of the desk, which tests replace, and the jobs that run by the time of day."""

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from retrieval.errors import PolicydeskError
from storage.errors import DatabaseGoneError

logger = logging.getLogger(__name__)


class Clock(Protocol):
    """Gives the time, with its zone."""

    def __call__(self) -> dt.datetime:
        """Return the time."""
        ...


def utc_now() -> dt.datetime:
    """Return the time of this machine, in UTC."""
    return dt.datetime.now(dt.UTC)


class SecondsClock(Protocol):
    """Gives a time in seconds."""

    def __call__(self) -> float:
        """Return the seconds."""
        ...


SAME = dt.timedelta(seconds=5)
"""A difference between two clocks that counts as none: Telegram tells whole seconds, and messages are on their way."""


class TelegramClock:
    """Telegram's time beside that of this machine, whose clock may be wrong, by the difference last seen."""

    def __init__(self, clock: Clock = utc_now) -> None:
        self._clock, self._ahead = clock, dt.timedelta()

    def note(self, sent: dt.datetime) -> None:
        """Note Telegram's date of an event of just now."""
        ahead = self._clock() - sent
        self._ahead = ahead if abs(ahead) >= SAME else dt.timedelta()

    def now(self) -> dt.datetime:
        """The time as Telegram has it."""
        return self._clock() - self._ahead

    def here(self, time: dt.datetime) -> dt.datetime:
        """A time of Telegram's as this machine's clock has it."""
        return time + self._ahead


async def repeat(job: Callable[[], Awaitable[object]], seconds: float, trouble: str) -> None:
    """Run a job now and every so many seconds, until cancelled; what cannot be done now is logged after the `trouble`.

    That the database is gone is not, for the bot ends of it with a line of its own.
    """
    while True:
        try:
            await job()
        except DatabaseGoneError:
            pass
        except PolicydeskError as error:  # such as a database that is busy
            logger.warning("%s %s", trouble, error)
        await asyncio.sleep(seconds)
