"""The outbox: the fate of each reply to an update, so that it is sent once."""

import datetime as dt
from enum import StrEnum
from typing import NamedTuple

from storage.database.connection import DeskDatabase
from storage.database.timestamps import timestamp


class ReplyState(StrEnum):
    """How far a reply has come: refused for now, perhaps arrived, sent, or never to be sent."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class ReplyKey(NamedTuple):
    """A reply to an update, by its number from 1 on among the replies to it, and the Bot API's method."""

    update_id: int
    number: int
    method: str


class SentReply(NamedTuple):
    """A reply as sent, with the id of its Telegram message; none where the reply is no message."""

    message_id: int | None


class Outbox:
    """Replies in the database; one object may be shared between threads.

    A note outlives a crash of the program at once; a power failure may lose the last notes, unless another machine
    would then send.

    Attributes:
        is_shared: Whether other machines send replies from it too, when this one is lost.
    """

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database
        self._notes = database.notes or database
        self.is_shared = database.notes is not None

    @property
    def may_send(self) -> bool:
        """Whether no other machine may be sending replies now."""
        return self._database.is_leading()

    def recall(self, update_id: int, number: int) -> SentReply | None:
        """The reply of a number to an update, where it was sent and must not be sent again; else none.

        A reply in flight when the program ended, or when Telegram's answer was lost, may have arrived: it is marked
        as in doubt, and so is the exchange of the update, since it is sent again. So is one without
        a note where another machine led when its exchange was recorded, or another server had the database.
        """
        key = update_id, number
        row = self._database.row(_FIND, key)
        state = None if row is None else row[0]
        if state == ReplyState.SENT:
            return SentReply(row[1])
        # A note of any other state may be older than a sending whose own note was lost.
        until = _LAST if state == ReplyState.SENDING else self._database.doubtful_until
        if until:
            with self._database.writing() as db:  # synced: a mark that is lost would leave a second reply unexplained
                db.execute(_DOUBT, key)
                db.execute(_DOUBT_EXCHANGE, (update_id, until))
        return None

    def note_sent(self, key: ReplyKey, message_id: int | None) -> None:
        """Note that a reply was sent, and as which message."""
        self._note(key, ReplyState.SENT, message_id=message_id)

    def note_in_doubt(self, key: ReplyKey) -> None:
        """Note that a reply may have arrived."""
        self._note(key, ReplyState.SENDING)

    def note_refusal(self, key: ReplyKey) -> None:
        """Note that a reply surely did not arrive, and is to be sent again."""
        self._note(key, ReplyState.PENDING)

    def note_failure(self, key: ReplyKey, reason: str) -> None:
        """Note that Telegram will never take a reply, and why."""
        self._note(key, ReplyState.FAILED, reason)

    def _note(self, key: ReplyKey, state: ReplyState, reason: str = "", message_id: int | None = None) -> None:
        with self._notes.writing(synced=False) as db:
            db.execute(_NOTE, (*key, state, reason, message_id, _now()))

    def failures(self) -> int:
        """Count the replies of the last two days that could not be sent."""
        return int(self._database.row("select count(*) from outbox where state = 'failed'")[0])


def _now() -> str:
    return timestamp(dt.datetime.now(dt.UTC))


_LAST = 2**63 - 1
"""The highest id there can be."""
_FIND = "select state, message_id from outbox where update_id = ? and number = ?"
_DOUBT = "update outbox set in_doubt = 1 where update_id = ? and number = ?"
_DOUBT_EXCHANGE = (
    "update exchanges set in_doubt = 1 where id = (select max(id) from exchanges where update_id = ?) and id <= ?"
)
_NOTE = (
    "insert into outbox (update_id, number, method, state, reason, message_id, changed_at) values (?, ?, ?, ?, ?, ?, ?)"
    " on conflict (update_id, number) do update set method = excluded.method, state = excluded.state,"
    " reason = excluded.reason, message_id = excluded.message_id, changed_at = excluded.changed_at"
    " where outbox.state <> 'sent'"  # an older note of a reply in flight does not undo that it was sent
)
