"""The inbox: every update as Telegram sent it, on disk before Telegram is told so, until it is worked off."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from sqlite_utils import Database

from retrieval.models import Value
from storage.database.connection import DeskDatabase
from storage.database.timestamps import timestamp
from storage.delivery.redaction import without_person

KNOWN_FOR = dt.timedelta(hours=48)
"""How long a done update is known, by its number and a digest of its content, so that it is not done again; Telegram
repeats updates for 24 hours (Bot API, Getting updates)."""
RENUMBERED = 2**40
"""From here on the desk numbers updates itself whose number another update has had; Telegram's are below.

Updates of the desk's own, which have something said that nobody asked for just now, have numbers below 0.
"""
DIGEST_BYTES = 16
ERROR_CHARS = 300
"""Longest error in the inbox."""


class IncomingUpdate(Value):
    """An update as it came.

    Attributes:
        chat_id: The chat, in which updates are worked off in order; outside of chats the person; 0 where neither is
            known.
        user_id: The person, or the chat that somebody speaks for, where known.
        content: JSON.
    """

    update_id: int
    chat_id: int
    user_id: int | None
    content: str


class PendingUpdate(NamedTuple):
    """An update that waits in a chat; of a new update with its JSON.

    The desk names it by `update_id`. That is Telegram's `number`, unless that number began anew and another update has
    it; 0 stands for the same.
    """

    update_id: int
    chat_id: int
    content: str = ""
    number: int = 0

    @property
    def place(self) -> int:
        """Telegram's number."""
        return self.number or self.update_id


class InboxEntry(Value):
    """An update that waits or was set aside, with its JSON, failed attempts and the last error."""

    update_id: int
    content: str
    received_at: dt.datetime
    attempts: int
    error: str


class InboxBacklog(Value):
    """How many updates wait, and when the oldest of them came."""

    count: int
    oldest: dt.datetime | None


class Inbox:
    """Updates in the database; one object may be shared between threads."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def put(self, arrivals: Iterable[IncomingUpdate], now: dt.datetime) -> list[PendingUpdate]:
        """Keep updates; returns the new ones, in the order of their numbers, when they are safely on disk.

        An update is known by number and content: after a week without any Telegram numbers anew (Bot API, Update).
        """
        with self._database.writing() as db:
            arrivals = sorted(arrivals, key=attrgetter("update_id"))
            keys = [_insert(db, arrival, timestamp(now)) for arrival in arrivals]
        return [
            PendingUpdate(key, arrival.chat_id, arrival.content, arrival.update_id)
            for key, arrival in zip(keys, arrivals, strict=True)
            if key is not None
        ]

    def pending(self) -> list[PendingUpdate]:
        """The updates that wait, in the order of arrival and, within one batch, of numbers."""
        with self._database.reading() as db:
            rows = db.execute(_PENDING).fetchall()
        return [PendingUpdate(*row) for row in rows]

    def numbers(self, first: int) -> list[int]:
        """Telegram's numbers, from the first on, of all known updates, waiting or not."""
        with self._database.reading() as db:
            rows = db.execute("select number from inbox where number >= ?", (first,)).fetchall()
        return [int(number) for (number,) in rows]

    def before(self, number: int) -> int | None:
        """Telegram's highest known number below a number; None where none is known."""
        with self._database.reading() as db:
            row = db.execute("select max(number) from inbox where number < ?", (number,)).fetchone()
        return None if row[0] is None else int(row[0])

    def last(self) -> int:
        """Telegram's number of the update that came last; 0 where none is known."""
        with self._database.reading() as db:
            row = db.execute(_LAST).fetchone()
        return int(row[0]) if row else 0

    def entry(self, update_id: int) -> InboxEntry | None:
        """An update that waits; None where it does not wait, or no more."""
        with self._database.reading() as db:
            row = next(db.query(f"{_ENTRY} where update_id = ? and state = 'waiting'", (update_id,)), None)
        return InboxEntry.model_validate(row) if row else None

    def finish(self, update_id: int) -> None:
        """Note that an update is worked off; only its number stays."""
        with self._database.writing(synced=False) as db:
            _finish(db, update_id)

    def note_failure(self, update_id: int, error: str) -> int:
        """Note why an update could not be worked off; returns how often that has happened."""
        with self._database.writing(synced=False) as db:
            db.execute(_FAILED, (error[:ERROR_CHARS], update_id))
            return int(db.execute("select attempts from inbox where update_id = ?", (update_id,)).fetchone()[0])

    def set_aside(self, update_id: int) -> None:
        """Set an update aside until an owner retries or drops it."""
        with self._database.writing() as db:
            db.execute("update inbox set state = 'set aside' where update_id = ?", (update_id,))

    def list_set_aside(self) -> list[InboxEntry]:
        """The updates that were set aside, oldest first."""
        with self._database.reading() as db:
            rows = list(db.query(f"{_ENTRY} where state = 'set aside' order by update_id"))
        return [InboxEntry.model_validate(row) for row in rows]

    def retry(self, update_id: int) -> bool:
        """Let an update that was set aside wait again, as a new update; returns whether the update was set aside."""
        with self._database.writing() as db:
            return db.execute(_RETRY, (update_id,)).rowcount > 0

    def drop(self, update_id: int) -> bool:
        """Give up an update that was set aside; returns whether it was."""
        with self._database.writing() as db:
            is_there = db.execute(_IS_SET_ASIDE, (update_id,)).fetchone() is not None
            if is_there:
                _finish(db, update_id)
        return is_there

    def backlog(self) -> InboxBacklog:
        """How many updates wait, and since when."""
        with self._database.reading() as db:
            row = next(db.query(_BACKLOG))
        return InboxBacklog.model_validate(row)

    def sweep(self, now: dt.datetime) -> int:
        """Delete the numbers of updates done long ago, with their replies and effects; returns how many."""
        before = timestamp(now - KNOWN_FOR)
        with self._database.writing() as db:
            count = db.execute("delete from inbox where state = 'done' and received_at < ?", (before,)).rowcount
            db.execute("delete from outbox where changed_at < ?", (before,))
            db.execute("delete from effects where update_id not in (select update_id from inbox)")
            db.execute("delete from watch_matches where notice not in (select update_id from inbox)")
        self._database.empty_journal()  # so that words of done updates stand nowhere any more
        return count


