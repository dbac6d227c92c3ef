"""The inbox: every update as Telegram sent it, on disk before Telegram is told so, until it is worked off."""

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from sqlite_utils import Database

from retrieval.models import Value
from storage.database.connection import DeskDatabase
from storage.database.timestamps import stamp

KNOWN_FOR = dt.timedelta(hours=48)
"""How long an update that is done is known by its number, so that it is not done again; Telegram sends what it holds
again for 24 hours (Bot API, Getting updates)."""
ERROR_CHARS = 300
"""Longest error that is kept."""


class UpdateState(StrEnum):
    """How far an update has come."""

    WAITING = "waiting"
    SET_ASIDE = "set aside"
    DONE = "done"


class IncomingUpdate(Value):
    """An update as it came.

    Attributes:
        update_id: Its number.
        chat_id: The chat it happened in, in which updates are worked off in order; where it is in none, who did it; 0
            where that is not known either.
        user_id: Who did it, where that is known.
        content: Its JSON.
    """

    update_id: int
    chat_id: int
    user_id: int | None
    content: str


class PendingUpdate(NamedTuple):
    """An update that waits, and the chat it waits in; of one that has just come also its JSON."""

    update_id: int
    chat_id: int
    content: str = ""


class InboxEntry(Value):
    """An update that waits or was set aside.

    Attributes:
        update_id: Its number.
        content: Its JSON.
        received_at: When it came.
        attempts: How often it was tried to work it off.
        error: What went wrong the last time.
    """

    update_id: int
    content: str
    received_at: dt.datetime
    attempts: int
    error: str


class InboxBacklog(Value):
    """How much waits.

    Attributes:
        count: How many updates.
        oldest: When the oldest of them came; none where nothing waits.
    """

    count: int
    oldest: dt.datetime | None


class Inbox:
    """Updates in the database; one object may be shared between threads."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def put(self, arrivals: Iterable[IncomingUpdate], now: dt.datetime) -> list[PendingUpdate]:
        """Keep updates; those that came before are left as they are."""
        with self._database.writing() as db:
            new = [arrival for arrival in sorted(arrivals, key=_number) if _insert(db, arrival, stamp(now))]
        return [PendingUpdate(arrival.update_id, arrival.chat_id, arrival.content) for arrival in new]

    def turns(self) -> list[PendingUpdate]:
        """The updates that wait, in the order of their numbers."""
        with self._database.reading() as db:
            rows = db.execute(_TURNS).fetchall()
        return [PendingUpdate(*row) for row in rows]

    def numbers(self, first: int) -> list[int]:
        """The numbers of all updates that are known, waiting or not."""
        with self._database.reading() as db:
            rows = db.execute("select update_id from inbox where update_id >= ?", (first,)).fetchall()
        return [int(number) for (number,) in rows]

    def last(self) -> int:
        """The highest number of all updates that are known; 0 where none is."""
        with self._database.reading() as db:
            return int(db.execute("select coalesce(max(update_id), 0) from inbox").fetchone()[0])

    def entry(self, update_id: int) -> InboxEntry | None:
        """An update that waits; None where it does not, or no more."""
        with self._database.reading() as db:
            row = next(db.query(f"{_ENTRY} where update_id = ? and state = 'waiting'", (update_id,)), None)
        return InboxEntry.model_validate(row) if row else None

    def done(self, update_id: int) -> None:
        """Note that an update is worked off; no more than its number is kept."""
        with self._database.writing(synced=False) as db:
            _finish(db, update_id)

    def failed(self, update_id: int, error: str) -> int:
        """Note that it could not be worked off."""
        with self._database.writing(synced=False) as db:
            db.execute(_FAILED, (error[:ERROR_CHARS], update_id))
            return int(db.execute("select attempts from inbox where update_id = ?", (update_id,)).fetchone()[0])

    def put_aside(self, update_id: int) -> None:
        """Have an update wait no more, until somebody decides about it."""
        with self._database.writing() as db:
            db.execute("update inbox set state = 'set aside' where update_id = ?", (update_id,))

    def set_aside(self) -> list[InboxEntry]:
        """The updates that were set aside, oldest first."""
        with self._database.reading() as db:
            rows = list(db.query(f"{_ENTRY} where state = 'set aside' order by update_id"))
        return [InboxEntry.model_validate(row) for row in rows]

    def retry(self, update_id: int) -> bool:
        """Have an update that was set aside wait again, as if it had just come."""
        with self._database.writing() as db:
            return db.execute(_RETRY, (update_id,)).rowcount > 0

    def drop(self, update_id: int) -> bool:
        """Give up an update that was set aside."""
        with self._database.writing() as db:
            is_there = db.execute(_IS_SET_ASIDE, (update_id,)).fetchone() is not None
            if is_there:
                _finish(db, update_id)
        return is_there

    def waiting(self) -> InboxBacklog:
        """How much waits."""
        with self._database.reading() as db:
            row = next(db.query(_BACKLOG))
        return InboxBacklog.model_validate(row)

    def sweep(self, now: dt.datetime) -> int:
        """Forget the numbers of updates that were done long ago, and what belongs to updates that are no more."""
        before = stamp(now - KNOWN_FOR)
        with self._database.writing() as db:
            count = db.execute("delete from inbox where state = 'done' and received_at < ?", (before,)).rowcount
            db.execute("delete from outbox where changed_at < ?", (before,))
            db.execute("delete from effects where update_id not in (select update_id from inbox)")
        self._database.empty_journal()  # so that words of updates that are done stand nowhere any more
        return count


def forget_updates_of(db: Database, user_id: int) -> None:
    """Take out of the inbox what a person sent that was set aside, and what was done for them."""
    of_person = "select update_id from inbox where user_id = ?"
    db.execute(f"delete from effects where update_id in ({of_person})", (user_id,))  # noqa: S608 - our own words
    db.execute(f"{_EMPTY} where user_id = ? and state <> 'waiting'", (user_id,))


def _number(arrival: IncomingUpdate) -> int:
    return arrival.update_id


def _insert(db: Database, arrival: IncomingUpdate, now: str) -> bool:
    return db.execute(_INSERT, {**arrival.model_dump(), "now": now}).rowcount > 0


def _finish(db: Database, update_id: int) -> None:
    db.execute(f"{_EMPTY} where update_id = ?", (update_id,))
    db.execute("delete from effects where update_id = ?", (update_id,))


_INSERT = (
    "insert or ignore into inbox (update_id, chat_id, user_id, content, received_at, state)"
    " values (:update_id, :chat_id, :user_id, :content, :now, 'waiting')"
)
_TURNS = "select update_id, chat_id from inbox where state = 'waiting' order by update_id"
_ENTRY = "select update_id, content, received_at, attempts, error from inbox"
_FAILED = "update inbox set attempts = attempts + 1, error = ? where update_id = ?"
_RETRY = "update inbox set state = 'waiting', attempts = 0 where update_id = ? and state = 'set aside'"
_IS_SET_ASIDE = "select 1 from inbox where update_id = ? and state = 'set aside'"
_EMPTY = "update inbox set state = 'done', content = '', error = '', user_id = null, chat_id = null"
_BACKLOG = "select count(*) as count, min(received_at) as oldest from inbox where state = 'waiting'"
