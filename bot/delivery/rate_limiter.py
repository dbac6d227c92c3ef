"""The bot's pace: within Telegram's limits, waiting where Telegram says so."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from telegram.ext import AIORateLimiter

from bot.delivery.current_update import current_slot
from bot.delivery.sender import Answer, Call, Sender, patiently

_COUNTED = ("send", "edit", "copy", "forward")
_FREE = "sendChatAction"
PATIENT_SECONDS = 0.05
"""How long a reply may wait for its turn before its update gives up its place among those that are worked off."""


class RateLimiter(AIORateLimiter):
    """Counts what is said in a chat, and only that: showing typing or reacting would use up a group's twenty a minute.

    What is said goes through the sender, where there is one. What is not counted but waits where Telegram says so is
    not noted; typing is not even tried again: what comes late of it is worth nothing. A chat that is to wait does so
    alone. Where `is_limited`, Telegram's limits are kept ahead of time: 30 messages a second, 20 a minute in a group.
    """

    def __init__(self, sender: Sender | None = None, *, is_limited: bool = True) -> None:
        self._sender = sender
        if is_limited:
            super().__init__()
        else:
            super().__init__(overall_max_rate=0, group_max_rate=0)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Answer:
        """Make a call when its time has come; see `AIORateLimiter`."""
        if endpoint == _FREE:
            return await callback(*args, **kwargs)
        call = partial(callback, *args, **kwargs)
        if not endpoint.startswith(_COUNTED):
            return await patiently(call)
        if self._sender is None:
            return await super().process_request(patiently, (call,), {}, endpoint, data, rate_limit_args)
        say = partial(self._sender.say, call, endpoint, data.get("chat_id"))
        return await self._in_turn(say, endpoint, data, rate_limit_args)

    async def _in_turn(self, say: Call, endpoint: str, data: dict[str, Any], rate_limit_args: int | None) -> Answer:
        """Say a reply when the chat's turn comes; where that takes a while, other updates are worked off meanwhile."""
        slot = current_slot()
        if slot is None:
            return await super().process_request(say, (), {}, endpoint, data, rate_limit_args)
        giving_up = asyncio.get_running_loop().call_later(PATIENT_SECONDS, slot.give_up)

        async def say_now() -> Answer:
            giving_up.cancel()
            await slot.take()
            return await say()

        try:
            return await super().process_request(say_now, (), {}, endpoint, data, rate_limit_args)
        finally:
            giving_up.cancel()
