"""Updates are worked off: those of a chat in their order, chats side by side, each until it is done or set aside."""

import asyncio
import datetime as dt
import json
import logging
from collections import deque
from collections.abc import Iterable
from functools import partial
from typing import Any, Protocol

from telegram import Bot, Update
from telegram.ext import Application

from bot.delivery.backpressure import Backpressure
from bot.delivery.current_update import CurrentUpdate, handling
from bot.delivery.group_commit import GroupCommit
from bot.delivery.retrying import FailureKind, failure_kind
from bot.inbox.pauses import pauses
from storage.delivery.inbox import Inbox, InboxEntry, PendingUpdate
from storage.errors import DatabaseError

AT_ONCE = 32
"""How many updates are worked off at the same time; and as many of those that came when too many waited, which do not
wait for these: questions among them are turned away."""
TRIED = 3
"""How often an update is tried that fails by its own fault."""
WAITED = 100
"""How often an update is tried while Telegram or the database cannot be used: about fifty minutes."""
HELD = 1_000
"""Of how many updates that wait what they say is held in memory; of more it is read when their turn comes."""
_TELLING = 1_000
"""What is said of an update that is set aside is numbered from here, apart from what its handlers said."""

logger = logging.getLogger(__name__)


class FailureNotifier(Protocol):
    """Tells people that an update could not be worked off."""

    async def tell_asker(self, update: Update) -> None:
        """Tell whoever waits for an answer."""
        ...

    async def tell_owners(self, bot: Bot, update_id: int) -> None:
        """Tell the owners that it was set aside."""
        ...


