"""The watches, the passages that wait for each, and their notices on the way."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from sqlite_utils import Database

from storage.database.connection import DeskDatabase
from storage.database.timestamps import timestamp
from storage.delivery.inbox import count_own, put_own
from storage.watches.models import NewWatch, WaitingWatch, Watch, WatchLimits, WatchMatch, WatchPlace

LEVELS = range(-2, 2)
"""How little and how much a watch may tell."""
NOTICE = "policydesk_watch"
"""The field of an update of the desk's own that has a notice sent; it holds the number of the watch."""
AddResult: TypeAlias = Literal["new", "again", "person", "chat"]


class AddedWatch(NamedTuple):
    """The outcome of setting up a watch: the watch, new or there `again`, or the limit reached."""

    result: AddResult
    watch: Watch | None = None


class WatchBook:
    """Watches in the database; one object may be shared between threads."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def add(self, new: NewWatch, limits: WatchLimits, now: dt.datetime) -> AddedWatch:
        """Set up a watch; the same topic in the same place again changes the schedule only."""
        with self._database.writing() as db:
            there = _of_place(db, new.place)
            same = next((watch for watch in there if _plain(watch.topic) == _plain(new.topic)), None)
            if same is not None:
                return AddedWatch("again", _reschedule(db, same, new))
            if new.place.chat_id < 0 and _count(db, "chat_id", new.place.chat_id) >= limits.chat:
                return AddedWatch("chat")
            if new.user_id is not None and _count(db, "user_id", new.user_id) >= limits.person:
                return AddedWatch("person")
            return AddedWatch("new", _insert(db, new, now))

    def of_place(self, place: WatchPlace) -> list[Watch]:
        """The watches of a chat or topic, in the order in which they were set up."""
        with self._database.reading() as db:
            return _of_place(db, place)

    def all(self) -> list[Watch]:
        """All watches, in the order in which they were set up."""
        with self._database.reading() as db:
            return _watches(db, "true", {})

    def find(self, watch_id: int) -> Watch | None:
        """The watch of a number; none where it was stopped."""
        with self._database.reading() as db:
            return next(iter(_watches(db, "id = :id", {"id": watch_id})), None)

    def stop(self, watch_id: int) -> bool:
        """End a watch; says whether it was there."""
        with self._database.writing() as db:
            db.execute("delete from watch_matches where watch_id = ?", [watch_id])
            return db.execute("delete from watches where id = ?", [watch_id]).rowcount > 0

    def change_level(self, watch_id: int, by: int) -> int | None:
        """Have a watch tell more or less, within bounds; returns the level, none where it was stopped."""
        with self._database.writing() as db:
            found = next(iter(_watches(db, "id = :id", {"id": watch_id})), None)
            if found is None:
                return None
            level = min(max(found.level + by, LEVELS.start), LEVELS.stop - 1)
            db.execute("update watches set level = ? where id = ?", [level, watch_id])
            return level

    def move(self, old_id: int, new_id: int) -> None:
        """Let the watches of a group follow it when it becomes a supergroup, which has other topics: none at first."""
        self._database.execute("update watches set chat_id = ?, thread_id = 0 where chat_id = ?", [new_id, old_id])

    # Notices

    def waiting(self) -> list[WaitingWatch]:
        """The watches for which passages wait, the longest first."""
        with self._database.reading() as db:
            rows = list(db.query(_WAITING))
        return [WaitingWatch(_watch(row), dt.datetime.fromisoformat(str(row["since"]))) for row in rows]

    def counts_waiting(self) -> dict[int, int]:
        """How many passages wait to be told, by the number of the watch."""
        return dict(self._database.rows("select watch_id, count(*) from watch_matches group by watch_id"))

    def notices_under_way(self) -> int:
        """How many notices are on their way."""
        with self._database.reading() as db:
            return count_own(db)

    def begin_notice(self, watch_id: int, now: dt.datetime) -> int | None:
        """Put a notice of all that waits for a watch on its way; its update's number, none where nothing waits."""
        with self._database.writing() as db:
            found = next(iter(_watches(db, "id = :id", {"id": watch_id})), None)
            if found is None or not db.execute(_IS_WAITING, [watch_id]).fetchone():
                return None
            number = put_own(db, found.chat_id, json.dumps({NOTICE: watch_id}), now)
            db.execute("update watch_matches set notice = ? where watch_id = ? and notice is null", [number, watch_id])
            db.execute("update watches set told_at = ? where id = ?", [timestamp(now), watch_id])
        return number

    def matches_of(self, notice: int) -> Mapping[str, Sequence[int]]:
        """The digests of the passages of a notice, by their articles."""
        with self._database.reading() as db:
            rows = db.execute("select file, digest from watch_matches where notice = ? order by id", [notice])
            found: dict[str, list[int]] = {}
            for file, digest in rows:
                found.setdefault(file, []).append(digest)
        return found

    def end_notice(self, notice: int) -> None:
        """Drop the passages of a notice that was told, or is not to be told any more."""
        with self._database.writing(synced=False) as db:
            db.execute("delete from watch_matches where notice = ?", [notice])


