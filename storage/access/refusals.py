"""Refused attempts: person, chat, kind and reason, without a word of the message."""

from storage.access.models import AccessRefusal, Attempt
from storage.database.connection import DeskDatabase
from storage.database.idempotency import note, recall
from storage.database.timestamps import timestamp

_HOUR_CHARS = len("2025-04-28T09")


class RefusalLog:
    """Refused attempts in the database; equal attempts of one hour share a row, so that a flood stays small."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def record(self, attempt: Attempt, reason: AccessRefusal) -> None:
        """Record a refused attempt."""
        at = timestamp(attempt.at)
        row = {"hour": at[:_HOUR_CHARS], "chat_id": attempt.chat_id, "user_id": attempt.user_id, "at": at}
        row |= {"kind": attempt.kind, "reason": reason}
        with self._database.writing(synced=False) as db:
            if db.execute(_AGAIN, row).rowcount == 0:
                db.execute(_FIRST, row)

    def turn_away(self, attempt: Attempt, waiting: int) -> None:
        """Record a question that is turned away because too many wait; it stays so when its update comes again."""
        with self._database.writing(synced=False) as db:
            self.record(attempt, AccessRefusal.BUSY)
            note(db, attempt.update_id, _TURNED_AWAY, str(waiting))

    def turned_away(self, attempt: Attempt) -> int:
        """How many waited when the same question was turned away before; 0 where it was not."""
        with self._database.reading() as db:
            return int(recall(db, attempt.update_id, _TURNED_AWAY) or 0)


_TURNED_AWAY = "turned away"
_AGAIN = (
    "update refusals set attempts = attempts + 1, last_at = max(last_at, :at) where hour = :hour"
    " and chat_id is :chat_id and user_id is :user_id and kind = :kind and reason = :reason"
)
_FIRST = (
    "insert into refusals (hour, chat_id, user_id, kind, reason, attempts, first_at, last_at)"
    " values (:hour, :chat_id, :user_id, :kind, :reason, 1, :at, :at)"
)
