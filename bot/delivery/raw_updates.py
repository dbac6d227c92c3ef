"""What Telegram sends, read no further than needed to keep it: its number, its chat, and who it is from."""

import datetime as dt
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TypeAlias

from storage.delivery.inbox import IncomingUpdate, PendingUpdate

Keep: TypeAlias = Callable[[Sequence[IncomingUpdate]], Awaitable[list[PendingUpdate]]]
"""Keeps updates: gives those that are new when they are safely on disk, or raises a DatabaseError."""

_INTEGERS = range(-(2**63), 2**63)
"""What the database can hold."""
_SECONDS = range(2**36)
"""Moments that a date can tell."""


def read_arrival(raw: object) -> IncomingUpdate | None:
    """An update as it came; None where it has no number, and so is none.

    Args:
        raw: A decoded JSON value.
    """
    if not isinstance(raw, dict):
        return None
    update_id = _integer(raw.get("update_id"))
    if update_id is None:
        return None
    parts = [part for part in raw.values() if isinstance(part, dict)]
    user_id = next(_ids(parts, "from", "user"), None)
    chat_id = next(_ids([*parts, *_messages(parts)], "chat"), user_id or 0)
    return IncomingUpdate(update_id=update_id, chat_id=chat_id, user_id=user_id, content=json.dumps(raw))


def sent_at(content: str) -> dt.datetime | None:
    """When an update was sent or edited, by Telegram's clock; None where that is not told.

    Args:
        content: The JSON of an update that was kept.
    """
    parts = [part for part in json.loads(content).values() if isinstance(part, dict)]
    seconds = next((_integer(part.get("edit_date") or part.get("date")) for part in parts), None)
    return dt.datetime.fromtimestamp(seconds, dt.UTC) if seconds is not None and seconds in _SECONDS else None


def _messages(parts: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    """The messages that updates are about which are none themselves, such as those with the button that was pressed."""
    for part in parts:
        message = part.get("message")
        if isinstance(message, dict):
            yield message


def _ids(parts: list[dict[str, object]], *names: str) -> Iterator[int]:
    for part in parts:
        for name in names:
            named = part.get(name)
            number = _integer(named.get("id")) if isinstance(named, dict) else None
            if number is not None:
                yield number


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value in _INTEGERS else None
