"""A database looked at from outside, without changing it: whose it is, of which version, whether it is whole."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database

from retrieval.models import Value
from storage.database.migrations import MIGRATIONS
from storage.errors import DatabaseError

COUNTED = ("exchanges", "citations", "feedback", "parties", "ties", "drafts")
"""Tables whose rows people care about."""


class Inspection(Value):
    """What there is to say of a database.

    Attributes:
        problems: What SQLite says is wrong with it; empty where it is whole.
        pending: Migrations that it has not had yet.
        counts: Tables and how many rows they hold.
    """

    problems: tuple[str, ...]
    pending: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]

    def count(self, table: str) -> int:
        """How many rows a table holds; none where there is no such table."""
        return dict(self.counts).get(table, 0)


def inspect(path: Path, *, thorough: bool = True) -> Inspection:
    """Look at a database."""
    with opened(path) as connection:
        applied = _applied(connection, path)
        known = [migration.name for migration in MIGRATIONS.pending(Database(memory=True))]
        if newer := sorted(applied - set(known)):
            raise DatabaseError(
                f"{path} was written by a newer version of policydesk (it has {', '.join(newer)}): upgrade policydesk."
            )
        check = "pragma integrity_check" if thorough else "pragma quick_check"
        said = [str(row[0]) for row in connection.execute(check)]
        return Inspection(
            problems=() if said == ["ok"] else tuple(said),
            pending=tuple(name for name in known if name not in applied),
            counts=count_rows(connection),
        )


def count_rows(connection: sqlite3.Connection) -> tuple[tuple[str, int], ...]:
    """Tables and how many rows they hold, of those that people care about and that are there."""
    there = {row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")}
    return tuple(
        (table, connection.execute(f"select count(*) from [{table}]").fetchone()[0])  # noqa: S608 - our own names
        for table in COUNTED
        if table in there
    )


def check_writable(path: Path) -> None:
    """Find out whether a database can be written; nothing is."""
    with opened(path, mode="rw") as connection:
        connection.execute("begin immediate")
        connection.execute("rollback")


@contextlib.contextmanager
def opened(path: Path, mode: str | None = None, seconds: float = 5) -> Iterator[sqlite3.Connection]:
    """A connection of its own to a database that is there."""
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


def _applied(connection: sqlite3.Connection, path: Path) -> set[str]:
    names = {row[0] for row in connection.execute("select name from sqlite_master")}
    if MIGRATIONS.migrations_table not in names:
        raise DatabaseError(f"{path} is no database of policydesk.")
    rows = connection.execute(f"select name from {MIGRATIONS.migrations_table} where migration_set = ?", ["policydesk"])  # noqa: S608
    return {row[0] for row in rows}
