"""The pairing of verdicts with their log: a verdict counts only for the exchange that it was given on.

An exchange's id may have been given again after a backup was put back; its unique id never is. A verdict from before
there were unique ids belongs to the exchange of its id, unless that was asked later.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from storage.database.connection import DeskDatabase
from storage.database.inspection import connect
from storage.database.verdict_migrations import UNKNOWN_UID, verdicts_beside


def count_strays(log: Path) -> int:
    """Count the verdicts beside a log that are on none of its exchanges, without a change to either.

    Raises:
        DatabaseError: One of them cannot be read.
    """
    path = verdicts_beside(log)
    if not path.exists():
        return 0
    with connect(path) as book, _attached(book, log):
        is_older = book.execute("select 1 from sqlite_master where name = 'stray_verdicts'").fetchone() is None
        if is_older or not any(row[1] == "uid" for row in book.execute("pragma log.table_info(exchanges)")):
            return int(book.execute(_OUT_OF_TIME).fetchone()[0])
        return int(book.execute(_STRAYS).fetchone()[0])


def pair(book: DeskDatabase, log: DeskDatabase) -> int:
    """Set aside what is on no exchange of a log, and take back what is; returns how many verdicts are set aside."""
    with book.reading_beside(log) as db:
        with book.writing():
            moved = sum(db.execute(statement).rowcount for statement in _STEPS)
            if moved:
                db.execute("delete from reviewed")
                db.execute(_RECOUNT)
        return int(db.execute("select count(*) from stray_verdicts").fetchone()[0])


@contextlib.contextmanager
def _attached(book: sqlite3.Connection, log: Path) -> Iterator[None]:
    book.execute("attach database ? as log", [str(log)])
    try:
        yield
    finally:
        book.execute("detach database log")


_OUT_OF_TIME = (
    "select count(*) from verdicts where not exists"
    " (select 1 from exchanges as e where e.id = exchange_id and e.asked_at <= given_at)"
)
_STRAYS = (
    "select (select count(*) from stray_verdicts) + count(*) from verdicts where not exists (select 1"  # noqa: S608
    " from exchanges as e where e.id = exchange_id and (exchange_uid is null or exchange_uid = e.uid"
    f" or exchange_uid = '{UNKNOWN_UID}' and e.asked_at <= given_at))"
)
_KNOWN = "exists (select 1 from exchanges as e where e.id = exchange_id and e.uid = exchange_uid)"


def _steps(table: str, time: str) -> Iterator[str]:
    """Pair verdicts with exchanges: name the unnamed ones, set strays aside, take paired ones back."""
    found = f"from exchanges as e where e.id = exchange_id and (exchange_uid is null or e.asked_at <= {table}.{time})"
    yield (
        f"update {table} set exchange_uid = (select uid {found})"  # noqa: S608 - our own names
        f" where coalesce(exchange_uid, '{UNKNOWN_UID}') = '{UNKNOWN_UID}' and exists (select 1 {found})"
    )
    for source, target, condition in ((table, f"stray_{table}", f"not {_KNOWN}"), (f"stray_{table}", table, _KNOWN)):
        yield f"insert into {target} select * from {source} where {condition} on conflict do nothing"  # noqa: S608
        yield f"delete from {source} where {condition}"  # noqa: S608


_STEPS = [*_steps("verdicts", "given_at"), *_steps("second_reviews", "asked_at")]
_RECOUNT = (
    "insert into reviewed (exchange_id, reviewers, rulings)"
    " select exchange_id, count(*), count(distinct verdict) from newest_verdicts group by exchange_id"
)
