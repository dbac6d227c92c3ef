"""Group commit: all that waits to be written goes into the database's next transaction together."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple, TypeVar, TypeVarTuple

from bot.delivery.retrying import retry
from storage.database.connection import DeskDatabase
from storage.errors import DatabaseError, DatabaseGoneError

GATHERING = 3
"""How often all others have their turn before a transaction begins: while little goes on that takes no time, and while
much does it halves the number of transactions."""
UNUSABLE = "%s Trying again in %s s"

Arguments = TypeVarTuple("Arguments")
Value = TypeVar("Value")

logger = logging.getLogger(__name__)


class _Entry(NamedTuple):
    act: Callable[[], Any]
    synced: bool
    future: "asyncio.Future[Any]"


class GroupCommit:
    """Writes for all chats, in the order of the calls; acts are methods of what is kept in the database.

    While one transaction is written, what else is to be written gathers for the next. With many chats at once that
    takes one thread, one transaction and one wait for the disk for all of them; with one it waits for nobody.

    Attributes:
        notes: For the notes of replies, apart from all other writes where the database takes them so.
    """

    def __init__(self, database: DeskDatabase, turns: int = GATHERING) -> None:
        self._database, self._turns = database, turns
        self._thread = ThreadPoolExecutor(1, "commits")  # its own, so that no question is waited for
        self._entries: list[_Entry] = []
        self._task: asyncio.Task[None] | None = None
        self._unawaited: set[asyncio.Task[None]] = set()
        self.notes = self if database.notes is None else GroupCommit(database.notes, turns=0)

    def write(
        self, act: Callable[[*Arguments], Value], *arguments: *Arguments, synced: bool = False
    ) -> "asyncio.Future[Value]":
        """Write; a write that is not `synced` outlives a crash of the program, but maybe no power failure.

        Returns:
            The act's result, when the write stands; or the act's error, or a DatabaseError.
        """
        future: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
        self._entries.append(_Entry(partial(act, *arguments), synced, future))
        if self._task is None:
            self._task = asyncio.create_task(self._write_all())
        return future

    async def surely(self, act: Callable[[*Arguments], Value], *arguments: *Arguments) -> Value:
        """Write, and go on trying for as long as the database cannot be used."""
        return await retry(partial(self.write, act, *arguments), DatabaseError, UNUSABLE, logging.ERROR)

    def later(self, act: Callable[[*Arguments], object], *arguments: *Arguments, then: Callable[[], None]) -> None:
        """Write as `surely`, not awaited, and call `then` when the write stands.

        What is written after it stands only when it does, unless the database could not be used meanwhile.
        """
        future = self.write(act, *arguments)
        task = asyncio.create_task(self._follow(future, partial(act, *arguments), then))
        self._unawaited.add(task)
        task.add_done_callback(self._unawaited.discard)

    async def _follow(
        self, future: "asyncio.Future[object]", act: Callable[[], object], then: Callable[[], None]
    ) -> None:
        try:
            try:
                await future
            except DatabaseError:
                await self.surely(act)
        except DatabaseGoneError:  # the bot ends, and what is in flight is noted at the next start
            pass
        except Exception as error:  # noqa: BLE001 - nobody awaits it
            logger.error("What was to be written later was not: %r", error)
        else:
            then()

    async def _write_all(self) -> None:
        while self._entries:
            for _ in range(self._turns):
                await asyncio.sleep(0)
            entries, self._entries = self._entries, []
            for entry, outcome in zip(entries, await self._outcomes(entries), strict=True):
                if entry.future.done():  # nobody waits for it any more
                    continue
                if isinstance(outcome, Exception):
                    entry.future.set_exception(outcome)
                else:
                    entry.future.set_result(outcome)
        self._task = None

    async def _outcomes(self, entries: list[_Entry]) -> list[Any]:
        acts, synced = [entry.act for entry in entries], any(entry.synced for entry in entries)
        write = partial(self._database.write_together, acts, synced=synced)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, write)
        except Exception as error:  # noqa: BLE001 - whoever waits for it is told
            return [error] * len(entries)