class Worker:
    """Works off what waits in the inbox."""

    def __init__(
        self,
        application: Application[Any, Any, Any, Any, Any, Any],
        inbox: Inbox,
        commits: GroupCommit,
        failed: FailureNotifier,
        room: Backpressure,
    ) -> None:
        """Set up.

        Args:
            application: Has the handlers.
            inbox: What waits.
            commits: Writes what becomes of it.
            failed: Tells people of what could not be worked off.
            room: Knows how much waits.
        """
        self._application, self._inbox, self._commits, self._failed = application, inbox, commits, failed
        self._room = room
        self._slots, self._aside = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(AT_ONCE)
        self._queues: dict[int, deque[PendingUpdate]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, turns: Iterable[PendingUpdate]) -> None:
        """Work off updates that wait in the inbox; those that are known already are left as they are.

        Args:
            turns: The updates, in their order.
        """
        for turn in turns:
            if turn.update_id in self._room:
                continue
            may_wait = self._room.enter(turn)
            is_held = len(self._room) <= HELD or not (may_wait or turn.chat_id in self._queues)
            held = turn if is_held else turn._replace(content="")
            if turn.chat_id in self._queues:
                self._queues[turn.chat_id].append(held)
            else:
                self._queues[turn.chat_id] = deque([held])
                self._start(self._work_off_chat(turn.chat_id))

    async def drain(self, seconds: float) -> None:
        """Work off what was taken, for so long at most; the rest stays in the inbox.

        Args:
            seconds: How long.
        """
        if self._tasks:
            await asyncio.wait({asyncio.ensure_future(self._all_done())}, timeout=seconds)
        if len(self._room):
            logger.warning("%s updates stay in the inbox until the next start", len(self._room))
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _all_done(self) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work_off_chat(self, chat_id: int) -> None:
        queue = self._queues[chat_id]
        try:
            while queue:
                if await self._work_off(queue[0]):
                    self._room.leave(queue[0].update_id)
                queue.popleft()
        finally:
            del self._queues[chat_id]

    async def _work_off(self, turn: PendingUpdate) -> bool:
        """Work off an update; says whether nothing of it goes on beside."""
        update_id = turn.update_id
        entry = _just_come(turn) if turn.content else None
        for pause, _ in zip(pauses(), range(WAITED), strict=False):
            try:
                crowd = self._room.crowd(update_id)
                async with self._aside if crowd else self._slots:
                    settled = await self._attempt(update_id, entry, crowd)
            except DatabaseError as error:
                logger.error("Update %s waits: %s", update_id, error)
                settled = None
            if settled is not None:
                return settled
            entry = None  # how often it was tried stands in the database
            await asyncio.sleep(pause)
        await self._commits.surely(
            partial(self._inbox.note_failure, update_id, "Telegram or the database could not be used for long")
        )
        await self._commits.surely(partial(self._inbox.set_aside, update_id))
        logger.error("Update %s was set aside: Telegram or the database could not be used for long", update_id)
        return True

    async def _attempt(self, update_id: int, entry: InboxEntry | None, crowd: int) -> bool | None:
        """Try once; None where it is to be tried again, else whether nothing of it goes on beside."""
        is_new = entry is not None
        entry = entry or await asyncio.to_thread(self._inbox.entry, update_id)
        if entry is None:  # somebody decided about it meanwhile
            return True
        update = self._parsed(entry)
        if isinstance(update, Exception):
            await self._set_aside(entry, None, update)
            return True
        if entry.attempts >= TRIED:
            await self._set_aside(entry, update, None)
            return True
        with handling(CurrentUpdate(update_id, is_new, crowd)) as current:
            await self._application.process_update(update)
        if current.error is not None:
            return await self._fail(entry, update, current.error)
        if current.beside:
            self._start(self._finish(entry, update, current))
            return False
        await self._commits.surely(partial(self._inbox.finish, update_id))
        return True

    def _parsed(self, entry: InboxEntry) -> Update | Exception:
        try:
            return Update.de_json(json.loads(entry.content), self._application.bot)
        except Exception as error:  # noqa: BLE001 - whatever it is, the update cannot be read, and is set aside
            return error

    async def _fail(self, entry: InboxEntry, update: Update, error: Exception) -> bool | None:
        """What follows when an attempt failed; as `_attempt`."""
        match failure_kind(error):
            case FailureKind.PASSING:
                logger.warning("Update %s waits: %s", entry.update_id, error)
                return None
            case FailureKind.RECIPIENT:
                logger.warning("Update %s could not be answered: %r", entry.update_id, error)
                await self._commits.surely(partial(self._inbox.finish, entry.update_id))
                return True
        attempts = await self._commits.surely(partial(self._inbox.note_failure, entry.update_id, repr(error)))
        if attempts < TRIED:
            logger.warning("Update %s failed and is tried again: %r", entry.update_id, error)
            return None
        await self._set_aside(entry, update, error)
        return True

    async def _set_aside(self, entry: InboxEntry, update: Update | None, error: Exception | None) -> None:
        """Log it, tell the asker and the owners, and only then have it wait no more: so they are surely told."""
        number = entry.update_id
        logger.error("Update %s failed: %r", number, error or entry.error, exc_info=error)
        if update is None:
            await self._commits.surely(partial(self._inbox.note_failure, number, repr(error)))
        with handling(CurrentUpdate(number, said=_TELLING)):
            if update is not None:
                await self._failed.tell_asker(update)
            await self._failed.tell_owners(self._application.bot, number)
        await self._commits.surely(partial(self._inbox.set_aside, number))

    async def _finish(self, entry: InboxEntry, update: Update, current: CurrentUpdate) -> None:
        """Wait for what goes on beside; where it fails the update is set aside at once."""
        results = await asyncio.gather(*current.beside, return_exceptions=True)
        errors = [result for result in results if isinstance(result, Exception)]
        if errors and failure_kind(errors[0]) is not FailureKind.RECIPIENT:
            await self._commits.surely(partial(self._inbox.note_failure, entry.update_id, repr(errors[0])))
            await self._set_aside(entry, update, errors[0])
        else:
            await self._commits.surely(partial(self._inbox.finish, entry.update_id))
        self._room.leave(entry.update_id)


def _just_come(turn: PendingUpdate) -> InboxEntry:
    return InboxEntry(
        update_id=turn.update_id, content=turn.content, received_at=dt.datetime.now(dt.UTC), attempts=0, error=""
    )
