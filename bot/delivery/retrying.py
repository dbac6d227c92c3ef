"""What went wrong on the way of an update, whether to try again, and after which pauses."""

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Iterator
from enum import Enum, auto
from typing import TypeVar

import httpx
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from storage.errors import DatabaseGoneError, UnavailableError

FIRST, LONGEST = 0.25, 30.0
"""Seconds before the first further attempt, and at most."""
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

Result = TypeVar("Result")

logger = logging.getLogger(__name__)


def pauses(first: float = FIRST, longest: float = LONGEST) -> Iterator[float]:
    """Seconds to wait before each further attempt, without end: twice as long each time, up to the longest."""
    while True:
        yield first
        first = min(first * 2, longest)


async def retry(
    attempt: Callable[[], Awaitable[Result]], passing: type[Exception], report: str, level: int = logging.WARNING
) -> Result:
    """Await an attempt until it succeeds; an error of the passing kind is logged, as `report` % (error, pause)."""
    for pause in pauses():
        try:
            return await attempt()
        except DatabaseGoneError:  # nothing can be written any more, until the bot is started again
            raise
        except passing as error:
            logger.log(level, report, error, pause)
            await asyncio.sleep(pause)
    raise AssertionError  # pauses have no end


class FailureKind(Enum):
    """Whose trouble a failure is."""

    REFUSED = auto()
    """Telegram refuses the call, and would again: the chat or the message is gone or shut, or the call is wrong."""
    PASSING = auto()
    """Telegram, the network or the database cannot be used now. To be tried until it works."""
    OURS = auto()
    """The update, or what handles it, is at fault. Trying a few times is enough."""


def failure_kind(error: Exception) -> FailureKind:
    """Tell whose trouble an error is: by Telegram's code, for its words are many and change.

    What Telegram answers with 4xx does not pass by itself, but for 401, 409, 420 and 429.
    """
    if isinstance(error, Forbidden | ChatMigrated | BadRequest):
        return FailureKind.REFUSED
    if isinstance(error, InvalidToken):  # 401 and 404 alike
        return FailureKind.PASSING if "unauthorized" in error.message.lower() else FailureKind.REFUSED
    return FailureKind.PASSING if isinstance(error, TelegramError | UnavailableError) else FailureKind.OURS


def is_refusal(error: Exception) -> bool:
    """Whether Telegram refused a call, so that another attempt is no use."""
    return failure_kind(error) is FailureKind.REFUSED


def is_shut_out(error: Exception) -> bool:
    """Whether the bot was shut out of a chat or the chat moved, as happens every day and is nobody's fault."""
    return isinstance(error, Forbidden | ChatMigrated)


def is_surely_unsent(error: Exception) -> bool:
    """Whether a call surely did not take effect: Telegram was not reached, or said that it came too soon."""
    return isinstance(error, RetryAfter) or isinstance(error.__cause__, _UNSENT)


def seconds_to_wait(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)
