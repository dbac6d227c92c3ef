"""What is said is noted on its way and in the outbox after, tried again until it is taken, and said once."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import partial
from itertools import islice
from typing import Any, TypeAlias

from telegram.error import RetryAfter, TelegramError

from bot.delivery.current_update import current_update
from bot.delivery.group_commit import GroupCommit
from bot.delivery.retrying import is_refusal, is_surely_unsent, seconds_to_wait
from bot.inbox.pauses import pauses
from storage.delivery.in_flight import InFlightReplies
from storage.delivery.outbox import Outbox, ReplyKey, SentReply

ATTEMPTS = 6
"""How often something is sent at most before the whole update waits and is worked off again."""
PATIENT_SECONDS = 0.5
"""How long what is on its way holds up what is to be said in other chats; Telegram mostly takes a tenth of that."""

Answer: TypeAlias = bool | dict[str, Any] | list[dict[str, Any]]
"""What a method of the Bot API gives back, as python-telegram-bot passes it on."""
Call: TypeAlias = Callable[[], Coroutine[Any, Any, Answer]]

logger = logging.getLogger(__name__)


class Sender:
    """Says things to updates, each of them once."""

    def __init__(self, outbox: Outbox, departures: InFlightReplies, commits: GroupCommit) -> None:
        """Set up.

        Args:
            outbox: Where it is noted what became of it.
            departures: Where it is noted while it is on its way.
            commits: Writes into the outbox.
        """
        self._outbox, self._departures, self._commits = outbox, departures, commits
        self._way = SingleFlight()

    async def resume(self) -> None:
        """Put into the outbox what was on its way when the program ended; before anything is said.

        Raises:
            DatabaseError: What is on its way cannot be noted.
        """
        for said, has_arrived, message_id in self._departures.open():
            note = (
                partial(self._outbox.note_sent, said, message_id)
                if has_arrived
                else partial(self._outbox.note_in_doubt, said)
            )
            await self._commits.surely(note)
            self._departures.settle(said)

    async def say(self, call: Call, method: str, chat_id: object) -> Answer:
        """Say something to the update that is being worked off, unless it was said before.

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
        said = ReplyKey(current.update_id, current.next_said(), method)
        is_new = current.is_new
        for pause in _limited():
            try:
                return _as_answer(await self._attempt(call, said, is_new=is_new), chat_id)
            except TelegramError as error:
                is_new = False
                if pause is None or is_refusal(error):
                    raise
                wait = seconds_to_wait(error) if isinstance(error, RetryAfter) else pause
                logger.warning("%s for update %s: %s; trying again in %s s", method, said.update_id, error, wait)
                await asyncio.sleep(wait)
        raise AssertionError  # the last attempt gives an answer or raises

    async def _attempt(self, call: Call, said: ReplyKey, *, is_new: bool) -> SentReply:
        """What became of it, now or before."""
        if not is_new and (before := await self._recalled(said)) is not None:
            return before
        async with self._way.taken() if _may_stand_twice(said.method) else contextlib.nullcontext():
            self._departures.leave(said)
            try:
                message_id = _message_id(await call())
                self._departures.arrive(said, message_id)
            except Exception as error:
                await self._commits.surely(self._note_of(error, said))
                self._departures.settle(said)
                raise
        self._commits.later(
            partial(self._outbox.note_sent, said, message_id), then=partial(self._departures.settle, said)
        )
        return SentReply(message_id)

    async def _recalled(self, said: ReplyKey) -> SentReply | None:
        """What something became that was said before; none where it was not, or may have been."""
        before = self._departures.recall(said)
        return before or await self._commits.write(partial(self._outbox.recall, said.update_id, said.number))

    def _note_of(self, error: Exception, said: ReplyKey) -> Callable[[], None]:
        """What is neither refused nor surely unsent stays on its way: it may have arrived."""
        if is_refusal(error):
            return partial(self._outbox.note_failure, said, str(error))
        return partial(self._outbox.note_refusal if is_surely_unsent(error) else self._outbox.note_in_doubt, said)


class SingleFlight:
    """Lets one thing at a time be on its way, since whatever is when the bot is killed may stand twice.

    What takes longer than Telegram mostly does holds up nobody any more: one chat that hangs must not stop all others.
    """

    def __init__(self, seconds: float = PATIENT_SECONDS) -> None:
        """Set up.

        Args:
            seconds: How long others wait.
        """
        self._free, self._seconds = asyncio.Semaphore(1), seconds

    @contextlib.asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """The way to oneself, for as long as the context is open or the others have patience."""
        await self._free.acquire()
        letting_go = asyncio.get_running_loop().call_later(self._seconds, self._free.release)
        try:
            yield
        finally:
            if letting_go.when() > asyncio.get_running_loop().time():
                letting_go.cancel()
                self._free.release()


async def patiently(call: Call) -> Answer:
    """Call Telegram, as often as it says that the call came too soon."""
    for pause in _limited():
        try:
            return await call()
        except RetryAfter as error:
            if pause is None:
                raise
            await asyncio.sleep(seconds_to_wait(error))
    raise AssertionError  # the last attempt gives an answer or raises


def _limited() -> Iterator[float | None]:
    """A pause for each attempt but the last, which has none."""
    yield from islice(pauses(), ATTEMPTS - 1)
    yield None


def _may_stand_twice(method: str) -> bool:
    """Whether saying it again says it twice; a message that is changed again is as it was."""
    return not method.startswith("edit")


def _message_id(answer: Answer) -> int | None:
    return answer.get("message_id") if isinstance(answer, dict) else None


def _as_answer(said: SentReply, chat_id: object) -> Answer:
    """What is known of a message that was sent before, as Telegram would tell it (Bot API, Message)."""
    if said.message_id is None:
        return True
    kind = "supergroup" if str(chat_id).startswith(("-", "@")) else "private"
    return {"message_id": said.message_id, "date": 0, "chat": {"id": chat_id, "type": kind}}