def put_own(db: Database, chat_id: int, content: str, now: dt.datetime) -> int:
    """Have an update of the desk's own wait, in the order of its chat; returns its number, which no other ever has."""
    (lowest,) = db.execute("select coalesce(min(update_id), 0) from inbox").fetchone()
    number = min(int(lowest) - 1, -round(now.timestamp() * 1_000_000))
    row = {"key": number, "update_id": None, "digest": "", "chat_id": chat_id, "user_id": None, "content": content}
    db.execute(_INSERT, {**row, "now": timestamp(now)})
    return number


def count_own(db: Database) -> int:
    """How many updates of the desk's own wait."""
    return int(db.execute("select count(*) from inbox where state = 'waiting' and update_id < 0").fetchone()[0])


def forget_updates_of(db: Database, user_id: int) -> None:
    """Empty the updates of a person that do not wait, and delete the effects of all their updates.

    Out of the updates of others they and the words of their messages are taken, as of messages replied to.
    """
    person = {"user_id": user_id}
    is_theirs = ":user_id in (user_id, chat_id)"
    of_person = f"select update_id from inbox where {is_theirs}"  # noqa: S608 - our own words
    db.execute(f"delete from effects where update_id in ({of_person})", person)  # noqa: S608
    db.execute(f"{_EMPTY} where {is_theirs} and state <> 'waiting'", person)
    others = "content <> '' and :user_id not in (coalesce(user_id, 0), coalesce(chat_id, 0))"
    naming = f"select update_id, content from inbox where {others} and instr(content, :user_id) > 0"  # noqa: S608
    for update_id, content in db.execute(naming, person).fetchall():
        db.execute("update inbox set content = ? where update_id = ?", (_without(content, user_id), update_id))


def _without(content: str, user_id: int) -> str:
    """An update's JSON without a person; one that cannot be read is emptied."""
    try:
        return json.dumps(without_person(json.loads(content), user_id))
    except (ValueError, RecursionError):
        return "{}"


def _insert(db: Database, arrival: IncomingUpdate, now: str) -> int | None:
    """Keep an update; returns the desk's number for the update, None where the update is known."""
    digest = hashlib.blake2b(arrival.content.encode(), digest_size=DIGEST_BYTES).hexdigest()
    row = {**arrival.model_dump(), "now": now, "key": arrival.update_id, "digest": digest}
    if db.execute(_IS_RENUMBERED, row).fetchone() is not None:
        return None
    if db.execute(_INSERT, row).rowcount > 0:
        return arrival.update_id
    if db.execute(_IS_KNOWN, row).fetchone() is not None:
        return None
    row["key"] = db.execute(_NEXT_KEY).fetchone()[0]
    while db.execute(_INSERT, row).rowcount == 0:
        row["key"] += 1
    return int(row["key"])


def _finish(db: Database, update_id: int) -> None:
    db.execute(f"{_EMPTY} where update_id = ?", (update_id,))
    db.execute("delete from effects where update_id = ?", (update_id,))


_INSERT = (
    "insert into inbox (update_id, number, digest, arrival, chat_id, user_id, content, received_at, state)"
    " select :key, :update_id, :digest, coalesce(max(arrival), 0) + 1, :chat_id, :user_id, :content, :now, 'waiting'"
    " from inbox where state = 'waiting' on conflict do nothing"
)
_IS_RENUMBERED = "select 1 from inbox where number = :update_id and number <> update_id and digest = :digest"
_IS_KNOWN = "select 1 from inbox where update_id = :key and number = :update_id and digest in (:digest, '')"
_NEXT_KEY = f"select coalesce(max(update_id), {RENUMBERED - 1}) + 1 from inbox where number <> update_id"  # noqa: S608
_LAST = "select number from inbox where number is not null order by received_at desc, number desc limit 1"
_PENDING = "select update_id, chat_id, '', coalesce(number, 0) from inbox where state = 'waiting' order by arrival"
_ENTRY = "select update_id, content, received_at, attempts, error from inbox"
_FAILED = "update inbox set attempts = attempts + 1, error = ? where update_id = ?"
_RETRY = "update inbox set state = 'waiting', attempts = 0 where update_id = ? and state = 'set aside'"
_IS_SET_ASIDE = "select 1 from inbox where update_id = ? and state = 'set aside'"
_EMPTY = "update inbox set state = 'done', content = '', error = '', user_id = null, chat_id = null"
_BACKLOG = "select count(*) as count, min(received_at) as oldest from inbox where state = 'waiting'"
