"""The verdicts on PostgreSQL: a schema of their own, in the database of the record."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from sqlite_utils import Database

from storage.database.connection import DeskDatabase
from storage.database.postgres.schema import SCHEMA, VERDICTS
from storage.database.postgres.tables import PostgresTables
from storage.database.postgres.transactions import PostgresSession
from storage.database.postgres.upgrade import upgrade
from storage.database.verdict_migrations import VERDICT_MIGRATIONS

WRITE_LOCK = 730_002
"""The lock of whoever writes verdicts."""


class VerdictSession(PostgresSession):
    """A session for verdicts, in reach of the record that they are on."""

    def __init__(self, address: str, beside: Path) -> None:
        begin = f"begin; select pg_advisory_xact_lock({WRITE_LOCK})"
        super().__init__(address, beside, begin, begin, f"{VERDICTS},{SCHEMA}")
        with self.writing() as db:
            upgrade(cast("PostgresTables", db), VERDICTS, VERDICT_MIGRATIONS)

    @contextmanager
    def reading_beside(self, log: DeskDatabase) -> Iterator[Database]:  # noqa: ARG002 - on the path of schemas
        """The verdicts together with the tables of the log that they stand beside."""
        with self.reading() as db:
            yield db
