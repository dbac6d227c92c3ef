"""The database: one SQLite file with all that is kept, opened, prepared and shared between threads."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from storage.errors import DatabaseError
from storage.migrations import MIGRATIONS

BUSY_SECONDS = 10
"""How long to wait for another process to finish writing."""
OWNER_ONLY = 0o600
"""The record tells who asked what: a new file is for its owner's eyes, unless they say otherwise."""
HEADER = b"SQLite format 3\0"
"""What an SQLite file begins with."""


class DeskDatabase:
    """An SQLite file; one object may be shared between threads, and by all that is kept in it.

    What was written is on disk (WAL, `synchronous=FULL`) when `writing` ends, unless it was asked for less.
    """

    def __init__(self, path: Path) -> None:
        """Open a database, making it or bringing its schema up to date where needed.

        Args:
            path: The file; its folder is made when missing.

        Raises:
            DatabaseError: The file is damaged, locked, read-only, from a newer version, or not one of policydesk.
        """
        self.path = path
        self._lock = threading.Lock()
        with _explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            _check_file(path)
            if not path.exists():
                path.touch(OWNER_ONLY)  # SQLite gives the journals beside it the same mode
            connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
            self._db = Database(connection)
            try:
                _prepare(self._db, path)
            except BaseException:
                self._db.close()
                raise

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """The database to ask things of, for as long as the context is open.

        Raises:
            DatabaseError: It cannot be read.
        """
        with self._lock, _explained(self.path):
            yield self._db

    @contextmanager
    def writing(self, *, synced: bool = True) -> Iterator[Database]:
        """The database within one transaction: all that is written in the context stands when it ends, or nothing.

        Args:
            synced: Whether to wait until the disk holds it. What is not waited for outlives a crash of the program;
                a power failure may lose it, unless something else was waited for since.

        Raises:
            DatabaseError: It cannot be written; nothing was.
        """
        with self._lock, _explained(self.path), self._syncing(synced), self._db.atomic():
            yield self._db

    def check_writable(self) -> None:
        """Find out whether the database can be written, with a transaction that changes nothing.

        Raises:
            DatabaseError: It cannot.
        """
        with self.writing(synced=False) as db:
            db.execute("delete from exchanges where 0")

    def scrub(self) -> None:
        """Take out of the files what was deleted or changed: out of the full-text index, and out of the journal (WAL).

        Deleted pages themselves are overwritten as they are deleted (`secure_delete`). While another program reads the
        database its journal stays, until it is next written back.

        Raises:
            DatabaseError: It could not be done.
        """
        with self._lock, _explained(self.path):
            self._db.execute("insert into exchanges_fts (exchanges_fts) values ('optimize')")
            self._db.conn.commit()
            self._db.execute("pragma busy_timeout = 500")  # questions wait for this, and whoever reads may take long
            self._db.execute("pragma wal_checkpoint(truncate)").fetchall()
            self._db.execute(f"pragma busy_timeout = {round(BUSY_SECONDS * 1000)}")

    @contextmanager
    def _syncing(self, synced: bool) -> Iterator[None]:
        if synced:
            yield
            return
        self._db.execute("pragma synchronous=NORMAL")
        try:
            yield
        finally:
            self._db.execute("pragma synchronous=FULL")

    def close(self) -> None:
        """Close the database; the object cannot be used afterwards."""
        with self._lock:
            self._db.close()


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
    db.execute("pragma secure_delete=ON")  # what somebody asks to forget is not left in the file


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
            header = file.read(len(HEADER))
        if header != HEADER:
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
