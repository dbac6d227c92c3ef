"""The watch over the files that the bot works from: the database, without which nothing may be said, and the rest."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from storage.database.connection import DeskDatabase
from storage.errors import DatabaseGoneError, LeadershipLostError

LOOK_SECONDS = 0.25
PATIENCE = 12
"""How many looks in a row something else than the database must be missed: a folder may be swapped for another."""
TELL_SECONDS = 10
"""How long the owners are tried to be told before the bot ends."""

logger = logging.getLogger(__name__)


class FileWatch:
    """Ends when the database is gone from its place, and tells the owners; says once when another file is."""

    def __init__(
        self, database: DeskDatabase, others: Iterable[Path], tell: Callable[[str, str], Awaitable[None]]
    ) -> None:
        """Set it up; `others` are watched as far as they are there now, and `tell` is given a notice and a name."""
        self._database, self._tell = database, tell
        self._missed = dict.fromkeys((path for path in others if path.exists()), 0)

    async def run(self, receiving: "asyncio.Task[None]") -> None:
        """Watch, while updates are taken in.

        Raises:
            DatabaseGoneError: The database is gone, which the owners were told.
        """
        try:
            while not receiving.done():
                self._database.check_place()
                await self._look_at_others()
                await asyncio.wait({receiving}, timeout=LOOK_SECONDS)
            receiving.result()
        except LeadershipLostError:  # whoever leads now has a say
            raise
        except DatabaseGoneError:
            await self._tell_in_time("database gone", self._database.path.name)
            raise

    async def _look_at_others(self) -> None:
        for path, missed in self._missed.items():
            self._missed[path] = 0 if path.exists() else missed + 1
            if self._missed[path] == PATIENCE:
                logger.error("%s is gone from its place; what was read of it before is used until it is back.", path)
                await self._tell_in_time("file gone", path.name)

    async def _tell_in_time(self, notice: str, name: str) -> None:
        try:
            async with asyncio.timeout(TELL_SECONDS):
                await self._tell(notice, name)
        except Exception as error:  # noqa: BLE001 - whatever keeps them from being told, the bot ends or goes on
            logger.warning("The owners could not be told that %s is gone: %r", name, error)
