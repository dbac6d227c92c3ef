"""The worker: updates of a chat are worked off in order, chats side by side, each until it is done or set aside."""

import asyncio
import datetime as dt
import json
import logging
from collections import deque
from collections.abc import Coroutine, Iterable
from typing import Any, Protocol

from telegram import Bot, Update
from telegram.ext import Application

from bot.delivery.backpressure import Backpressure
from bot.delivery.current_update import CurrentUpdate, Slot, handling
from bot.delivery.group_commit import GroupCommit
from bot.delivery.retrying import FailureKind, failure_kind, is_shut_out, pauses
from storage.delivery.inbox import Inbox, InboxEntry, PendingUpdate
from storage.errors import DatabaseError, DatabaseGoneError

AT_ONCE = 32
"""How many updates are worked off at the same time; and as many of those that came when too many waited, which do not
wait for these: questions among them are turned away."""
TRIED = 3
"""How often an update is tried that fails by its own fault."""
WAITED = 100
"""How often an update is tried while Telegram or the database cannot be used: about fifty minutes."""
HELD = 1_000
"""Of how many updates that wait what they say is held in memory; of more it is read when their turn comes."""
SAYING = "sendMessage"
"""The method by which a chat is told anything at all."""
_NOTICES = 1_000
"""What is said of an update that is set aside is numbered from here, apart from what its handlers said."""

logger = logging.getLogger(__name__)


class FailureNotifier(Protocol):
    """Tells people that an update could not be worked off."""

    async def tell_asker(self, update: Update) -> None:
        """Tell the person who waits for an answer."""
        ...

    async def tell_owners(self, bot: Bot, update_id: int) -> None:
        """Tell the owners that an update was set aside."""
        ...

    async def tell_refusal(self, bot: Bot, error: Exception) -> None:
        """Tell the owners, now and then, that Telegram refuses what the bot does."""
        ...


