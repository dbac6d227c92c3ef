"""The outbox: what became of each thing the bot says to an update, so that it is said once."""

import datetime as dt
from enum import StrEnum
from typing import NamedTuple

from storage.database.connection import DeskDatabase
from storage.database.timestamps import stamp


class ReplyState(StrEnum):
    """How far something to say has come: refused for now, perhaps arrived, said, or never to be said."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class ReplyKey(NamedTuple):
    """Something that is said to an update.

    Attributes:
        update_id: The update.
        number: Which of the things said to it, from 1.
        method: The Bot API's method.
    """

    update_id: int
    number: int
    method: str


class SentReply(NamedTuple):
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
        self._database = database

    def recall(self, update_id: int, number: int) -> SentReply | None:
        """What became of something that may have been said before.

        What was on its way when the program ended, or when Telegram's answer was lost, may have arrived: it is marked
        as in doubt, and so is the exchange of the update, since it is said again.
        """
        key = update_id, number
        with self._database.writing(synced=False) as db:
            row = db.execute(_FIND, key).fetchone()
            if row is not None and row[0] == ReplyState.SENT:
                return SentReply(row[1])
            if row is not None and row[0] == ReplyState.SENDING:
                db.execute(_DOUBT, key)
                db.execute(_DOUBT_EXCHANGE, (update_id,))
        return None

    def sent(self, said: ReplyKey, message_id: int | None) -> None:
        """Note that it was said, and which message it became."""
        self._note(said, ReplyState.SENT, message_id=message_id)

    def sending(self, said: ReplyKey) -> None:
        """Note that nobody knows whether it arrived."""
        self._note(said, ReplyState.SENDING)

    def refused(self, said: ReplyKey) -> None:
        """Note that it surely did not arrive, and is to be sent again."""
        self._note(said, ReplyState.PENDING)

    def failed(self, said: ReplyKey, reason: str) -> None:
        """Note that Telegram will never take it, and why."""
        self._note(said, ReplyState.FAILED, reason)

    def _note(self, said: ReplyKey, state: ReplyState, reason: str = "", message_id: int | None = None) -> None:
        with self._database.writing(synced=False) as db:
            db.execute(_NOTE, (*said, state, reason, message_id, _now()))

    def failures(self) -> int:
        """How many things could not be said within the last two days."""
        with self._database.reading() as db:
            return int(db.execute("select count(*) from outbox where state = 'failed'").fetchone()[0])


def _now() -> str:
    return stamp(dt.datetime.now(dt.UTC))


_FIND = "select state, message_id from outbox where update_id = ? and number = ?"
_DOUBT = "update outbox set in_doubt = 1 where update_id = ? and number = ?"
_DOUBT_EXCHANGE = "update exchanges set in_doubt = 1 where id = (select max(id) from exchanges where update_id = ?)"
_NOTE = (
    "insert into outbox (update_id, number, method, state, reason, message_id, changed_at) values (?, ?, ?, ?, ?, ?, ?)"
    " on conflict (update_id, number) do update set method = excluded.method, state = excluded.state,"
    " reason = excluded.reason, message_id = excluded.message_id, changed_at = excluded.changed_at"
    " where outbox.state <> 'sent'"  # what was on its way by a note that is older is out all the same
)
