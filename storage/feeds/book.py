"""Feeds and their items in the database: when a feed is due, and the outcome of each item."""

import datetime as dt
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlite_utils import Database

from retrieval.models import Value
from storage.database.connection import DeskDatabase
from storage.database.timestamps import timestamp

MOST_WAITING = 5_000
"""Most items of a feed that may wait to be read; what it lists beyond is taken once there is room."""


class AddressReach(StrEnum):
    """From where an address can be reached."""

    PUBLIC = "public"
    PRIVATE = "private"  # within a network of one's own
    LOOPBACK = "loopback"  # on this machine
    NOWHERE = "nowhere"  # link-local, multicast, reserved


class Feed(Value):
    """A feed, and how its last fetch ended."""

    url: str
    host: str
    reach: AddressReach  # of its address when it was added
    collection: str  # sub-folder of the articles
    title: str | None = None
    added_at: dt.datetime
    looked_at: dt.datetime | None = None  # when it was last fetched, with success
    due_at: dt.datetime | None = None  # none where it is gone for good
    etag: str | None = None
    modified: str | None = None
    error: str | None = None
    failures: int = 0  # in a row


class ItemState(StrEnum):
    """The state of a feed's item."""

    WAITING = "waiting"
    KEPT = "kept"
    REPEATED = "repeated"  # it is an article already
    FAILED = "failed"


class WaitingItem(Value):
    """An item that is to be read."""

    key: str  # its address without what does not tell pages apart
    url: str
    title: str | None = None
    date: dt.date | None = None
    publisher: str | None = None
    attempts: int = 0


class ItemOutcome(NamedTuple):
    """Result of reading an item."""

    state: ItemState
    final_key: str | None = None  # of the address that it was read at
    digest: str | None = None  # of its text
    file: str | None = None
    error: str | None = None


class FeedStatus(Value):
    """A feed, with the number of its items in each state."""

    feed: Feed
    kept: int = 0
    waiting: int = 0
    repeated: int = 0
    failed: int = 0


