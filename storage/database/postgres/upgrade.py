"""Schemas brought up to date: what stands beside the tables, and the pending steps of the migrations."""

import hashlib
from typing import cast

from sqlite_utils import Database, Migrations

from storage.database.postgres.schema import APPLIED, BESIDE, SCHEMA, STEPS
from storage.database.postgres.tables import PostgresTables
from storage.errors import DatabaseError

_NOTE_STEP = f"insert into {APPLIED} values (?, now())"  # noqa: S608 - our own name


def upgrade(tables: PostgresTables, schema: str, migrations: Migrations) -> None:
    """Make a schema, or carry out the pending steps of its migrations.

    Raises:
        DatabaseError: It is from a newer version.
    """
    tables.run(f"create schema if not exists {schema}; {STEPS}")
    applied = {name for (name,) in tables.execute(f"select name from {APPLIED}")}  # noqa: S608 - our own name
    beside = f"beside {hashlib.sha256(''.join(BESIDE).encode()).hexdigest()[:8]}"
    if schema == SCHEMA and beside not in applied:
        for statement in BESIDE:
            tables.run(statement)
        tables.execute(_NOTE_STEP, [beside])
    steps = migrations.pending(Database(memory=True, execute_plugins=False))
    if newer := {name for name in applied if name[0].isdigit()} - {step.name for step in steps}:
        raise DatabaseError(
            f"The database was written by a newer version of policydesk (it has {', '.join(sorted(newer))}): upgrade "
            "policydesk, or name another database with POLICYDESK_DATABASE."
        )
    for step in steps:
        if step.name not in applied:
            step.fn(cast("Database", tables))
            tables.execute(_NOTE_STEP, [step.name])
