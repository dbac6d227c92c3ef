"""The database: one SQLite file, opened, brought up to date and shared between threads."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias, TypeVar
from urllib.parse import quote

from sqlite_utils import Database, Migrations

from storage.database.inspection import connect, steps_of
from storage.database.migrations import MIGRATIONS
from storage.database.private_files import open_private
from storage.database.serving_lock import FileIdentity, identity_of, is_served, serving_lock
from storage.database.verdict_migrations import VERDICT_MIGRATIONS, verdicts_beside
from storage.errors import DatabaseError, DatabaseGoneError, UnavailableError

BUSY_SECONDS = 10
"""How long to wait for a write of another process."""
HEADER = b"SQLite format 3\0"
"""The first bytes of an SQLite file."""

Value = TypeVar("Value")
Act = Callable[[], Value]
"""A write, by `writing`, of which several make one transaction."""
Values: TypeAlias = Sequence[Any] | dict[str, Any]
"""The values of a statement, by place or by name."""


class DeskDatabase:
    """An SQLite file; one object may be shared between threads, and between the books in it.

    A write is on disk (WAL, `synchronous=FULL`) when `writing` ends, unless less was asked for.

    Attributes:
        doubtful_until: The last exchange to which another machine may have sent a reply that is noted nowhere; 0: none.
        is_file: Whether the tables stand in a file, at the path, rather than on a server.
        is_writable: Whether it can be written.
        notes: The same database for notes of replies, where another machine reads them: by a session of its own, so
            that they wait for no other write, and synced.
        transactions: How many waited for the disk (True), and how many did not.
    """

    doubtful_until, is_file, is_writable = 0, True, True
    notes: DeskDatabase | None = None

    def __init__(self, path: Path, migrations: Migrations = MIGRATIONS, *, only_read: bool = False) -> None:
        """Open a database, made or brought up to date by the migrations where needed.

        Where it is only read, a file that cannot be written is opened as it is.

        Raises:
            DatabaseError: The file is damaged, locked, read-only, from a newer version, or not one of policydesk.
        """
        self.path = path
        self._journals, self._identities = _journals(path), dict[Path, FileIdentity]()
        self._lock = threading.RLock()  # whoever has several things written together holds it while each is
        self._is_synced = True
        self.transactions = {True: 0, False: 0}
        self._serving = contextlib.ExitStack()
        with _with_cure(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            _check_file(path)
            _check_links(path)
            self.is_writable = not only_read or is_writable_database(path)
            with contextlib.suppress(FileExistsError):
                os.close(open_private(path.resolve()))  # SQLite gives the journals beside it the same mode
            place = path if self.is_writable else _as_it_is(path)
            uri = not self.is_writable
            connection = sqlite3.connect(place, timeout=BUSY_SECONDS, check_same_thread=False, uri=uri)
            self._db = Database(connection, execute_plugins=False)
            try:
                if self.is_writable:
                    _prepare(self._db, path, migrations)
                else:
                    _check_schema(self._db, path, migrations)
                _CHECKED.add(identity_of(path))
                self.check_place()
            except BaseException:
                self._db.close()
                raise

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """The database to read from; all errors of SQLite become a `DatabaseError`, here and in `writing`."""
        with self._lock, _with_cure(self.path):
            if not self._db.conn.in_transaction:
                self.check_place()
            yield self._db

    @contextmanager
    def reading_afresh(self) -> Iterator[Database]:
        """The database by a second connection, which has nothing of it in memory."""
        with connect(self.path) as connection:
            yield Database(connection, execute_plugins=False)

    def has_verdicts(self) -> bool:
        """Whether there is a book of verdicts on this log."""
        return verdicts_beside(self.path).exists()

    def open_verdicts(self, *, only_read: bool = False) -> DeskDatabase:
        """The verdicts on this log: a database beside it, made where there is none."""
        return DeskDatabase(verdicts_beside(self.path), VERDICT_MIGRATIONS, only_read=only_read)

    @contextmanager
    def reading_beside(self, log: DeskDatabase) -> Iterator[Database]:
        """The verdicts together with the tables of the log that they stand beside."""
        with self.reading() as db:
            db.execute("attach database ? as log", [str(log.path)])
            try:
                yield db
            finally:
                db.execute("detach database log")

    def begin_serving(self) -> bool:
        """Begin to serve from the database, as the only bot; says whether the bot may, or is to try again.

        Raises:
            DatabaseError: Another bot does.
        """
        self._serving.enter_context(serving_lock(self.path))
        return True

    def end_serving(self) -> None:
        """Let another bot serve."""
        self._serving.close()

    def standby_note(self) -> str | None:
        """Which other machine answers; none where this one may, or nobody knows."""
        return None

    def replication_note(self) -> str | None:
        """Who leads and whether another server has the record too, in words; none where that is one file."""
        return None

    def number_on(self) -> None:
        """Number new rows behind those that were copied with their numbers, as SQLite does by itself."""

    def is_leading(self) -> bool:
        """Whether nobody else may be answering now."""
        return True

    def check_place(self) -> None:
        """Check that the open files are still the files at the database's path.

        Raises:
            DatabaseGoneError: One was removed, moved or replaced, or its folder was.
        """
        try:
            here = {self.path: identity_of(self.path)}
            for beside in self._journals:
                if beside in self._identities or beside.exists():
                    here[beside] = identity_of(beside)
        except OSError as error:
            raise _gone(self.path) from error
        if any(self._identities.setdefault(path, identity) != identity for path, identity in here.items()):
            raise _gone(self.path)

    @contextmanager
    def writing(self, *, synced: bool = True) -> Iterator[Database]:
        """The database in a transaction: the whole context is written when it ends, or nothing.

        Not synced, a write outlives a crash of the program at once, and a power failure once a later write is synced.
        """
        with self._lock, _with_cure(self.path):
            if self._db.conn.in_transaction:  # one of several things that are written together
                if synced and not self._is_synced:
                    raise NotSyncedError
                with self._db.atomic():
                    yield self._db
            else:
                with self._syncing(synced), self._db.atomic():
                    yield self._db
                self.check_place()  # what was written into no file that anybody finds was not written

    def execute(self, statement: str, values: Values = ()) -> int:
        """Carry out a statement that writes, and return the count of changed rows."""
        with self.writing() as db:
            return db.execute(statement, values).rowcount

    def rows(self, query: str, values: Values = ()) -> list[Any]:
        """Return the rows that a query finds."""
        with self.reading() as db:
            return db.execute(query, values).fetchall()

    def row(self, query: str, values: Values = ()) -> Any:
        """Return the first row that a query finds; None where it finds none."""
        with self.reading() as db:
            return db.execute(query, values).fetchone()

    def write_together(self, acts: Sequence[Act[Value]], *, synced: bool) -> list[Value | Exception]:
        """Run acts in one transaction, so that the disk is waited for once; returns their values and exceptions.

        An act that raises undoes its own writes only. Acts may run again where nothing of the first run stands: because
        one of them asked for a synced write and `synced` is false, or, on a server, because one of them failed.
        """
        with self._lock, _with_cure(self.path):
            try:
                return self._together(acts, synced=synced)
            except NotSyncedError:
                return self._together(acts, synced=True)

    def _together(self, acts: Sequence[Act[Value]], *, synced: bool) -> list[Value | Exception]:
        with self._syncing(synced):
            self._db.execute("begin immediate")  # waits for other programs once, not in every act
            try:
                outcomes = [self._outcome(act) for act in acts]
                self._db.execute("commit")
            except BaseException:
                self._db.rollback()
                raise
        self.check_place()
        return outcomes

    def _outcome(self, act: Act[Value]) -> Value | Exception:
        try:
            return act()
        except Exception as error:
            if isinstance(error, NotSyncedError):
                raise
            if not self._is_whole():
                raise
            return error

    def _is_whole(self) -> bool:
        """Whether a transaction goes on after an act in it has failed; SQLite gives it up when the disk is full."""
        return bool(self._db.conn.in_transaction)

    def scrub(self) -> None:
        """Take deleted and changed words out of the files: out of the full-text index, and out of the journal (WAL).

        Deleted pages themselves are overwritten as they are deleted (`secure_delete`). While another program reads the
        database its journal stays, until it is next written back.
        """
        with self._lock, _with_cure(self.path):
            if self._db.table("exchanges_fts").exists():
                self._db.execute("insert into exchanges_fts (exchanges_fts) values ('optimize')")
            self._db.conn.commit()
        self.empty_journal()

    def empty_journal(self) -> None:
        """Write the journal (WAL) back and cut it, former words included."""
        with self._lock, _with_cure(self.path):
            self._db.execute("pragma busy_timeout = 500")  # questions wait for this, and whoever reads may take long
            self._db.execute("pragma wal_checkpoint(truncate)").fetchall()
            self._db.execute(f"pragma busy_timeout = {round(BUSY_SECONDS * 1000)}")

    @contextmanager
    def _syncing(self, synced: bool) -> Iterator[None]:
        self.transactions[synced] += 1
        if synced:
            yield
            return
        self._db.execute("pragma synchronous=NORMAL")
        self._is_synced = False
        try:
            yield
        finally:
            self._is_synced = True
            self._db.execute("pragma synchronous=FULL")

    def close(self) -> None:
        """Close the database; the object cannot be used afterwards."""
        with self._lock:
            self._db.close()


class NotSyncedError(Exception):
    """A synced write in a transaction that is not synced."""


def is_writable_database(path: Path) -> bool:
    """Whether a database may be written, or made: its file and, for the journals, its folder."""
    real = path.resolve()
    return os.access(real.parent, os.W_OK) and (not real.exists() or os.access(real, os.W_OK))


def _as_it_is(path: Path) -> str:
    """The address of a read-only file; a file without a journal has no writer, so needs no locks."""
    journal = _journals(path)[0]
    is_unchanging = not journal.exists() or not journal.stat().st_size
    return f"file:{quote(str(path.resolve()))}?mode=ro" + "&immutable=1" * is_unchanging


def _check_schema(db: Database, path: Path, migrations: Migrations) -> None:
    """Refuse a database that cannot be brought up to date, where that would be needed."""
    _refuse_foreign(db, path, migrations)
    if migrations.pending(db):
        raise DatabaseError(
            f"{path} was written by an older version of policydesk, and cannot be written to bring it up to date: give "
            "the right to write the file and its folder, or read a copy."
        )


def _prepare(db: Database, path: Path, migrations: Migrations) -> None:
    """Refuse a foreign database, else bring its schema up to date, in one transaction; then its settings."""
    db.execute("begin immediate")
    if not _refuse_foreign(db, path, migrations).issuperset(steps_of(migrations)):
        migrations.apply(db)
    # Finds out now, not at the first question, if it cannot be written.
    db.execute(f"delete from {migrations.migrations_table} where 0")  # noqa: S608 - a name of sqlite-utils
    db.execute("commit")
    _enable_wal(db)
    db.execute("pragma synchronous=FULL")
    db.execute("pragma foreign_keys=ON")
    db.execute("pragma secure_delete=ON")  # what somebody asks to forget is not left in the file


def _refuse_foreign(db: Database, path: Path, migrations: Migrations) -> set[str]:
    """Refuse a database of another program, or of a newer version; return the steps that it has."""
    applied = {migration.name for migration in migrations.applied(db)}
    if not applied and (db.table_names() or db.view_names()):
        raise DatabaseError(f"{path} is a database of another program: name another file with POLICYDESK_DATABASE.")
    if newer := applied.difference(steps_of(migrations)):
        raise DatabaseError(
            f"{path} was written by a newer version of policydesk (it has {', '.join(sorted(newer))}): "
            "upgrade policydesk, or name another file with POLICYDESK_DATABASE."
        )
    return applied


def _enable_wal(db: Database) -> None:
    """Switch to WAL; SQLite refuses at once, whatever the timeout, while another process switches."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return db.enable_wal()
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


