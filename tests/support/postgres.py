"""A PostgreSQL server for tests, on a socket in a temporary folder; where none is installed, tests say so and skip."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from storage.database.connection import DeskDatabase

USER = "postgres"
_QUICK = "-c fsync=off -c full_page_writes=off -c listen_addresses= -c shared_buffers=16MB -c max_connections=40"


@cache
def postgres_programs() -> Path | None:
    """The folder of the newest server that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    program = shutil.which("initdb")
    return found[-1].parent if found else Path(program).parent if program else None


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a database on a server of its own, for as long as the context is open."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed here (Debian: postgresql)")
    if find_spec("psycopg") is None:
        pytest.skip("the extra is not installed here: pip install 'policydesk[postgres]'")
    folder = Path(tempfile.mkdtemp(prefix="policydesk-postgres-"))
    as_whom = {"user": USER, "group": USER} if os.geteuid() == 0 else {}  # the server never runs as root
    if as_whom:
        shutil.chown(folder, USER, USER)
    made: list[str | Path] = ["--auth=trust", f"--username={USER}", "--encoding=UTF8", "--no-locale", "--no-sync"]
    options = f"{_QUICK} -c unix_socket_directories={folder}"
    try:
        _run([programs / "initdb", *made, "--pgdata", folder / "base"], as_whom)
        control: list[str | Path] = [programs / "pg_ctl", "--pgdata", folder / "base", "--wait"]
        _run([*control, f"--log={folder}/log", f"--options={options}", "start"], as_whom)
        try:
            yield f"postgresql://{USER}@/postgres?host={folder}"
        finally:
            _run([*control, "--mode=immediate", "stop"], as_whom)
    finally:
        shutil.rmtree(folder)


@contextmanager
def postgres_database(address: str, folder: Path) -> Iterator[DeskDatabase]:
    """The record on PostgreSQL without a row, with its other files in a folder."""
    from storage.database.postgres.database import PostgresDatabase  # noqa: PLC0415 - where the extra is installed

    with closing(PostgresDatabase(address, folder / "policydesk.db")) as database:
        empty(address)
        assert database.begin_serving()
        yield database


def _run(command: list[str | Path], as_whom: dict[str, str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **as_whom)  # type: ignore[call-overload]


def empty(address: str) -> None:
    """Delete all rows, which takes far less time than to make another database."""
    import psycopg  # noqa: PLC0415 - where the extra is installed

    with psycopg.connect(address, autocommit=True) as connection:
        tables = connection.execute(
            "select format('delete from policydesk.%I', tablename) from pg_tables where schemaname = 'policydesk'"
            " and tablename not in ('_migrations', 'leadership')"
        ).fetchall()
        deletions = "; ".join(statement for (statement,) in tables)
        connection.execute(f"set session_replication_role = replica; {deletions}")
