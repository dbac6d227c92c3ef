"""Rate limits: questions of the last minute by person and by chat, counted so that a restart changes nothing."""

import datetime as dt
import math
from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple

from sqlite_utils import Database

from storage.access.models import Attempt, AttemptKind
from storage.database.connection import DeskDatabase
from storage.database.idempotency import note, recall
from storage.database.timestamps import timestamp

WINDOW = dt.timedelta(minutes=1)
"""The time within which questions are counted."""
RETENTION = dt.timedelta(days=1)
"""How long a count is kept at most: Telegram keeps updates that a bot did not fetch for a day."""

QUESTION = 6
"""What a question weighs; a limit of ten allows ten times as much."""
WEIGHTS = {
    AttemptKind.BUTTON: 1,
    AttemptKind.INLINE_QUERY: 1,
    AttemptKind.REACTION: 1,
    AttemptKind.INLINE_RESULT: 0,
    AttemptKind.UNKNOWN: 0,
}
"""What weighs less: a press, and an inline query, of which there are several while somebody types one question."""


class RateLimits(NamedTuple):
    """Questions allowed a minute."""

    person: int
    chat: int


class Wait(NamedTuple):
    """A wait before the next question, because too much was asked.

    Attributes:
        seconds: 1 to 60.
        is_of_person: Whether the person asked too much, rather than the chat.
        is_told: Whether to tell the person; a wait is told once.
    """

    seconds: int
    is_of_person: bool
    is_told: bool


class RateCounter:
    """Counts of the last minute in the database; one object may be shared between threads."""

    def __init__(self, database: DeskDatabase, limits: RateLimits) -> None:
        self._database, self._limits = database, limits
        self._held: dict[int, list[tuple[str, int]]] = {}

    def hold(self, user_id: int, now: dt.datetime) -> None:
        """Hold the counts of a person who is about to be forgotten in memory alone, for the minute that they count."""
        since = timestamp(now - WINDOW)
        with self._database.reading() as db:
            rows = db.execute("select at, weight from asks where user_id = ? and at > ?", [user_id, since]).fetchall()
        held = {person: [row for row in counts if row[0] > since] for person, counts in self._held.items()}
        self._held = {person: counts for person, counts in held.items() if counts}
        if rows:
            self._held.setdefault(user_id, []).extend(rows)

    def take(self, attempt: Attempt) -> Wait | None:
        """Count an attempt; returns the wait, and counts nothing, where it is too much."""
        weight = 0 if attempt.is_part else WEIGHTS.get(attempt.kind, QUESTION)
        if not weight:
            return None
        with self._database.writing(synced=False) as db:
            if recall(db, attempt.update_id, _EFFECT) is not None:
                return None  # it was let through before, and is worked off once more
            _bring_back(db, attempt)
            wait = self._wait(db, attempt, weight)
            if wait is None:
                db.execute(_COUNT, [timestamp(attempt.at), _sender(attempt), attempt.chat_id, weight])
                db.execute("delete from asks where at < ?", [timestamp(attempt.at - RETENTION)])
                note(db, attempt.update_id, _EFFECT, "")
            return wait

    def _wait(self, db: Database, attempt: Attempt, weight: int) -> Wait | None:
        held = self._held.get(_sender(attempt) or 0, ())
        of_person = _free_at(db, "user_id", _sender(attempt), attempt.at, self._limits.person * QUESTION - weight, held)
        of_chat = _free_at(db, "chat_id", attempt.chat_id, attempt.at, self._limits.chat * QUESTION - weight)
        ahead = [(at, who) for at, who in ((of_person, _sender(attempt)), (of_chat, attempt.chat_id)) if at is not None]
        if not ahead:
            return None
        free_at, who = max(ahead, key=itemgetter(0))
        seconds = math.ceil((free_at - attempt.at).total_seconds())
        return Wait(max(1, seconds), free_at == of_person, _is_told(db, who or 0, attempt.at, free_at))


_EFFECT = "counted"
_COUNT = "insert into asks (at, user_id, chat_id, weight) values (?, ?, ?, ?)"


def _sender(attempt: Attempt) -> int | None:
    """Whose limit counts: all anonymous administrators of a group share one, as the group."""
    return attempt.chat_id if attempt.user_id is None else attempt.user_id


def _bring_back(db: Database, attempt: Attempt) -> None:
    """Count attempts that lie ahead as of now: the clock was set back, and nobody waits for that time again."""
    now = timestamp(attempt.at)
    for column, who in (("user_id", _sender(attempt)), ("chat_id", attempt.chat_id)):
        db.execute(f"update asks set at = ? where {column} = ? and at > ?", [now, who, now])  # noqa: S608


def _free_at(
    db: Database, column: str, party_id: int | None, at: dt.datetime, room: int, held: Sequence[tuple[str, int]] = ()
) -> dt.datetime | None:
    """The time at which the window has room again; None where it has room now."""
    if party_id is None:
        return None
    rows = db.execute(
        f"select at, weight from asks where {column} = ? and at > ? and at <= ? order by at desc",  # noqa: S608
        [party_id, timestamp(at - WINDOW), timestamp(at)],
    ).fetchall()
    held = [count for count in held if timestamp(at - WINDOW) < count[0] <= timestamp(at)]
    for counted_at, weight in sorted([*rows, *held], reverse=True):
        room -= weight
        if room < 0:
            return dt.datetime.fromisoformat(counted_at) + WINDOW
    return None


def _is_told(db: Database, party_id: int, at: dt.datetime, free_at: dt.datetime) -> bool:
    """Whether to tell a person or chat to wait: once until the wait that they were told is over."""
    row = db.execute("select until from waits where id = ?", [party_id]).fetchone()
    if row is not None and timestamp(at) < row[0] <= timestamp(at + WINDOW):
        return False
    db.execute("delete from waits where until <= ?", [timestamp(at)])
    db.execute("insert or replace into waits (id, until) values (?, ?)", [party_id, timestamp(free_at)])
    return True
