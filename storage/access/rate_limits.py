"""Rate limits: questions of the last minute by person and by chat, counted so that a restart changes nothing."""

import datetime as dt
import math
from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple, TypeAlias

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
_BESIDE = frozenset({AttemptKind.BUTTON, AttemptKind.REACTION, AttemptKind.COMMAND, AttemptKind.DEEP_LINK})
"""What does not use up the questions of a person, unless it asks one; six times as many of it are allowed."""


_Count: TypeAlias = tuple[str, int, int]
"""The time of an attempt that was counted, its weight, and whether it used up questions."""


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
        self._held: dict[int, list[_Count]] = {}

    def hold(self, user_id: int, now: dt.datetime) -> None:
        """Hold the counts of a person who is about to be forgotten in memory alone, for the minute that they count."""
        since = timestamp(now - WINDOW)
        rows = self._database.rows(_COUNTS_SINCE, [user_id, since])
        held = {person: [row for row in counts if row[0] > since] for person, counts in self._held.items()}
        self._held = {person: counts for person, counts in held.items() if counts}
        if rows:
            self._held.setdefault(user_id, []).extend(rows)

    def take(self, attempt: Attempt) -> Wait | None:
        """Count an attempt; returns the wait, and counts nothing, where it is too much."""
        weight = 0 if attempt.is_part else _weight(attempt)
        if not weight:
            return None
        with self._database.writing(synced=False) as db:
            if recall(db, attempt.update_id, _EFFECT) is not None:
                return None  # it was let through before, and is worked off once more
            _bring_back(db, attempt)
            wait = self._wait(db, attempt, weight)
            if wait is None:
                counted = timestamp(attempt.at), _sender(attempt), attempt.chat_id, weight, _uses_questions(attempt)
                db.execute(_COUNT, counted)
                db.execute("delete from asks where at < ?", [timestamp(attempt.at - RETENTION)])
                note(db, attempt.update_id, _EFFECT, "")
            return wait

    def _wait(self, db: Database, attempt: Attempt, weight: int) -> Wait | None:
        held = self._held.get(_sender(attempt) or 0, ())
        of_person = _free_at(db, "user_id", _sender(attempt), attempt, self._limits.person * QUESTION - weight, held)
        of_chat = _free_at(db, "chat_id", attempt.chat_id, attempt, self._limits.chat * QUESTION - weight)
        ahead = [(at, who) for at, who in ((of_person, _sender(attempt)), (of_chat, attempt.chat_id)) if at is not None]
        if not ahead:
            return None
        free_at, who = max(ahead, key=itemgetter(0))
        seconds = math.ceil((free_at - attempt.at).total_seconds())
        return Wait(max(1, seconds), free_at == of_person, _is_told(db, who or 0, attempt, free_at))


_EFFECT = "counted"
_COUNTS_SINCE = "select at, weight, is_question from asks where user_id = ? and at > ?"
_WAIT = (
    "insert into waits (id, is_question, until) values (?, ?, ?)"
    " on conflict (id, is_question) do update set until = excluded.until"
)
_COUNT = "insert into asks (at, user_id, chat_id, weight, is_question) values (?, ?, ?, ?, ?)"


def _uses_questions(attempt: Attempt) -> bool:
    """Whether an attempt counts against the questions of a minute."""
    return attempt.is_question or attempt.kind not in _BESIDE


def _weight(attempt: Attempt) -> int:
    return WEIGHTS.get(attempt.kind, QUESTION) if _uses_questions(attempt) else 1


def _sender(attempt: Attempt) -> int | None:
    """Whose limit counts: all anonymous administrators of a group share one, as the group."""
    return attempt.chat_id if attempt.user_id is None else attempt.user_id


def _bring_back(db: Database, attempt: Attempt) -> None:
    """Count attempts that lie ahead as of now: the clock was set back, and nobody waits for that time again."""
    now = timestamp(attempt.at)
    for column, who in (("user_id", _sender(attempt)), ("chat_id", attempt.chat_id)):
        db.execute(f"update asks set at = ? where {column} = ? and at > ?", [now, who, now])  # noqa: S608


def _free_at(
    db: Database, column: str, party_id: int | None, attempt: Attempt, room: int, held: Sequence[_Count] = ()
) -> dt.datetime | None:
    """The time at which the window has room again; None where it has room now."""
    if party_id is None:
        return None
    since, now, kind = timestamp(attempt.at - WINDOW), timestamp(attempt.at), _uses_questions(attempt)
    rows = db.execute(
        "select at, weight, is_question from asks"  # noqa: S608
        f" where {column} = ? and at > ? and at <= ? and is_question = ? order by at desc",
        [party_id, since, now, kind],
    ).fetchall()
    held = [count for count in held if since < count[0] <= now and count[2] == kind]
    for counted_at, weight, _ in sorted([*rows, *held], reverse=True):
        room -= weight
        if room < 0:
            return dt.datetime.fromisoformat(counted_at) + WINDOW
    return None


def _is_told(db: Database, party_id: int, attempt: Attempt, free_at: dt.datetime) -> bool:
    """Whether to tell a person or chat to wait: once for each kind, until the wait that they were told is over."""
    at, kind = attempt.at, _uses_questions(attempt)
    row = db.execute("select until from waits where id = ? and is_question = ?", [party_id, kind]).fetchone()
    if row is not None and timestamp(at) < row[0] <= timestamp(at + WINDOW):
        return False
    db.execute("delete from waits where until <= ?", [timestamp(at)])
    db.execute(_WAIT, [party_id, kind, timestamp(free_at)])
    return True
