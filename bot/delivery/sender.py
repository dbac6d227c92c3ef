"""The sender: a reply is noted on its way, then in the outbox; tried again until Telegram takes it, and said once."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import partial
from itertools import islice
from typing import Any, TypeAlias

from telegram.error import NetworkError, RetryAfter, TelegramError

from bot.delivery.current_update import current_update, rest
from bot.delivery.group_commit import GroupCommit
from bot.delivery.retrying import is_refusal, is_surely_unsent, pauses, seconds_to_wait
from storage.delivery.in_flight import InFlightReplies
from storage.delivery.outbox import Outbox, ReplyKey, SentReply

ATTEMPTS = 6
"""How often something is sent at most before the whole update waits and is worked off again."""
PATIENT_SECONDS = 0.5
"""How long what is on its way holds up what is to be said in other chats; Telegram mostly takes a tenth of that."""
LOOK_SECONDS = 0.25
"""How often, while a reply is on its way, it is looked whether this machine still leads."""

Answer: TypeAlias = bool | dict[str, Any] | list[dict[str, Any]]
"""What a method of the Bot API gives back, as python-telegram-bot passes it on."""
Call: TypeAlias = Callable[[], Coroutine[Any, Any, Answer]]

logger = logging.getLogger(__name__)


def _nobody_waits() -> None:
    """Leave the others be, who do not wait."""


class Sender:
    """Says replies to updates, each of them once."""

    def __init__(self, outbox: Outbox, in_flight: InFlightReplies, group_commit: GroupCommit) -> None:
        self._outbox, self._in_flight, self._group_commit = outbox, in_flight, group_commit
        self._notes = group_commit.notes
        self._single_flight = SingleFlight()

    async def resume(self) -> None:
        """Put into the outbox what was on its way when the program ended; before anything is said.

        Raises:
            DatabaseError: What is on its way cannot be noted.
        """
        for key, has_arrived, message_id in self._in_flight.open():
            if has_arrived:
                await self._notes.surely(self._outbox.note_sent, key, message_id)
            else:
                await self._notes.surely(self._outbox.note_in_doubt, key)
            self._in_flight.settle(key)

    async def say(self, call: Call, method: str, chat_id: object) -> Answer:
        """Say a reply to the update that is being worked off, unless it was said before.

        Args:
            call: Calls Telegram.
            method: The Bot API's method.
            chat_id: The chat it is said in.

        Returns:
            As much of Telegram's answer as is noted, whether it was said now or before: which message it became.

        Raises:
            TelegramError: Telegram does not take it, or could not be reached for a while.
        """
        current = current_update()
        if current is None:
            return await patiently(call)
        key = ReplyKey(current.update_id, current.next_reply(), method)
        is_new = current.is_new
        for pause in _limited_pauses():
            try:
                return _as_answer(await self._attempt(call, key, is_new=is_new), chat_id)
            except TelegramError as error:
                is_new = False
                if is_refusal(error):
                    current.refused.add(method)
                if pause is None or is_refusal(error):
                    raise
                wait = seconds_to_wait(error) if isinstance(error, RetryAfter) else pause
                logger.warning("%s for update %s: %s; trying again in %s s", method, key.update_id, error, wait)
                await rest(wait)
        raise AssertionError  # the last attempt gives an answer or raises

    async def _attempt(self, call: Call, key: ReplyKey, *, is_new: bool) -> SentReply:
        if not is_new and (before := await self._recall(key)) is not None:
            return before
        if not _may_stand_twice(key.method):
            return await self._send(call, key)
        async with self._single_flight.slot() as flight:
            return await self._send(call, key, flight.end_patience)

    async def _send(self, call: Call, key: ReplyKey, arrived: Callable[[], None] = _nobody_waits) -> SentReply:
        """Send a reply; where other machines send too, what has arrived is noted before the next reply is sent."""
        if not self._outbox.may_send:
            raise NetworkError("another machine may lead by now")
        self._in_flight.leave(key)
        try:
            message_id = _message_id(await self._while_leading(call))
            self._in_flight.arrive(key, message_id)
        except Exception as error:
            await self._note_failure(error, key)
            self._in_flight.settle(key)
            raise
        arrived()
        if self._outbox.is_shared:
            await self._notes.surely(self._outbox.note_sent, key, message_id)
            self._in_flight.settle(key)
        else:
            self._notes.later(self._outbox.note_sent, key, message_id, then=partial(self._in_flight.settle, key))
        return SentReply(message_id)

    async def _while_leading(self, call: Call) -> Answer:
        """Call Telegram; the call is broken off when another machine may lead, which then says the reply."""
        if not self._outbox.is_shared:
            return await call()
        calling = asyncio.ensure_future(call())
        try:
            while not calling.done():
                await asyncio.wait({calling}, timeout=LOOK_SECONDS)
                if not (calling.done() or self._outbox.may_send):
                    raise NetworkError("another machine may lead by now")
            return calling.result()
        finally:
            calling.cancel()

    async def _recall(self, key: ReplyKey) -> SentReply | None:
        """The reply as it was sent before; None where it was not, or may have been."""
        before = self._in_flight.recall(key)
        return before or await self._group_commit.write(self._outbox.recall, key.update_id, key.number)

    async def _note_failure(self, error: Exception, key: ReplyKey) -> None:
        """Note a reply as failed, unsent, or still on its way: what is neither of the two may have arrived."""
        if is_refusal(error):
            await self._notes.surely(self._outbox.note_failure, key, str(error))
        elif is_surely_unsent(error):
            await self._notes.surely(self._outbox.note_refusal, key)
        else:
            await self._notes.surely(self._outbox.note_in_doubt, key)


class SingleFlight:
    """Lets one reply at a time be on its way, since whatever is when the bot is killed may stand twice.

    One that takes more seconds holds up nobody any more: one chat that hangs must not stop all others.
    """

    def __init__(self, seconds: float = PATIENT_SECONDS) -> None:
        self._free, self._seconds = asyncio.Semaphore(1), seconds

    @contextlib.asynccontextmanager
    async def slot(self) -> AsyncIterator["Flight"]:
        """The way to oneself, for as long as the context is open or the others have patience."""
        await self._free.acquire()
        flight = Flight(self._free, self._seconds)
        try:
            yield flight
        finally:
            flight.end_patience()
            flight.free_way()


class Flight:
    """A reply on its way, which others wait for with some patience."""

    def __init__(self, way: asyncio.Semaphore, seconds: float) -> None:
        self._way: asyncio.Semaphore | None = way
        self._patience = asyncio.get_running_loop().call_later(seconds, self.free_way)

    def end_patience(self) -> None:
        """Have the others wait until the end, however long that takes."""
        self._patience.cancel()

    def free_way(self) -> None:
        """Let the next one go; once."""
        if self._way is not None:
            self._way.release()
            self._way = None


async def patiently(call: Call) -> Answer:
    """Call Telegram, as often as it says that the call came too soon."""
    for pause in _limited_pauses():
        try:
            return await call()
        except RetryAfter as error:
            if pause is None:
                raise
            await rest(seconds_to_wait(error))
    raise AssertionError  # the last attempt gives an answer or raises


def _limited_pauses() -> Iterator[float | None]:
    """A pause for each attempt but the last, which has none."""
    yield from islice(pauses(), ATTEMPTS - 1)
    yield None


def _may_stand_twice(method: str) -> bool:
    """Whether a second call says a reply twice; a message that is changed again is as it was."""
    return not method.startswith("edit")


def _message_id(answer: Answer) -> int | None:
    return answer.get("message_id") if isinstance(answer, dict) else None


def _as_answer(reply: SentReply, chat_id: object) -> Answer:
    """An earlier reply in the form of Telegram's answer (Bot API, Message), as far as it is known."""
    if reply.message_id is None:
        return True
    kind = "supergroup" if str(chat_id).startswith(("-", "@")) else "private"
    return {"message_id": reply.message_id, "date": 0, "chat": {"id": chat_id, "type": kind}}
