"""The record on PostgreSQL: one session, which threads share in turn, as they share a connection to SQLite."""

import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import cast

import psycopg
from psycopg.pq import TransactionStatus
from sqlite_utils import Database, Migrations

from storage.database.connection import Act, DeskDatabase, NotSyncedError, Value
from storage.database.migrations import MIGRATIONS
from storage.database.postgres.leadership import SILENT_SECONDS, Leadership
from storage.database.postgres.replication import replication_at
from storage.database.postgres.schema import APPLIED, BESIDE, FUNCTIONS, SCHEMA
from storage.database.postgres.session import begin_session, with_cure
from storage.database.postgres.tables import PostgresTables
from storage.errors import DatabaseError

WRITE_LOCK = 730_000
"""The lock of whoever writes, so that one process writes at a time as with SQLite."""
_BEGIN = f"begin; select pg_advisory_xact_lock({WRITE_LOCK})"
_NOTE_STEP = f"insert into {APPLIED} values (?, now())"  # noqa: S608 - our own name
_NOT_SYNCED = "; set local synchronous_commit = off"


class PostgresDatabase(DeskDatabase):
    """A PostgreSQL database; one object may be shared between threads, and between the books in it.

    A write is on the disk of the server, and of a synchronous standby, when `writing` ends, unless less was asked for.
    """

    fails_over = True

    def __init__(self, address: str, beside: Path, migrations: Migrations = MIGRATIONS) -> None:
        """Open a database, made or brought up to date by the migrations where needed.

        Args:
            address: Its address, with all hosts that may be the primary (PostgreSQL, libpq, Connection URIs).
            beside: Where this machine keeps files that belong to the record.
            migrations: The steps of its schema.

        Raises:
            DatabaseError: It cannot be used.
        """
        self.path, self._address = beside, address
        self._lock = threading.RLock()
        self._tables: PostgresTables | None = None
        self._depth, self._is_synced, self._is_closed = 0, True, False
        self.transactions = {True: 0, False: 0}
        self._leadership = Leadership()
        beside.parent.mkdir(parents=True, exist_ok=True)
        with self.writing() as db:
            _bring_up_to_date(cast("PostgresTables", db), migrations)

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """The database to read from."""
        with self._lock, self._connected() as tables:
            yield cast("Database", tables)

    @contextmanager
    def reading_afresh(self) -> Iterator[Database]:
        """The database by a second session."""
        with with_cure(), begin_session(self._address) as connection:
            yield cast("Database", PostgresTables(connection))

    @contextmanager
    def writing(self, *, synced: bool = True) -> Iterator[Database]:
        """The database in a transaction: the whole context is written when it ends, or nothing."""
        with self._lock, self._connected() as tables:
            if self._depth and synced and not self._is_synced:
                raise NotSyncedError
            with self._savepoint(tables) if self._depth else self._transaction(tables, synced=synced):
                yield cast("Database", tables)

    def _together(self, acts: Sequence[Act[Value]], *, synced: bool) -> list[Value | Exception]:
        with self._connected() as tables, self._transaction(tables, synced=synced):
            return [self._outcome(act) for act in acts]

    def _is_whole(self) -> bool:
        """Whether a transaction goes on after an act in it has failed."""
        return self._tables is not None and self._tables.status is TransactionStatus.INTRANS

    @contextmanager
    def _transaction(self, tables: PostgresTables, *, synced: bool) -> Iterator[None]:
        self.transactions[synced] += 1
        tables.run(_BEGIN if synced else _BEGIN + _NOT_SYNCED)
        self._depth, self._is_synced = 1, synced
        try:
            yield
            if tables.status is TransactionStatus.INERROR:
                raise DatabaseError("The database took back what was to be written together: try again.")
            tables.run("commit")
        except BaseException:
            with suppress(psycopg.Error):
                tables.run("rollback")
            raise
        finally:
            self._depth, self._is_synced = 0, True

    @contextmanager
    def _savepoint(self, tables: PostgresTables) -> Iterator[None]:
        name = f"within_{self._depth}"
        tables.run(f"savepoint {name}")
        self._depth += 1
        try:
            yield
            tables.run(f"release {name}")
        except BaseException:
            with suppress(psycopg.Error):
                tables.run(f"rollback to {name}; release {name}")
            raise
        finally:
            self._depth -= 1

    def number_on(self) -> None:
        """Number new rows behind those that were copied with their numbers."""
        with self.writing() as db:
            for table, column in db.execute(_NUMBERED).fetchall():
                db.execute(f"select setval(pg_get_serial_sequence(?, ?), max({column})) from {table}", (table, column))  # noqa: S608

    def scrub(self) -> None:
        """Leave deleted and changed words to the server's vacuum."""

    def empty_journal(self) -> None:
        """Leave the journal to the server."""

    def close(self) -> None:
        """Close the database; the object cannot be used afterwards."""
        self.end_serving()
        with self._lock:
            self._is_closed = True
            if self._tables is not None:
                self._tables.connection.close()

    # Which machine leads

    def begin_serving(self) -> bool:
        """Take the lead where no other machine has it; says whether this machine leads now."""
        with self.reading() as db:
            is_first = not self._leadership.is_held
            if not self._leadership.take(cast("PostgresTables", db)):
                return False
            self._doubt_all(cast("PostgresTables", db))
        if is_first:
            self._leadership.beat(self._pulse)
        return True

    def _doubt_all(self, tables: PostgresTables) -> None:
        """Doubt the replies to all exchanges so far: notes of another machine, or a failed primary, may be lost."""
        self.doubtful_until = next(tables.execute("select coalesce(max(id), 0) from exchanges"))[0]

    def end_serving(self) -> None:
        """Let another machine lead."""
        with suppress(DatabaseError), self.reading() as db:
            self._leadership.give_up(cast("PostgresTables", db))

    def standby_note(self) -> str | None:
        """Which other machine leads."""
        if self._leadership.is_held:
            return None
        return f"stands by; {self._leadership.leader or 'another machine'} leads"

    def replication_note(self) -> str | None:
        """Who leads, and how the server's standbys do; none where it cannot be told now."""
        try:
            return str(replication_at(self._address))
        except DatabaseError:
            return None

    def is_leading(self) -> bool:
        """Whether this machine leads, and the server has said so a moment ago."""
        tables = self._tables
        is_fresh = tables is not None and time.monotonic() - tables.answered_at < SILENT_SECONDS
        return self._leadership.is_held and is_fresh

    def check_place(self) -> None:
        """Check that this machine has not lost the lead.

        Raises:
            LeadershipLostError: It has.
        """
        self._leadership.check()

    def _pulse(self) -> None:
        with self.reading() as db:
            db.execute("select 1")

    # The session

    @contextmanager
    def _connected(self) -> Iterator[PostgresTables]:
        """The tables, in a new session where the last one was lost; errors of PostgreSQL get a cure."""
        if self._is_closed:  # as for a beat of the lead that comes late
            raise DatabaseError("The database was closed.")
        with with_cure():
            try:
                if self._tables is None or (self._tables.connection.closed and not self._depth):
                    self._tables = self._reconnect(is_first=self._tables is None)
                yield self._tables
            except psycopg.errors.ReadOnlySqlTransaction:  # the primary became a standby
                if self._tables is not None:
                    self._tables.connection.close()
                raise

    def _reconnect(self, *, is_first: bool) -> PostgresTables:
        connection = begin_session(self._address)
        try:
            tables = PostgresTables(connection)
            if not is_first:
                self._leadership.join(tables)
                self._doubt_all(tables)
        except BaseException:
            connection.close()
            raise
        return tables