def add_matches(db: Database, file: str, matches: Sequence[WatchMatch], now: dt.datetime) -> None:
    """Have passages of an article wait for the watches that are still there."""
    rows = [(match.watch_id, timestamp(now), file, match.digest, match.watch_id) for match in matches]
    db.conn.executemany(_ADD_MATCH, rows)


def _of_place(db: Database, place: WatchPlace) -> list[Watch]:
    values = {"chat_id": place.chat_id, "thread_id": place.thread_id or 0}
    return _watches(db, "chat_id = :chat_id and thread_id = :thread_id", values)


def _watches(db: Database, condition: str, values: Mapping[str, object]) -> list[Watch]:
    return [_watch(row) for row in db.query(f"{_SELECT} where {condition} order by id", dict(values))]


def _watch(row: Mapping[str, object]) -> Watch:
    return Watch.model_validate({name: row[name] for name in Watch.model_fields})


def _count(db: Database, column: str, value: int) -> int:
    return int(db.execute(f"select count(*) from watches where {column} = ?", [value]).fetchone()[0])  # noqa: S608


def _insert(db: Database, new: NewWatch, now: dt.datetime) -> Watch:
    (last,) = db.execute("select coalesce(max(id), 0) from watches").fetchone()
    schedule = new.schedule.model_dump() if new.schedule else {}
    watch = Watch(
        id=max(last + 1, int(now.timestamp())),  # never one of a watch that was stopped, whose buttons still stand
        user_id=new.user_id,
        chat_id=new.place.chat_id,
        thread_id=new.place.thread_id or 0,
        topic=new.topic,
        language=new.language,
        made_at=now,
        **schedule,
    )
    db.execute(_INSERT, {**watch.model_dump(), "made_at": timestamp(now)})
    return watch


def _reschedule(db: Database, watch: Watch, new: NewWatch) -> Watch:
    if new.schedule is None:
        return watch
    db.execute("update watches set hour = ?, zone = ? where id = ?", [new.schedule.hour, new.schedule.zone, watch.id])
    return watch.model_copy(update=new.schedule.model_dump())


def _plain(topic: str) -> str:
    return " ".join(topic.casefold().split())


_COLUMNS = ", ".join(Watch.model_fields)
_SELECT = f"select {_COLUMNS} from watches"  # noqa: S608
_INSERT = f"insert into watches ({_COLUMNS}) values ({', '.join(f':{name}' for name in Watch.model_fields)})"  # noqa: S608
_WAITING = (
    f"select {_COLUMNS}, waiting.since as since from watches"  # noqa: S608
    " join (select watch_id, min(found_at) as since from watch_matches where notice is null group by watch_id)"
    " as waiting on waiting.watch_id = watches.id order by waiting.since, watches.id"
)
_IS_WAITING = "select 1 from watch_matches where watch_id = ? and notice is null limit 1"
_ADD_MATCH = (
    "insert into watch_matches (watch_id, found_at, file, digest)"
    " select ?, ?, ?, ? where exists (select 1 from watches where id = ?)"
)
