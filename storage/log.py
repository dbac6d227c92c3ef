"""The log of exchanges: all SQL of the record lives here."""

import datetime as dt
import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from storage.errors import DatabaseError, SearchError
from storage.migrations import MIGRATIONS
from storage.models import Exchange, LoggedCitation, LoggedExchange

BUSY_SECONDS = 10
"""How long to wait for another process to finish writing."""
_HEADER = b"SQLite format 3\0"


class ExchangeLog:
    """Exchanges in an SQLite database; one object may be shared between threads.

    Every exchange is on disk (WAL, `synchronous=FULL`) when `record` returns.
    """

    def __init__(self, path: Path) -> None:
        """Open a log, making it or bringing its schema up to date where needed.

        Args:
            path: The database file; its folder is made when missing.

        Raises:
            DatabaseError: The file is damaged, locked, read-only, from a newer version, or not a log of policydesk.
        """
        self.path = path
        self._lock = threading.Lock()
        with _explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            _check_file(path)
            connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
            self._db = Database(connection)
            try:
                _prepare(self._db, path)
            except BaseException:
                self._db.close()
                raise

    def record(self, exchange: Exchange) -> Exchange:
        """Write an exchange.

        Args:
            exchange: What was asked and answered.

        Returns:
            The same exchange with its id, when it is safely on disk.

        Raises:
            DatabaseError: It could not be written; nothing of it was.
        """
        with self._lock, _explained(self.path), self._db.atomic():
            cursor = self._db.execute(_INSERT_EXCHANGE, _exchange_row(exchange))
            number = int(cursor.lastrowid or 0)
            self._db.conn.executemany(_INSERT_CITATION, _citation_rows(number, exchange))
        return exchange.model_copy(update={"id": number})

    def history(self, search: str | None = None, limit: int = 20) -> list[LoggedExchange]:
        """What was asked, newest first.

        Args:
            search: Words to find in questions and replies, in SQLite's full-text syntax.
            limit: How many exchanges to return at most.

        Returns:
            Exchanges with their citations.

        Raises:
            SearchError: The search cannot be read.
            DatabaseError: The log cannot be read.
        """
        with self._lock, _explained(self.path):
            if search is None:
                return self._with_citations(self._rows(f"{_SELECT} order by id desc limit ?", limit))
            with _search_explained(search):
                rows = self._rows(f"{_SELECT} {_MATCHING} order by id desc limit ?", search, limit)
            return self._with_citations(rows)

    def close(self) -> None:
        """Close the database; the object cannot be used afterwards."""
        with self._lock:
            self._db.close()

    def _rows(self, query: str, *values: object) -> list[dict[str, object]]:
        return list(self._db.query(query, values))

    def _with_citations(self, rows: Sequence[dict[str, object]]) -> list[LoggedExchange]:
        cited: dict[object, list[LoggedCitation]] = {row["id"]: [] for row in rows}
        for row in self._rows(_CITATIONS, json.dumps(list(cited))):
            cited[row.pop("exchange_id")].append(LoggedCitation.model_validate(row))
        return [LoggedExchange.model_validate({**row, "citations": cited[row["id"]]}) for row in rows]


_COLUMNS = [name for name in LoggedExchange.model_fields if name not in {"id", "citations"}]
_INSERT_EXCHANGE = (
    f"insert into exchanges ({', '.join(_COLUMNS)}) values ({', '.join(':' + name for name in _COLUMNS)})"  # noqa: S608
)
_INSERT_CITATION = (
    'insert into citations (exchange_id, number, file, line, start, "end", quote, score)'
    " values (:exchange_id, :number, :file, :line, :start, :end, :quote, :score)"
)
_SELECT = f"select id, {', '.join(_COLUMNS)} from exchanges"  # noqa: S608
_CITATIONS = (
    "select * from citations where exchange_id in (select value from json_each(?)) order by exchange_id, number"
)
_MATCHING = "where id in (select rowid from exchanges_fts where exchanges_fts match ?)"


