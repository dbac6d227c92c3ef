"""How long to wait before something that failed is tried again."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import TypeVar

from storage.errors import DatabaseError

FIRST, LONGEST = 0.25, 30.0
"""Seconds before the first further attempt, and at most."""

Value = TypeVar("Value")

logger = logging.getLogger(__name__)


def pauses(first: float = FIRST, longest: float = LONGEST) -> Iterator[float]:
    """Seconds to wait before each further attempt, without end: twice as long each time, up to the longest."""
    while True:
        yield first
        first = min(first * 2, longest)


async def surely(act: Callable[[], Value]) -> Value:
    """Do something in the database, and go on trying for as long as the database cannot be used.

    Args:
        act: Does it; called in a thread.
    """
    for pause in pauses():
        try:
            return await asyncio.to_thread(act)
        except DatabaseError as error:
            logger.error("%s Trying again in %s s", error, pause)
            await asyncio.sleep(pause)
    raise AssertionError  # pauses have no end
