"""How much was asked within the last minute, by whom and where, counted so that a restart changes nothing."""

import datetime as dt
import math
from typing import NamedTuple

from sqlite_utils import Database

from storage.access.models import Attempt, AttemptKind
from storage.database.connection import DeskDatabase
from storage.database.idempotency import note, recalled
from storage.database.timestamps import stamp

WINDOW = dt.timedelta(minutes=1)
"""The time within which questions are counted."""
KEPT = dt.timedelta(days=1)
"""How long a count is kept at most: Telegram keeps what a bot did not fetch for a day."""

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
    """How many questions a minute are allowed."""

    person: int
    chat: int


class Wait(NamedTuple):
    """Too much was asked.

    Attributes:
        seconds: After how many the next question is taken, 1 to 60.
        is_of_person: Whether it is the person who asked too much, rather than the chat.
        is_told: Whether it is to be said; it is said once.
    """

    seconds: int
    is_of_person: bool
    is_told: bool


class RateCounter:
    """Counts of the last minute in the database; one object may be shared between threads."""

    def __init__(self, database: DeskDatabase, limits: RateLimits) -> None:
        self._database, self._limits = database, limits

    def take(self, attempt: Attempt) -> Wait | None:
        """Count an attempt, unless it is too much."""
        weight = WEIGHTS.get(attempt.kind, QUESTION)
        if not weight:
            return None
        with self._database.writing(synced=False) as db:
            if attempt.update_id is not None and recalled(db, attempt.update_id, _EFFECT) is not None:
                return None  # it was let through before, and is worked off once more
            _bring_back(db, attempt)
            wait = self._wait(db, attempt, weight)
            if wait is None:
                db.execute(_COUNT, [stamp(attempt.at), attempt.user_id, attempt.chat_id, weight])
                db.execute("delete from asks where at < ?", [stamp(attempt.at - KEPT)])
                if attempt.update_id is not None:
                    note(db, attempt.update_id, _EFFECT, "")
            return wait

    def _wait(self, db: Database, attempt: Attempt, weight: int) -> Wait | None:
        of_person = _free_at(db, "user_id", attempt.user_id, attempt.at, self._limits.person * QUESTION - weight)
        of_chat = _free_at(db, "chat_id", attempt.chat_id, attempt.at, self._limits.chat * QUESTION - weight)
        ahead = [(at, who) for at, who in ((of_person, attempt.user_id), (of_chat, attempt.chat_id)) if at is not None]
        if not ahead:
            return None
        free_at, who = max(ahead, key=lambda entry: entry[0])
        seconds = math.ceil((free_at - attempt.at).total_seconds())
        return Wait(max(1, seconds), free_at == of_person, _is_told(db, who or 0, attempt.at, free_at))


_EFFECT = "counted"
_COUNT = "insert into asks (at, user_id, chat_id, weight) values (?, ?, ?, ?)"


def _bring_back(db: Database, attempt: Attempt) -> None:
    """Count as asked now what lies ahead: the clock was set back, and nobody shall wait for it to come round again."""
    now = stamp(attempt.at)
    for column, who in (("user_id", attempt.user_id), ("chat_id", attempt.chat_id)):
        db.execute(f"update asks set at = ? where {column} = ? and at > ?", [now, who, now])  # noqa: S608


def _free_at(db: Database, column: str, who: int | None, at: dt.datetime, room: int) -> dt.datetime | None:
    """When so much has left the window that there is room; None where there is room now."""
    if who is None:
        return None
    rows = db.execute(
        f"select at, weight from asks where {column} = ? and at > ? and at <= ? order by at desc",  # noqa: S608
        [who, stamp(at - WINDOW), stamp(at)],
    ).fetchall()
    for counted_at, weight in rows:
        room -= weight
        if room < 0:
            return dt.datetime.fromisoformat(counted_at) + WINDOW
    return None


def _is_told(db: Database, who: int, at: dt.datetime, free_at: dt.datetime) -> bool:
    """Whether somebody is to be told to wait, which is so once until the time that they were told is over."""
    row = db.execute("select until from waits where id = ?", [who]).fetchone()
    if row is not None and stamp(at) < row[0] <= stamp(at + WINDOW):
        return False
    db.execute("delete from waits where until <= ?", [stamp(at)])
    db.execute("insert or replace into waits (id, until) values (?, ?)", [who, stamp(free_at)])
    return True