def _exchange_row(exchange: Exchange) -> dict[str, object]:
    answer = exchange.answer
    return {
        **exchange.model_dump(exclude={"id", "answer", "asked_at", "channel"}),
        "asked_at": exchange.asked_at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "channel": exchange.channel.value,
        "question": answer.question,
        "kind": answer.kind.value,
        "outcome": answer.outcome,
        "confidence": answer.confidence,
    }


def _citation_rows(exchange_id: int, exchange: Exchange) -> Iterator[dict[str, object]]:
    kept = set(LoggedCitation.model_fields)
    for citation in exchange.answer.citations:
        yield {"exchange_id": exchange_id, **citation.model_dump(include=kept)}


@contextmanager
def _search_explained(search: str) -> Iterator[None]:
    """Turn what SQLite says of a search into one line; what it says of the database is left to `_explained`."""
    try:
        yield
    except (sqlite3.OperationalError, UnicodeEncodeError) as error:
        if isinstance(error, sqlite3.Error) and error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        raise SearchError(
            f"The search {search!r} cannot be read ({error}): put words that hold marks, and phrases, in double quotes."
        ) from error


def _prepare(db: Database, path: Path) -> None:
    """Refuse what is not ours, then bring schema and settings up to date.

    All of it in one transaction, which waits for another process that does the same.
    """
    db.execute("begin immediate")
    applied = {migration.name for migration in MIGRATIONS.applied(db)}
    if not applied and (db.table_names() or db.view_names()):
        raise DatabaseError(f"{path} is a database of another program: name another file with POLICYDESK_DATABASE.")
    if newer := applied - {migration.name for migration in MIGRATIONS.pending(Database(memory=True))}:
        raise DatabaseError(
            f"{path} was written by a newer version of policydesk (it has {', '.join(sorted(newer))}): "
            "upgrade policydesk, or name another file with POLICYDESK_DATABASE."
        )
    MIGRATIONS.apply(db)
    db.execute("delete from exchanges where 0")  # finds out now, not at the first question, if it cannot be written
    db.execute("commit")
    _enable_wal(db)
    db.execute("pragma synchronous=FULL")
    db.execute("pragma foreign_keys=ON")


def _enable_wal(db: Database) -> None:
    """Switch to WAL; SQLite refuses at once, whatever the timeout, while another process does the same."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return db.enable_wal()
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _check_file(path: Path) -> None:
    """A file that is there and is not an SQLite database is somebody's, or damaged: never written over."""
    if path.is_dir():
        raise DatabaseError(f"{path} is a folder: name a file with POLICYDESK_DATABASE.")
    if path.exists() and path.stat().st_size:
        with path.open("rb") as file:
            header = file.read(len(_HEADER))
        if header != _HEADER:
            raise DatabaseError(
                f"{path} is damaged or not an SQLite database: restore it from a backup, or name another file with "
                "POLICYDESK_DATABASE. It was not touched."
            )


_CURES = (
    ("locked", "is in use by another program: wait for it to finish, or stop it"),
    ("readonly", "cannot be written: give the bot's user the right to write the file and its folder"),
    ("unable to open", "cannot be opened: check that the folder exists and may be written"),
    ("full", "cannot be written because the disk is full: free some space; nothing recorded so far is lost"),
    ("disk i/o", "cannot be read or written because the disk failed: check the disk, then restore from a backup"),
)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what SQLite or the file system says into one line with the cure."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        said = str(error).lower()
        cure = next((cure for sign, cure in _CURES if sign in said), None)
        if cure is None:
            cure = f"is damaged ({error}): restore it from a backup, or name another file with POLICYDESK_DATABASE"
        raise DatabaseError(f"The database {path} {cure}.") from error
    except OSError as error:
        raise DatabaseError(
            f"The database {path} cannot be opened ({error.strerror}): name a file that can be written with "
            "POLICYDESK_DATABASE."
        ) from error
