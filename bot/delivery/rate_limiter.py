"""How fast the bot speaks: within Telegram's limits, waiting where Telegram says so."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from telegram.ext import AIORateLimiter

from bot.delivery.sender import Sender, patiently

_COUNTED = ("send", "edit", "copy", "forward")
_FREE = "sendChatAction"


class RateLimiter(AIORateLimiter):
    """Counts what is said in a chat, and only that: showing typing or reacting would use up a group's twenty a minute.

    What is said goes through the outbox. What is not counted but waits where Telegram says so is not noted; typing is
    not even tried again: what comes late of it is worth nothing. A chat that is to wait does so alone.
    """

    def __init__(self, saying: Sender | None = None, *, is_limited: bool = True) -> None:
        """Set up the pace.

        Args:
            saying: Notes what is said; None where nothing is noted.
            is_limited: Whether Telegram's limits are kept ahead of time: 30 messages a second, 20 a minute in a group.
        """
        self._saying = saying
        if is_limited:
            super().__init__()
        else:
            super().__init__(overall_max_rate=0, group_max_rate=0)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, bool | dict[str, Any] | list[dict[str, Any]]]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> bool | dict[str, Any] | list[dict[str, Any]]:
        """Make a call when its time has come; see `AIORateLimiter`."""
        if endpoint == _FREE:
            return await callback(*args, **kwargs)
        call = partial(callback, *args, **kwargs)
        if not endpoint.startswith(_COUNTED):
            return await patiently(call)
        said = partial(self._saying.say if self._saying else _unnoted, call, endpoint, data.get("chat_id"))
        return await super().process_request(said, (), {}, endpoint, data, rate_limit_args)


async def _unnoted(
    call: Callable[[], Coroutine[Any, Any, bool | dict[str, Any] | list[dict[str, Any]]]], *_: object
) -> bool | dict[str, Any] | list[dict[str, Any]]:
    return await patiently(call)
