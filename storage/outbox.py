"""The outbox: each thing the bot says to an update, noted before and after, so that a crash repeats little."""

import datetime as dt
from enum import StrEnum
from typing import NamedTuple

from storage.database import DeskDatabase
from storage.stamps import stamp


class OutState(StrEnum):
    """How far something to say has come: refused for now, on its way, said, or never to be said."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Sent(NamedTuple):
    """Something that was said.

    Attributes:
        message_id: The Telegram message that it became; none where it became none.
    """

    message_id: int | None


class Outbox:
    """What is said to updates; one object may be shared between threads.

    What is noted here outlives a crash of the program at once; a power failure may lose the last of it.
    """

    def __init__(self, database: DeskDatabase) -> None:
        """Open the outbox.

        Args:
            database: What it is kept in.
        """
        self._database = database

    def begin(self, update_id: int, number: int, method: str) -> Sent | None:
        """Note that something is on its way from now on.

        What was on its way already when the program ended, or when Telegram's answer was lost, may have arrived: it
        is marked as in doubt, and so is the exchange of the update.

        Args:
            update_id: The update that it is said to.
            number: Which of the things said to it, from 1.
            method: The Bot API's method.

        Returns:
            What became of it, where it was said before and must not be said again; else none.

        Raises:
            DatabaseError: It could not be noted, so it must not be sent.
        """
        key = {"update_id": update_id, "number": number, "method": method, "now": _now()}
        with self._database.writing(synced=False) as db:
            row = db.execute(_FIND, key).fetchone()
            if row is not None and row[0] == OutState.SENT:
                return Sent(row[1])
            if row is not None and row[0] == OutState.SENDING:
                db.execute(_DOUBT, key)
                db.execute(_DOUBT_EXCHANGE, key)
            db.execute(_SENDING, key)
        return None

    def sent(self, update_id: int, number: int, message_id: int | None) -> None:
        """Note that it was said.

        Raises:
            DatabaseError: It could not be noted.
        """
        self._settle(update_id, number, OutState.SENT, message_id=message_id)

    def refused(self, update_id: int, number: int) -> None:
        """Note that it surely did not arrive, and is to be sent again."""
        self._settle(update_id, number, OutState.PENDING)

    def failed(self, update_id: int, number: int, reason: str) -> None:
        """Note that Telegram will never take it, and why."""
        self._settle(update_id, number, OutState.FAILED, reason)

    def _settle(
        self, update_id: int, number: int, state: OutState, reason: str = "", message_id: int | None = None
    ) -> None:
        with self._database.writing(synced=False) as db:
            db.execute(_SETTLE, (state, reason, message_id, _now(), update_id, number))

    def failures(self) -> int:
        """How many things could not be said within the last two days."""
        with self._database.reading() as db:
            return int(db.execute("select count(*) from outbox where state = 'failed'").fetchone()[0])


def _now() -> str:
    return stamp(dt.datetime.now(dt.UTC))


_FIND = "select state, message_id from outbox where update_id = :update_id and number = :number"
_DOUBT = "update outbox set in_doubt = 1 where update_id = :update_id and number = :number"
_DOUBT_EXCHANGE = (
    "update exchanges set in_doubt = 1 where id = (select max(id) from exchanges where update_id = :update_id)"
)
_SENDING = (
    "insert into outbox (update_id, number, method, state, changed_at)"
    " values (:update_id, :number, :method, 'sending', :now)"
    " on conflict (update_id, number) do update set state = 'sending', method = :method, changed_at = :now"
)
_SETTLE = "update outbox set state = ?, reason = ?, message_id = ?, changed_at = ? where update_id = ? and number = ?"
