"""Transactions on PostgreSQL by one session, which threads share in turn, as they share a connection to SQLite."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import cast

import psycopg
from psycopg.pq import TransactionStatus
from sqlite_utils import Database

from storage.database.connection import Act, DeskDatabase, NotSyncedError, Value
from storage.database.postgres.schema import SCHEMA
from storage.database.postgres.session import begin_session, with_cure
from storage.database.postgres.tables import PostgresTables
from storage.errors import DatabaseError


class PostgresSession(DeskDatabase):
    """A session with the primary, begun anew where it was lost; one object may be shared between threads.

    A write is on the disk of the server, and of a synchronous standby, when `writing` ends, unless less was asked for.
    """

    is_file = False

    def __init__(
        self, address: str, beside: Path, begin: str = "begin", begin_unsynced: str = "begin", schemas: str = SCHEMA
    ) -> None:
        """Prepare a session, which begins at its first use.

        Args:
            address: The database's address, with all hosts that may be the primary (libpq, Connection URIs).
            beside: Where this machine keeps files that belong to the record.
            begin: The statements that begin a transaction.
            begin_unsynced: Those that begin one that need not be synced.
            schemas: Where tables are looked for.
        """
        self.path, self._address, self._begins = beside, address, {True: begin, False: begin_unsynced}
        self._schemas, self._lock = schemas, threading.RLock()
        self._tables: PostgresTables | None = None
        self._depth, self._writer, self._is_synced = 0, 0, True
        self._is_closed = self._is_stale = False
        self._is_undone: bool | None = None  # of what is written together without savepoints, whether any was given up
        self.transactions = {True: 0, False: 0}

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """The database to read from."""
        with self._lock, self._connected() as tables:
            yield cast("Database", tables)

    @contextmanager
    def reading_afresh(self) -> Iterator[Database]:
        """The database by a second session."""
        with with_cure(), begin_session(self._address, self._schemas) as connection:
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
        with self._connected() as tables:
            with suppress(_UndoneError), self._transaction(tables, synced=synced):
                return self._all(tables, acts)
            with self._transaction(tables, synced=synced):
                return [self._outcome(act) for act in acts]

    def _all(self, tables: PostgresTables, acts: Sequence[Act[Value]]) -> list[Value | Exception]:
        """The values of acts that all succeed, as nearly always: none needs a savepoint, a third of all statements."""
        self._is_undone = False
        try:
            with self._pipeline(tables):
                values: list[Value | Exception] = [act() for act in acts]
        except NotSyncedError:
            raise
        except Exception as error:
            raise _UndoneError from error
        finally:
            is_undone, self._is_undone = self._is_undone, None
        if is_undone:
            raise _UndoneError
        return values

    def _pipeline(self, tables: PostgresTables) -> AbstractContextManager[object]:
        """Statements are sent without waiting for the answer to each."""
        return tables.connection.pipeline()

    def _is_writing(self) -> bool:
        """Whether the thread that asks has a transaction open."""
        return self._writer == threading.get_ident()

    def begin_anew(self) -> None:
        """Begin another session at the next use."""
        self._is_stale = True

    def _is_whole(self) -> bool:
        """Whether a transaction goes on after an act in it has failed."""
        return self._tables is not None and self._tables.status is TransactionStatus.INTRANS

    @contextmanager
    def _transaction(self, tables: PostgresTables, *, synced: bool) -> Iterator[None]:
        self.transactions[synced] += 1
        tables.run(self._begins[synced])
        self._depth, self._writer, self._is_synced = 1, threading.get_ident(), synced
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
            self._depth, self._writer, self._is_synced = 0, 0, True

    @contextmanager
    def _savepoint(self, tables: PostgresTables) -> Iterator[None]:
        if self._is_undone is not None:
            try:
                yield
            except BaseException:
                self._is_undone = True
                raise
            return
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
        with self._lock:
            self._is_closed = True
            if self._tables is not None:
                self._tables.connection.close()

    @contextmanager
    def _connected(self) -> Iterator[PostgresTables]:
        """The tables, in a new session where the last one was lost; errors of PostgreSQL get a cure."""
        if self._is_closed:  # as for a beat of the lead that comes late
            raise DatabaseError("The database was closed.")
        with with_cure():
            try:
                yield self._tables if self._tables is not None and self._depth else self._session()
            except psycopg.errors.ReadOnlySqlTransaction:  # the primary became a standby
                if self._tables is not None:
                    self._tables.connection.close()
                raise

    def _session(self) -> PostgresTables:
        """The session as it is, or another where that was lost."""
        before = self._tables
        if before is not None and self._is_stale:
            before.connection.close()
        if before is not None and not before.connection.closed:
            return before
        self._is_stale = False  # before it begins: meanwhile it may be told to begin anew
        connection = begin_session(self._address, self._schemas)
        try:
            tables = PostgresTables(connection)
            if before is not None:
                self._go_on(tables)
        except BaseException:
            connection.close()
            raise
        self._tables = tables
        return tables

    def _go_on(self, tables: PostgresTables) -> None:
        """Take up in a new session what ended with the old one."""


class _UndoneError(Exception):
    """A part of what was to be written together was given up, so each part needs a savepoint."""


class NoteSession(PostgresSession):
    """A session for notes alone, each of which goes to the server in one message with its transaction."""

    def _pipeline(self, tables: PostgresTables) -> AbstractContextManager[object]:  # noqa: ARG002 - with its transaction
        return nullcontext()

    @contextmanager
    def _transaction(self, tables: PostgresTables, *, synced: bool) -> Iterator[None]:
        try:
            with tables.connection.pipeline(), super()._transaction(tables, synced=synced):
                yield
        except BaseException:
            with suppress(psycopg.Error):  # a message that failed is answered to its end, without its rollback
                tables.run("rollback")
            raise


_NUMBERED = (
    "select table_name, column_name from information_schema.columns where table_schema = current_schema"
    " and is_identity = 'YES'"
)
