"""What is written in the database meanwhile is written together: all that waits goes into the next transaction."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

from bot.inbox.pauses import pauses
from storage.database.connection import DeskDatabase
from storage.errors import DatabaseError

GATHERING = 3
"""How often all others have their turn before a transaction begins: while little goes on that takes no time, and while
much does it halves the number of transactions."""

Value = TypeVar("Value")

logger = logging.getLogger(__name__)


class _Entry(NamedTuple):
    act: Callable[[], Any]
    synced: bool
    written: "asyncio.Future[Any]"


class GroupCommit:
    """Writes for all chats, in the order in which it is asked to.

    While one transaction is written, what else is to be written gathers for the next. With many chats at once that
    takes one thread, one transaction and one wait for the disk for all of them; with one it waits for nobody.
    """

    def __init__(self, database: DeskDatabase) -> None:
        """Set up.

        Args:
            database: What is written to.
        """
        self._database = database
        self._thread = ThreadPoolExecutor(1, "commits")  # its own, so that no question is waited for
        self._entries: list[_Entry] = []
        self._task: asyncio.Task[None] | None = None
        self._again: set[asyncio.Task[Any]] = set()

    def write(self, act: Callable[[], Value], *, synced: bool = False) -> "asyncio.Future[Value]":
        """Have something written, after all that this was asked for before.

        Args:
            act: Writes it, with methods of what is kept in the database.
            synced: Whether it must be on disk; else it outlives a crash of the program, but maybe no power failure.

        Returns:
            To be awaited: what the act gave back, when what it wrote stands; or what it raised, or a DatabaseError
            where it could not be written.
        """
        written: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
        self._entries.append(_Entry(act, synced, written))
        if self._task is None:
            self._task = asyncio.create_task(self._write_all())
        return written

    def later(self, act: Callable[[], object], then: Callable[[], None]) -> None:
        """Have something written after all that this was asked for before; tried again like `surely`, but not awaited.

        What is written after it stands only when it does, unless the database could not be used meanwhile.

        Args:
            act: Writes it.
            then: Done when it stands.
        """

        def follow(written: "asyncio.Future[object]") -> None:
            if written.cancelled():
                return
            if isinstance(written.exception(), DatabaseError):
                task = asyncio.create_task(self.surely(act))
                task.add_done_callback(follow)
                self._again.add(task)
                task.add_done_callback(self._again.discard)
            elif (error := written.exception()) is not None:
                logger.error("What was to be written later was not: %r", error)
            else:
                then()

        self.write(act).add_done_callback(follow)

    async def surely(self, act: Callable[[], Value], *, synced: bool = False) -> Value:
        """Have something written, and go on trying for as long as the database cannot be used."""
        for pause in pauses():
            try:
                return await self.write(act, synced=synced)
            except DatabaseError as error:
                logger.error("%s Trying again in %s s", error, pause)
                await asyncio.sleep(pause)
        raise AssertionError  # pauses have no end

    async def _write_all(self) -> None:
        while self._entries:
            for _ in range(GATHERING):
                await asyncio.sleep(0)
            entries, self._entries = self._entries, []
            for entry, outcome in zip(entries, await self._outcomes(entries), strict=True):
                if entry.written.done():  # nobody waits for it any more
                    continue
                if isinstance(outcome, Exception):
                    entry.written.set_exception(outcome)
                else:
                    entry.written.set_result(outcome)
        self._task = None

    async def _outcomes(self, entries: list[_Entry]) -> list[Any]:
        acts, synced = [entry.act for entry in entries], any(entry.synced for entry in entries)
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, lambda: self._database.write_together(acts, synced=synced))
        except Exception as error:  # noqa: BLE001 - whoever waits for it is told
            return [error] * len(entries)
