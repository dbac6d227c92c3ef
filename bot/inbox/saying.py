"""What is said is noted in the outbox before and after, tried again while Telegram cannot take it, and said once."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import partial
from itertools import islice
from typing import Any, TypeAlias

from telegram.error import RetryAfter, TelegramError

from bot.inbox.commits import Commits
from bot.inbox.pauses import pauses
from bot.inbox.troubles import is_refusal, is_surely_unsent, seconds_to_wait
from bot.inbox.turns import working
from storage.outbox import Outbox, Sent

ATTEMPTS = 6
"""How often something is sent at most before the whole update waits and is worked off again."""
PATIENT_SECONDS = 0.5
"""How long what is on its way holds up what is to be said in other chats; Telegram mostly takes a tenth of that."""

Answer: TypeAlias = bool | dict[str, Any] | list[dict[str, Any]]
"""What a method of the Bot API gives back, as python-telegram-bot passes it on."""
Call: TypeAlias = Callable[[], Coroutine[Any, Any, Answer]]

logger = logging.getLogger(__name__)


class Saying:
    """Says things to updates, each of them once."""

    def __init__(self, outbox: Outbox, commits: Commits) -> None:
        """Set up.

        Args:
            outbox: Where it is noted.
            commits: Writes the notes.
        """
        self._outbox, self._commits = outbox, commits
        self._way = OneOnItsWay()

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
        current = working()
        if current is None:
            return await patiently(call)
        key = current.update_id, current.next_said(), method
        for pause in _limited():
            try:
                return _as_answer(await self._attempt(call, key), chat_id)
            except TelegramError as error:
                if pause is None or is_refusal(error):
                    raise
                wait = seconds_to_wait(error) if isinstance(error, RetryAfter) else pause
                logger.warning("%s for update %s: %s; trying again in %s s", method, key[0], error, wait)
                await asyncio.sleep(wait)
        raise AssertionError  # the last attempt gives an answer or raises

    async def _attempt(self, call: Call, key: tuple[int, int, str]) -> Sent:
        """What became of it, now or before."""
        update_id, number, method = key
        async with self._way.taken() if _may_stand_twice(method) else contextlib.nullcontext():
            said = await self._commits.write(partial(self._outbox.begin, *key))
            if said is not None:
                return said
            try:
                said = Sent(_message_id(await call()))
            except TelegramError as error:
                await self._commits.surely(partial(self._note, error, update_id, number))
                raise
            # Noted before the next is noted as on its way, and before its update is as done, so nobody waits for it.
            self._commits.later(partial(self._outbox.sent, update_id, number, said.message_id))
        return said

    def _note(self, error: TelegramError, update_id: int, number: int) -> None:
        """What is neither refused nor surely unsent stays on its way: it may have arrived."""
        if is_refusal(error):
            self._outbox.failed(update_id, number, str(error))
        elif is_surely_unsent(error):
            self._outbox.refused(update_id, number)


class OneOnItsWay:
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


def _as_answer(said: Sent, chat_id: object) -> Answer:
    """What is known of a message that was sent before, as Telegram would tell it (Bot API, Message)."""
    if said.message_id is None:
        return True
    kind = "supergroup" if str(chat_id).startswith(("-", "@")) else "private"
    return {"message_id": said.message_id, "date": 0, "chat": {"id": chat_id, "type": kind}}