_CHECKED: set[FileIdentity] = set()
"""Files that this process has opened, by device and inode.

To close a file lets go of all locks that the process holds on it, those of SQLite included; another program would then
delete a journal that is in use. So a file that may be open is never opened a second time but by SQLite.
"""


def _check_file(path: Path) -> None:
    """Refuse a file that is no SQLite database: it is another program's, or damaged, and never written over."""
    if path.exists() and not path.is_file():
        kind = "a folder" if path.is_dir() else "no regular file"
        raise DatabaseError(f"{path} is {kind}: name a file with POLICYDESK_DATABASE.")
    if is_missed(path):
        raise _gone(path)
    if path.exists() and path.stat().st_size and identity_of(path) not in _CHECKED:
        with path.open("rb") as file:
            header = file.read(len(HEADER))
        if header != HEADER:
            raise DatabaseError(
                f"{path} is damaged or not an SQLite database: restore it from a backup, or name another file with "
                "POLICYDESK_DATABASE. It was not touched."
            )


def is_missed(path: Path) -> bool:
    """Whether a database that a bot has used is missing: only the files beside the database are there."""
    return not path.exists() and any(beside.exists() for beside in _left_beside(path.resolve()))


def _check_links(path: Path) -> None:
    """Refuse a file that a bot has open by another name: SQLite keeps a journal beside each name of a file."""
    if path.exists() and path.stat().st_nlink > 1 and not any(map(Path.exists, _journals(path))) and is_served(path):
        raise DatabaseError(f"{path} is another name of a database that a policydesk serves from: use that name.")


