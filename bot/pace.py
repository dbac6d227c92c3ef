"""How fast the bot speaks: within Telegram's limits, waiting where Telegram says so."""

from collections.abc import Callable, Coroutine
from typing import Any

from telegram.ext import AIORateLimiter

RETRIES = 5
"""How often a call is made again that Telegram refuses because it came too soon (429), each time when it says."""
_COUNTED = ("send", "edit", "copy", "forward")
_FREE = "sendChatAction"


class Pace(AIORateLimiter):
    """Counts what is said in a chat, and only that: showing typing or reacting would use up a group's twenty a minute.

    What is not counted is not tried again either: typing that comes late is worth nothing.
    """

    def __init__(self, *, is_limited: bool = True) -> None:
        """Set up the pace.

        Args:
            is_limited: Whether Telegram's limits are kept ahead of time: 30 messages a second, 20 a minute in a group.
        """
        if is_limited:
            super().__init__(max_retries=RETRIES)
        else:
            super().__init__(overall_max_rate=0, group_max_rate=0, max_retries=RETRIES)

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
        counted = data if endpoint.startswith(_COUNTED) else {}
        return await super().process_request(callback, args, kwargs, endpoint, counted, rate_limit_args)