class Worker:
    """Works off what waits in the inbox."""

    def __init__(
        self,
        application: Application[Any, Any, Any, Any, Any, Any],
        inbox: Inbox,
        group_commit: GroupCommit,
        notifier: FailureNotifier,
        backpressure: Backpressure,
    ) -> None:
        self._application, self._inbox, self._group_commit = application, inbox, group_commit
        self._notifier, self._backpressure = notifier, backpressure
        self._slots, self._late_slots = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(AT_ONCE)
        self._queues: dict[int, deque[PendingUpdate]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, updates: Iterable[PendingUpdate]) -> None:
        """Work off updates that wait in the inbox, in their order; known ones are left as they are."""
        for update in updates:
            if update.update_id in self._backpressure:
                continue
            may_wait = self._backpressure.enter(update)
            is_held = len(self._backpressure) <= HELD or not (may_wait or update.chat_id in self._queues)
            queued = update if is_held else update._replace(content="")
            if update.chat_id in self._queues:
                self._queues[update.chat_id].append(queued)
            else:
                self._queues[update.chat_id] = deque([queued])
                self._start(self._work_off_chat(update.chat_id))

    async def drain(self, seconds: float) -> None:
        """Work off what was taken, for so long at most; the rest stays in the inbox."""
        if self._tasks:
            await asyncio.wait({asyncio.ensure_future(self._wait_for_all())}, timeout=seconds)
        if len(self._backpressure):
            logger.warning("%s updates stay in the inbox until the next start", len(self._backpressure))
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _wait_for_all(self) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work_off_chat(self, chat_id: int) -> None:
        queue = self._queues[chat_id]
        try:
            while queue:
                if await self._work_off(queue[0]):
                    self._backpressure.leave(queue[0].update_id)
                queue.popleft()
        finally:
            del self._queues[chat_id]

    async def _work_off(self, pending: PendingUpdate) -> bool:
        """Work off an update; says whether nothing of it goes on in the background."""
        update_id = pending.update_id
        entry = _new_entry(pending) if pending.content else None
        for pause, _ in zip(pauses(), range(WAITED), strict=False):
            try:
                crowd = self._backpressure.crowd(update_id)
                async with Slot(self._late_slots if crowd else self._slots):
                    is_settled = await self._attempt(update_id, entry, crowd)
            except DatabaseGoneError:  # the bot ends, which says so; the update stays in the inbox
                return False
            except DatabaseError as error:
                logger.error("Update %s waits: %s", update_id, error)
                is_settled = None
            if is_settled is not None:
                return is_settled
            entry = None  # how often it was tried stands in the database
            await asyncio.sleep(pause)
        await self._note_failure(update_id, "Telegram or the database could not be used for long")
        await self._group_commit.surely(self._inbox.set_aside, update_id)
        logger.error("Update %s was set aside: Telegram or the database could not be used for long", update_id)
        return True

    async def _attempt(self, update_id: int, entry: InboxEntry | None, crowd: int) -> bool | None:
        """Try once; None where it is to be tried again, else whether nothing of it goes on in the background."""
        is_new = entry is not None
        entry = entry or await asyncio.to_thread(self._inbox.entry, update_id)
        if entry is None:  # somebody decided about it meanwhile
            return True
        update = self._parse(entry)
        if isinstance(update, Exception):
            await self._set_aside(entry, None, update)
            return True
        if entry.attempts >= TRIED:
            await self._set_aside(entry, update, None)
            return True
        with handling(CurrentUpdate(update_id, is_new, crowd)) as current:
            await self._application.process_update(update)
        if isinstance(current.error, DatabaseGoneError):
            raise current.error
        if current.error is not None:
            return await self._fail(entry, update, current, current.error)
        if current.background:
            self._start(self._finish(entry, update, current))
            return False
        await self._mark_done(update_id)
        return True

    def _parse(self, entry: InboxEntry) -> Update | Exception:
        try:
            raw = {**json.loads(entry.content), "update_id": entry.update_id}  # numbers may start anew
            return Update.de_json(raw, self._application.bot)
        except Exception as error:  # noqa: BLE001 - whatever it is, the update cannot be read, and is set aside
            return error

    async def _fail(self, entry: InboxEntry, update: Update, current: CurrentUpdate, error: Exception) -> bool | None:
        """Wait, end or set aside after a failed attempt; as `_attempt`."""
        match failure_kind(error):
            case FailureKind.PASSING:
                logger.warning("Update %s waits: %s", entry.update_id, error)
                return None
            case FailureKind.REFUSED:
                await self._give_up(update, current, error)
                return True
        if await self._note_failure(entry.update_id, repr(error)) < TRIED:
            logger.warning("Update %s failed and is tried again: %r", entry.update_id, error)
            return None
        await self._set_aside(entry, update, error)
        return True

    async def _give_up(self, update: Update, current: CurrentUpdate, error: Exception) -> None:
        """Note an update as done that Telegram does not let the bot answer; the chat goes on."""
        number = current.update_id
        logger.warning("Update %s could not be answered: %r", number, error)
        if not is_shut_out(error):
            with handling(CurrentUpdate(number, replies=_NOTICES)):
                if SAYING not in current.refused:  # else the asker cannot be told that either
                    await self._notifier.tell_asker(update)
                await self._notifier.tell_refusal(self._application.bot, error)
        await self._mark_done(number)

    async def _set_aside(self, entry: InboxEntry, update: Update | None, error: Exception | None) -> None:
        """Log it, tell the asker and the owners, and only then have it wait no more: so they are surely told."""
        number = entry.update_id
        logger.error("Update %s failed: %r", number, error or entry.error, exc_info=error)
        if update is None:
            await self._note_failure(number, repr(error))
        with handling(CurrentUpdate(number, replies=_NOTICES)):
            if update is not None:
                await self._notifier.tell_asker(update)
            await self._notifier.tell_owners(self._application.bot, number)
        await self._group_commit.surely(self._inbox.set_aside, number)

    async def _finish(self, entry: InboxEntry, update: Update, current: CurrentUpdate) -> None:
        """Wait for what goes on in the background; where it fails the update is set aside at once."""
        results = await asyncio.gather(*current.background, return_exceptions=True)
        errors = [result for result in results if isinstance(result, Exception)]
        if not errors:
            await self._mark_done(entry.update_id)
        elif failure_kind(errors[0]) is FailureKind.REFUSED:
            await self._give_up(update, current, errors[0])
        else:
            await self._note_failure(entry.update_id, repr(errors[0]))
            await self._set_aside(entry, update, errors[0])
        self._backpressure.leave(entry.update_id)

    async def _mark_done(self, update_id: int) -> None:
        await self._group_commit.surely(self._inbox.finish, update_id)

    async def _note_failure(self, update_id: int, error: str) -> int:
        """Note a failed attempt; how many there were."""
        return await self._group_commit.surely(self._inbox.note_failure, update_id, error)


def _new_entry(pending: PendingUpdate) -> InboxEntry:
    return InboxEntry(
        update_id=pending.update_id, content=pending.content, received_at=dt.datetime.now(dt.UTC), attempts=0, error=""
    )
