"""Attempts that were not let through: who, where, of what kind and why, without a word of what was written."""

from storage.access.models import AccessRefusal, Attempt
from storage.database.connection import DeskDatabase
from storage.database.idempotency import note, recalled
from storage.database.timestamps import stamp

_HOUR_CHARS = len("2025-04-28T09")


class RefusalLog:
    """Refused attempts in the database; like attempts of one hour share a row, so that a flood stays small."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def record(self, attempt: Attempt, reason: AccessRefusal) -> None:
        """Write down a refused attempt."""
        at = stamp(attempt.at)
        row = {"hour": at[:_HOUR_CHARS], "chat_id": attempt.chat_id, "user_id": attempt.user_id, "at": at}
        row |= {"kind": attempt.kind, "reason": reason}
        with self._database.writing(synced=False) as db:
            if db.execute(_AGAIN, row).rowcount == 0:
                db.execute(_FIRST, row)

    def turn_away(self, attempt: Attempt, waiting: int) -> None:
        """Write down a question that was turned away because too many waited, for good: it stays unanswered."""
        with self._database.writing(synced=False) as db:
            self.record(attempt, AccessRefusal.BUSY)
            if attempt.update_id is not None:
                note(db, attempt.update_id, _TURNED_AWAY, str(waiting))

    def turned_away(self, attempt: Attempt) -> int:
        """How many waited when a question was turned away that is worked off again; 0 where it was not."""
        if attempt.update_id is None:
            return 0
        with self._database.reading() as db:
            return int(recalled(db, attempt.update_id, _TURNED_AWAY) or 0)


_TURNED_AWAY = "turned away"
_AGAIN = (
    "update refusals set attempts = attempts + 1, last_at = max(last_at, :at) where hour = :hour"
    " and chat_id is :chat_id and user_id is :user_id and kind = :kind and reason = :reason"
)
_FIRST = (
    "insert into refusals (hour, chat_id, user_id, kind, reason, attempts, first_at, last_at)"
    " values (:hour, :chat_id, :user_id, :kind, :reason, 1, :at, :at)"
)