class FeedBook:
    """Feeds and items in the database; may be shared between threads."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def add(self, feed: Feed) -> None:
        """Add a feed, unless it is there."""
        added = timestamp(feed.added_at)
        row = (feed.url, feed.host, feed.reach, feed.collection, feed.title, added, added)
        self._database.execute(_ADD, row)

    def remove(self, url: str) -> bool:
        """Remove a feed with its items; return whether it was there."""
        with self._database.writing() as db:
            db.execute("delete from feed_items where feed = ?", [url])
            return db.execute("delete from feeds where url = ?", [url]).rowcount > 0

    def statuses(self) -> list[FeedStatus]:
        """All feeds in the order in which they were added, each with its items counted."""
        with self._database.reading() as db:
            counts = db.execute("select feed, state, count(*) from feed_items group by feed, state").fetchall()
            rows = db.execute(f"select {_COLUMNS} from feeds order by added_at, url").fetchall()  # noqa: S608 - ours
        of_feed: dict[str, dict[str, int]] = {}
        for feed, state, count in counts:
            of_feed.setdefault(feed, {})[state] = count
        return [FeedStatus.model_validate({"feed": feed, **of_feed.get(feed.url, {})}) for feed in map(_feed, rows)]

    def totals(self) -> dict[str, int]:
        """How many feeds there are, how many of them fail, and how many items are in each state."""
        with self._database.reading() as db:
            feeds, failing = db.execute("select count(*), count(error) from feeds").fetchone()
            states = dict(db.execute("select state, count(*) from feed_items group by state").fetchall())
        return {"feeds": feeds, "failing": failing, **{state.value: states.get(state, 0) for state in ItemState}}

    def find(self, url: str) -> Feed | None:
        """Return a feed, if it is there."""
        row = self._database.row(f"select {_COLUMNS} from feeds where url = ?", [url])  # noqa: S608 - ours
        return _feed(row) if row else None

    def due(self, now: dt.datetime) -> list[Feed]:
        """The feeds that are due, the longest due first."""
        sql = f"select {_COLUMNS} from feeds where due_at <= ? order by due_at, url"  # noqa: S608 - our own columns
        return [_feed(row) for row in self._database.rows(sql, [timestamp(now)])]

    def claim(self, feed: Feed, now: dt.datetime, until: dt.datetime) -> bool:
        """Take a feed for a fetch; not while it, or another one of its host, is taken."""
        row = {"url": feed.url, "host": feed.host, "now": timestamp(now), "until": timestamp(until)}
        return self._database.execute(_CLAIM, row) > 0

    def keep_claim(self, feed: Feed, until: dt.datetime) -> None:
        """Have a feed that is taken stay so for longer."""
        with self._database.writing(synced=False) as db:
            db.execute(_KEEP_CLAIM, [timestamp(until), feed.url])

    def note_listing(self, feed: Feed, items: Sequence[WaitingItem], now: dt.datetime) -> int:
        """Record a feed as it was just fetched, and have its new items wait; returns how many are new."""
        row = (feed.title, feed.etag, feed.modified, timestamp(now), feed.url)
        with self._database.writing() as db:
            db.execute(_LOOKED, row)
            known = {key for (key,) in db.execute("select item from feed_items where feed = ?", [feed.url])}
            waiting = db.execute(_COUNT_WAITING, [feed.url]).fetchone()[0]
            new = {item.key: item for item in reversed(items) if item.key not in known}
            added = list(reversed(new.values()))[: max(0, MOST_WAITING - waiting)]
            db.conn.executemany(_ADD_ITEM, [_item_row(feed, n, item, now) for n, item in enumerate(added)])
        return len(added)

    def end_fetch(self, feed: Feed, due: dt.datetime | None, error: str | None) -> None:
        """Record the end of a fetch, when the next one is due (None for never), and its error."""
        row = (timestamp(due) if due else None, error, int(error is not None), int(error is not None), feed.url)
        self._database.execute(_END, row)

    def waiting(self, feed: Feed, most: int) -> list[WaitingItem]:
        """The items of a feed that are to be read: those least often tried, in the order of the feed."""
        rows = self._database.rows(_WAITING, [feed.url, most])
        return [WaitingItem.model_validate(dict(zip(WaitingItem.model_fields, row, strict=True))) for row in rows]

    def note_item(self, feed: Feed, item: WaitingItem, outcome: ItemOutcome) -> None:
        """Record what became of an item."""
        self._database.execute(_NOTE_ITEM, (*outcome, feed.url, item.key))

    def read_before(self, keys: Iterable[str], digest: str | None = None) -> str | None:
        """Return the file of an item by the addresses of its page or by its text; None where no such item was read."""
        found = ", ".join("?" * len(keys := list(keys))) or "null"
        sql = (
            "select file from feed_items where state in ('kept', 'repeated')"  # noqa: S608 - signs only
            f" and (item in ({found}) or final_item in ({found}) or digest = ?) order by state, seen_at"
        )
        row = self._database.row(sql, [*keys, *keys, digest])
        return (row[0] or "") if row else None


class FeedProblems(NamedTuple):
    """The number of feeds, and the errors of failing feeds by address."""

    feeds: int
    errors: dict[str, str]


def feed_problems(db: Database) -> FeedProblems:
    """Look what is wrong with the feeds."""
    errors = dict(db.execute("select url, error from feeds order by added_at").fetchall())
    return FeedProblems(len(errors), {url: error for url, error in errors.items() if error})


_COLUMNS = ", ".join(Feed.model_fields)
_ADD = (
    "insert into feeds (url, host, reach, collection, title, added_at, due_at) values (?, ?, ?, ?, ?, ?, ?)"
    " on conflict (url) do nothing"
)
_CLAIM = (
    "update feeds set claimed_until = :until where url = :url and due_at <= :now and not exists"
    " (select 1 from feeds as others where others.host = :host and others.claimed_until > :now)"
)
_KEEP_CLAIM = "update feeds set claimed_until = ? where url = ? and claimed_until is not null"
_LOOKED = "update feeds set title = ?, etag = ?, modified = ?, looked_at = ? where url = ?"
_COUNT_WAITING = "select count(*) from feed_items where feed = ? and state = 'waiting'"
_ADD_ITEM = (
    "insert into feed_items (feed, item, url, title, date, publisher, seen_at, position)"
    " values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (feed, item) do nothing"
)
_END = (
    "update feeds set due_at = ?, error = ?, claimed_until = null,"
    " failures = case when ? = 1 then failures + ? else 0 end where url = ?"
)
_WAITING = (
    "select item, url, title, date, publisher, attempts from feed_items where feed = ? and state = 'waiting'"
    " order by attempts, seen_at, position limit ?"
)
_NOTE_ITEM = (
    "update feed_items set state = ?, final_item = ?, digest = ?, file = ?, error = ?, attempts = attempts + 1"
    " where feed = ? and item = ?"
)


def _feed(row: Sequence[object]) -> Feed:
    return Feed.model_validate(dict(zip(Feed.model_fields, row, strict=True)))


def _item_row(feed: Feed, position: int, item: WaitingItem, now: dt.datetime) -> tuple[object, ...]:
    date = item.date.isoformat() if item.date else None
    return feed.url, item.key, item.url, item.title, date, item.publisher, timestamp(now), position
