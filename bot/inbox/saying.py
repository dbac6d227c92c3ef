"""What is said is noted in the outbox before and after, tried again while Telegram cannot take it, and said once."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from itertools import islice
from typing import Any, TypeAlias

from telegram.error import RetryAfter, TelegramError

from bot.inbox.pauses import pauses, surely
from bot.inbox.troubles import is_refusal, is_surely_unsent, seconds_to_wait
from bot.inbox.turns import working
from storage.outbox import Outbox, Sent

ATTEMPTS = 6
"""How often something is sent at most before the whole update waits and is worked off again."""

Answer: TypeAlias = bool | dict[str, Any] | list[dict[str, Any]]
"""What a method of the Bot API gives back, as python-telegram-bot passes it on."""
Call: TypeAlias = Callable[[], Coroutine[Any, Any, Answer]]

logger = logging.getLogger(__name__)


class Saying:
    """Says things to updates, each of them once."""

    def __init__(self, outbox: Outbox) -> None:
        """Set up.

        Args:
            outbox: Where it is noted.
        """
        self._outbox = outbox

    async def say(self, call: Call, method: str, chat_id: object) -> Answer:
        """Say something to the update that is being worked off, unless it was said before.

        Args:
            call: Calls Telegram.
            method: The Bot API's method.
            chat_id: The chat it is said in.

        Returns:
            Telegram's answer; of what was said before, as much of it as is known.

        Raises:
            TelegramError: Telegram does not take it, or could not be reached for a while.
        """
        current = working()
        if current is None:
            return await patiently(call)
        key = current.update_id, current.next_said(), method
        for pause in _limited():
            answer = await self._attempt(call, key, chat_id, pause)
            if answer is not None:
                return answer
        raise AssertionError  # the last attempt gives an answer or raises

    async def _attempt(
        self, call: Call, key: tuple[int, int, str], chat_id: object, pause: float | None
    ) -> Answer | None:
        """Telegram's answer; none after the pause where there is to be another attempt."""
        update_id, number, method = key
        said = await asyncio.to_thread(self._outbox.begin, *key)
        if said is not None:
            return _as_answer(said, chat_id)
        try:
            answer = await call()
        except TelegramError as error:
            await surely(partial(self._note, error, update_id, number))
            if pause is None or is_refusal(error):
                raise
            wait = seconds_to_wait(error) if isinstance(error, RetryAfter) else pause
            logger.warning("%s for update %s: %s; trying again in %s s", method, update_id, error, wait)
            await asyncio.sleep(wait)
            return None
        await surely(partial(self._outbox.sent, update_id, number, _message_id(answer)))
        return answer

    def _note(self, error: TelegramError, update_id: int, number: int) -> None:
        """What is neither refused nor surely unsent stays on its way: it may have arrived."""
        if is_refusal(error):
            self._outbox.failed(update_id, number, str(error))
        elif is_surely_unsent(error):
            self._outbox.refused(update_id, number)


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


def _message_id(answer: Answer) -> int | None:
    return answer.get("message_id") if isinstance(answer, dict) else None


def _as_answer(said: Sent, chat_id: object) -> Answer:
    """What is known of a message that was sent before, as Telegram would tell it (Bot API, Message)."""
    if said.message_id is None:
        return True
    kind = "supergroup" if str(chat_id).startswith(("-", "@")) else "private"
    return {"message_id": said.message_id, "date": 0, "chat": {"id": chat_id, "type": kind}}
