"""The record on PostgreSQL: its schema, and which machine leads."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import cast

from sqlite_utils import Database

from storage.database.connection import DeskDatabase
from storage.database.migrations import MIGRATIONS
from storage.database.postgres.leadership import SILENT_SECONDS, Leadership
from storage.database.postgres.replication import replication_at
from storage.database.postgres.schema import SCHEMA, VERDICTS
from storage.database.postgres.tables import PostgresTables
from storage.database.postgres.transactions import NoteSession, PostgresSession
from storage.database.postgres.upgrade import upgrade
from storage.database.postgres.verdicts import VerdictSession
from storage.errors import DatabaseError

WRITE_LOCK = 730_000
"""The lock of whoever writes."""
_BEGIN = f"begin; select pg_advisory_xact_lock({WRITE_LOCK})"
_BEGIN_UNSYNCED = f"{_BEGIN}; set local synchronous_commit = off"


class PostgresDatabase(PostgresSession):
    """A PostgreSQL database; one object may be shared between threads, and between the books in it.

    One process writes at a time, as with SQLite.
    """

    def __init__(self, address: str, beside: Path) -> None:
        """Open a database, made or brought up to date by the migrations where needed.

        Args:
            address: Its address, with all hosts that may be the primary (PostgreSQL, libpq, Connection URIs).
            beside: Where this machine keeps files that belong to the record.

        Raises:
            DatabaseError: It cannot be used.
        """
        super().__init__(address, beside, _BEGIN, _BEGIN_UNSYNCED)
        self.notes, self._reads = NoteSession(address, beside), PostgresSession(address, beside)
        self._leadership = Leadership()
        beside.parent.mkdir(parents=True, exist_ok=True)
        with self.writing() as db:
            upgrade(cast("PostgresTables", db), SCHEMA, MIGRATIONS)

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """The database to read from; outside of transactions by a session that waits for no write."""
        with super().reading() if self._is_writing() else self._reads.reading() as db:
            yield db

    def has_verdicts(self) -> bool:
        """Whether there is a book of verdicts on this log."""
        with self.reading() as db:
            return next(db.execute(f"select to_regclass('{VERDICTS}.verdicts')"))[0] is not None

    def open_verdicts(self, *, only_read: bool = False) -> DeskDatabase:  # noqa: ARG002 - a server's is always writable
        """The verdicts on this log: a schema beside it, made where there is none."""
        return VerdictSession(self._address, self.path)

    def close(self) -> None:
        """Close the database; the object cannot be used afterwards."""
        self.end_serving()
        for session in filter(None, (self.notes, self._reads)):
            session.close()
        super().close()

    # Which machine leads

    def begin_serving(self) -> bool:
        """Take the lead where no other machine has it; says whether this machine leads now."""
        with super().reading() as db:
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
        with suppress(DatabaseError), super().reading() as db:
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
        if tables is None or tables.connection.closed:
            return False
        return self._leadership.is_held and time.monotonic() - tables.answered_at < SILENT_SECONDS

    def check_place(self) -> None:
        """Check that this machine has not lost the lead.

        Raises:
            LeadershipLostError: It has.
        """
        self._leadership.check()

    def _go_on(self, tables: PostgresTables) -> None:
        self._leadership.join(tables)
        self._doubt_all(tables)
        self._reads.begin_anew()  # lest it be with a server that was the primary before

    def _pulse(self) -> None:
        with super().reading() as db:
            db.execute("select 1")
