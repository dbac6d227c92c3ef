"""Inspection of a database from outside, without a change to it: owner, version, damage and row counts."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sqlite_utils import Database, Migrations

from retrieval.models import Value
from storage.database.migrations import MIGRATIONS
from storage.database.verdict_migrations import VERDICT_MIGRATIONS
from storage.errors import DatabaseError


class DatabaseKind(NamedTuple):
    """A kind of database: its schema, the tables whose rows are counted, the first of which no other kind has."""

    migrations: Migrations
    counted: tuple[str, ...]


LOG = DatabaseKind(
    MIGRATIONS, ("exchanges", "citations", "feedback", "parties", "ties", "drafts", "watches", "watch_matches")
)
VERDICTS = DatabaseKind(VERDICT_MIGRATIONS, ("verdicts", "second_reviews", "stray_verdicts"))


class Inspection(Value):
    """The state of a database.

    Attributes:
        problems: Damage as SQLite reports it; empty where the database is whole.
        pending: Migrations still to be applied.
        counts: Tables and their row counts.
    """

    problems: tuple[str, ...]
    pending: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]

    def count(self, table: str) -> int:
        """The row count of a table; 0 where there is no such table."""
        return dict(self.counts).get(table, 0)

    def with_counts(self, other: "Inspection | None") -> "Inspection":
        """The same with the counts of another, where there is one."""
        return self.model_copy(update={"counts": (*self.counts, *other.counts)}) if other else self


@cache
def steps_of(migrations: Migrations) -> tuple[str, ...]:
    """The names of all steps of a schema, in their order: those that a blank database lacks."""
    return tuple(step.name for step in migrations.pending(Database(memory=True, execute_plugins=False)))


def inspect(path: Path, kind: DatabaseKind = LOG, *, thorough: bool = True) -> Inspection:
    """Inspect a database; a thorough check, which takes longer, holds indexes against their tables.

    Raises:
        DatabaseError: It is missing, damaged beyond reading, not one of policydesk, or from a newer version.
    """
    with connect(path) as connection:
        applied = _applied_migrations(connection, path, kind)
        known = steps_of(kind.migrations)
        if newer := sorted(applied.difference(known)):
            raise DatabaseError(
                f"{path} was written by a newer version of policydesk (it has {', '.join(newer)}): upgrade policydesk."
            )
        check = "pragma integrity_check" if thorough else "pragma quick_check"
        said = [str(row[0]) for row in connection.execute(check)]
        return Inspection(
            problems=() if said == ["ok"] else tuple(said),
            pending=tuple(name for name in known if name not in applied),
            counts=count_rows(connection, kind),
        )


def count_rows(connection: sqlite3.Connection, kind: DatabaseKind) -> tuple[tuple[str, int], ...]:
    """The row counts of those tables of a kind that are there."""
    there = {row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")}
    return tuple(
        (table, connection.execute(f"select count(*) from [{table}]").fetchone()[0])  # noqa: S608 - our own names
        for table in kind.counted
        if table in there
    )


def check_writable(path: Path) -> None:
    """Check that a database can be written, without a change to it."""
    with connect(path, mode="rw") as connection:
        connection.execute("begin immediate")
        connection.execute("rollback")


@contextlib.contextmanager
def connect(path: Path, mode: str | None = None, seconds: float = 5) -> Iterator[sqlite3.Connection]:
    """Open a connection to a database file that is there, to read (`ro`) or write (`rw`).

    Without a mode it is `rw` where that is permitted: SQLite leaves files beside a database that is only read.

    Raises:
        DatabaseError: It is missing, or SQLite cannot work with it; the text says what SQLite said.
    """
    if not path.is_file():
        raise DatabaseError(f"There is no database {path}.")
    try:
        mode = mode or ("rw" if os.access(path, os.W_OK) else "ro")
        address = f"{path.resolve().as_uri()}?mode={mode}"
        with contextlib.closing(
            sqlite3.connect(address, timeout=seconds, uri=True, isolation_level=None)
        ) as connection:
            yield connection
    except sqlite3.Error as error:
        raise DatabaseError(f"The database {path} cannot be used: {error}.") from error


def _applied_migrations(connection: sqlite3.Connection, path: Path, kind: DatabaseKind) -> set[str]:
    names = {row[0] for row in connection.execute("select name from sqlite_master")}
    table, name = kind.migrations.migrations_table, kind.migrations.name
    if not {table, kind.counted[0]} <= names:
        raise DatabaseError(f"{path} is no database of policydesk.")
    rows = connection.execute(f"select name from {table} where migration_set = ?", [name])  # noqa: S608
    return {row[0] for row in rows}
