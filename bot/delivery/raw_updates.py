"""An update as it came, read no further than needed to keep it: its number, its chat, its person and its time."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from storage.delivery.inbox import IncomingUpdate, PendingUpdate

_INTEGERS = range(-(2**63), 2**63)
"""What the database can hold."""
_SECONDS = range(2**36)
"""Unix times that a date can tell."""


class UpdateSink(Protocol):
    """Where the updates go that a source takes in."""

    async def keep(self, updates: Sequence[IncomingUpdate]) -> list[PendingUpdate]:
        """Return those of the updates that are to be taken, once they are safely on disk; raises DatabaseError."""
        ...

    def take(self, updates: Iterable[PendingUpdate]) -> None:
        """Have updates worked off that are on disk."""
        ...

    def postpone(self) -> None:
        """Wait longer for updates that come late: one was refused, and is sent again."""
        ...


def read_update(raw: object) -> IncomingUpdate | None:
    """Read a decoded JSON value; None where it has no number, and so is no update."""
    if not isinstance(raw, dict):
        return None
    update_id = _integer(raw.get("update_id"))
    if update_id is None or is_own(update_id):
        return None
    parts = [part for part in raw.values() if isinstance(part, dict)]
    user_id = next(_ids(parts, "sender_chat", "actor_chat", "from", "user"), None)
    chat_id = next(_ids([*parts, *_messages(parts)], "chat"), user_id or 0)
    return IncomingUpdate(
        update_id=update_id, chat_id=chat_id, user_id=user_id, content=json.dumps(raw, sort_keys=True)
    )


def is_own(update_id: int) -> bool:
    """Whether an update is one of the desk's own, rather than Telegram's, whose numbers are positive."""
    return update_id < 0


def sent_at(content: str) -> dt.datetime | None:
    """When an update, as JSON, was sent or edited, by Telegram's clock; None where that is not told."""
    parts = [part for part in json.loads(content).values() if isinstance(part, dict)]
    seconds = next((_integer(part.get("edit_date") or part.get("date")) for part in parts), None)
    return dt.datetime.fromtimestamp(seconds, dt.UTC) if seconds is not None and seconds in _SECONDS else None


def newest(updates: Iterable[PendingUpdate]) -> dt.datetime | None:
    """When the newest of some new updates was sent; None where none tells."""
    contents = [update.content for update in updates if update.content]
    return max((sent for sent in map(sent_at, contents) if sent is not None), default=None)


def _messages(parts: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    """The messages within parts, such as the message of a pressed button."""
    for part in parts:
        message = part.get("message")
        if isinstance(message, dict):
            yield message


def _ids(parts: list[dict[str, object]], *names: str) -> Iterator[int]:
    for part in parts:
        for name in names:
            party = part.get(name)
            number = _integer(party.get("id")) if isinstance(party, dict) else None
            if number is not None:
                yield number


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value in _INTEGERS else None