_NUMBERED = (
    f"select table_name, column_name from information_schema.columns where table_schema = '{SCHEMA}'"  # noqa: S608
    " and is_identity = 'YES'"
)


def _bring_up_to_date(tables: PostgresTables, migrations: Migrations) -> None:
    """Make the schema, or carry out the pending steps of the migrations."""
    tables.run(f"create schema if not exists {SCHEMA}")
    for statement in BESIDE:
        tables.run(statement)
    applied = {name for (name,) in tables.execute(f"select name from {APPLIED}")}  # noqa: S608 - our own name
    if (functions := f"functions {hashlib.sha256(''.join(FUNCTIONS).encode()).hexdigest()[:8]}") not in applied:
        for statement in FUNCTIONS:
            tables.run(statement)
        tables.execute(_NOTE_STEP, [functions])
    applied = {name for name in applied if not name.startswith("functions ")}
    steps = migrations.pending(Database(memory=True, execute_plugins=False))
    if newer := applied - {step.name for step in steps}:
        raise DatabaseError(
            f"The database was written by a newer version of policydesk (it has {', '.join(sorted(newer))}): upgrade "
            "policydesk, or name another database with POLICYDESK_DATABASE."
        )
    for step in steps:
        if step.name not in applied:
            step.fn(cast("Database", tables))
            tables.execute(_NOTE_STEP, [step.name])