def _journals(path: Path) -> list[Path]:
    real = path.resolve()
    return [real.with_name(real.name + ending) for ending in ("-wal", "-shm")]


def _left_beside(path: Path) -> list[Path]:
    return [*_journals(path), path.with_name(f"{path.name}.departures")]


def _gone(path: Path) -> DatabaseGoneError:
    return DatabaseGoneError(
        f"The database {path} is gone from its place: it was removed, moved or replaced, or its folder was. Nothing is "
        "answered until it is back; put it back, or a backup with `policydesk restore`. To begin a new record instead, "
        "remove what stands beside its place too."
    )


_CURES = (
    ("locked", "is in use by another program: wait for it to finish, or stop it"),
    ("readonly", "cannot be written: give the bot's user the right to write the file and its folder"),
    ("unable to open", "cannot be opened: check that the folder exists and may be written"),
    ("full", "cannot be written because the disk is full: free some space; nothing recorded so far is lost"),
    ("disk i/o", "cannot be read or written because the disk failed: check the disk, then restore from a backup"),
)


@contextmanager
def _with_cure(path: Path) -> Iterator[None]:
    """Turn errors of SQLite or the file system into one line with the cure."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        said = str(error).lower()
        cure = next((cure for sign, cure in _CURES if sign in said), None)
        if cure is None:
            cure = f"is damaged ({error}): restore it from a backup, or name another file with POLICYDESK_DATABASE"
            raise DatabaseError(f"The database {path} {cure}.") from error
        raise UnavailableError(f"The database {path} {cure}.") from error
    except OSError as error:
        raise UnavailableError(
            f"The database {path} cannot be opened ({error.strerror}): name a file that can be written with "
            "POLICYDESK_DATABASE."
        ) from error
