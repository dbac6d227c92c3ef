"""What went wrong on the way of an update, whether to try again, and after which pauses."""

import asyncio
import datetime as dt
import logging
import re
from collections.abc import Awaitable, Callable, Iterator
from enum import Enum, auto
from typing import TypeVar

import httpx
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from storage.errors import DatabaseGoneError, UnavailableError

FIRST, LONGEST = 0.25, 30.0
"""Seconds before the first further attempt, and at most."""
_NEVER = re.compile(
    r"chat not found|message to (?:edit|be replied|reply) not found|message thread not found|topic_(?:closed|deleted)"
    r"|message can't be edited|message is not modified|not enough rights|no rights to send|administrator rights"
    r"|user is deactivated|was deactivated|chat_write_forbidden|peer_id_invalid|bot was (?:kicked|blocked)",
    re.IGNORECASE,
)
"""What Telegram says (400) of chats and messages that are gone or closed to the bot: saying it again does not help."""
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

    RECIPIENT = auto()
    """Nobody can be told: the chat or the message is gone, or the bot is shut out. Nothing to do."""
    PASSING = auto()
    """Telegram, the network or the database cannot be used now. To be tried until it works."""
    OURS = auto()
    """The update, or what handles it, is at fault. Trying a few times is enough."""


def failure_kind(error: Exception) -> FailureKind:
    """Tell whose trouble an error is."""
    if isinstance(error, Forbidden | ChatMigrated) or (isinstance(error, BadRequest) and _NEVER.search(error.message)):
        return FailureKind.RECIPIENT
    if isinstance(error, BadRequest):
        return FailureKind.OURS
    return FailureKind.PASSING if isinstance(error, TelegramError | UnavailableError) else FailureKind.OURS


def is_refusal(error: Exception) -> bool:
    """Whether Telegram refused a call, so that another attempt is no use."""
    return isinstance(error, Forbidden | ChatMigrated | BadRequest | InvalidToken | Conflict)


def is_surely_unsent(error: Exception) -> bool:
    """Whether a call surely did not take effect: Telegram was not reached, or said that it came too soon."""
    return isinstance(error, RetryAfter) or isinstance(error.__cause__, _UNSENT)


def seconds_to_wait(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)
