"""A PostgreSQL server for tests, on a socket in a temporary folder; where none is installed, tests say so and skip."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from storage.database.connection import DeskDatabase

USER = "postgres"
_AS_WHOM = {"user": USER, "group": USER} if os.geteuid() == 0 else {}
"""The server never runs as root."""
_SESSIONS: dict[str, Any] = {}
_QUICK = "-c fsync=off -c full_page_writes=off -c shared_buffers=16MB -c max_connections=40"


@cache
def postgres_programs() -> Path | None:
    """The folder of the newest server that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    program = shutil.which("initdb")
    return found[-1].parent if found else Path(program).parent if program else None


class PostgresServer:
    """A server with its data and its socket in a folder of its own."""

    def __init__(self, folder: Path, *settings: str, place: tuple[str, int] | None = None) -> None:
        """Set it up; a place is a host and port where it listens too, for whoever comes from there."""
        programs = postgres_programs()
        if programs is None:
            pytest.skip("no PostgreSQL server is installed here (Debian: postgresql)")
        if find_spec("psycopg") is None:
            pytest.skip("the extra is not installed here: pip install 'policydesk[postgres]'")
        folder.mkdir(exist_ok=True)
        if _AS_WHOM:
            shutil.chown(folder, USER, USER)
        self.folder, self._programs, self._place = folder, programs, place
        self.port = place[1] if place else 5432
        settings = (*settings, f"port={self.port}", f"listen_addresses={place[0] if place else ''}")
        self._options = " ".join([_QUICK, f"-c unix_socket_directories={folder}", *(f"-c {each}" for each in settings)])

    def make(self) -> None:
        """Make it, blank."""
        made = ["--auth=trust", f"--username={USER}", "--encoding=UTF8", "--no-locale", "--no-sync"]
        self._run("initdb", *made, f"--pgdata={self.folder}/base")
        if self._place:
            with (self.folder / "base" / "pg_hba.conf").open("a") as file:
                file.write(f"host all all {self._place[0]}/24 trust\n")

    def copy(self, primary: "PostgresServer") -> None:
        """Make it anew, as a standby of another."""
        shutil.rmtree(self.folder / "base", ignore_errors=True)
        source = f"host={primary.folder} port={primary.port} user={USER} application_name={self.folder.name}"
        self._run(
            "pg_basebackup", "-R", "-X", "stream", "-c", "fast", "--no-sync", "-D", f"{self.folder}/base", "-d", source
        )

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._run("pg_ctl", *self._base, "--wait", f"--log={self.folder}/log", f"--options={self._options}", "start")

    def promote(self) -> None:
        """Make the standby the primary."""
        self._run("pg_ctl", *self._base, "--wait", "promote")

    def kill(self) -> None:
        """End it as a power switch does."""
        self._run("pg_ctl", *self._base, "--wait", "--mode=immediate", "stop")

    @property
    def _base(self) -> list[str]:
        return ["--pgdata", f"{self.folder}/base"]

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **_AS_WHOM)  # type: ignore[call-overload]


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a database on a server of its own, for as long as the context is open."""
    with _folder() as folder:
        server = PostgresServer(folder)
        server.make()
        server.start()
        try:
            yield f"postgresql://{USER}@/postgres?host={folder}"
        finally:
            while _SESSIONS:
                _SESSIONS.popitem()[1].close()
            server.kill()


@contextmanager
def postgres_pair(*places: tuple[str, int]) -> Iterator[tuple[str, list[PostgresServer]]]:
    """The address of a database on a primary with a synchronous standby, and both servers, the primary first.

    They are reached where they listen, if anywhere, else by their sockets.
    """
    with _folder() as folder:
        settings = zip(("one", "two"), places or (None, None), strict=True)
        servers = [PostgresServer(folder / name, "synchronous_standby_names=*", place=at) for name, at in settings]
        hosts = ",".join(place[0] for place in places) or f"{servers[0].folder},{servers[1].folder}"
        servers[0].make()
        servers[0].start()
        try:
            servers[1].copy(servers[0])
            servers[1].start()
            yield f"postgresql://{USER}@/postgres?host={hosts}&port={servers[0].port},{servers[1].port}", servers
        finally:
            for server in servers:
                with suppress(subprocess.CalledProcessError):
                    server.kill()


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="policydesk-postgres-"))
    if _AS_WHOM:
        shutil.chown(folder, USER, USER)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_database(address: str, folder: Path) -> Iterator[DeskDatabase]:
    """The record on PostgreSQL without a row, with its other files in a folder."""
    from storage.database.postgres.database import PostgresDatabase  # noqa: PLC0415 - where the extra is installed

    with closing(PostgresDatabase(address, folder / "policydesk.db")) as database:
        empty(address)
        assert database.begin_serving()
        yield database


def empty(address: str) -> None:
    """Delete all rows, which takes far less time than to make another database."""
    tables = _session(address).execute(
        "select format('delete from %I.%I', schemaname, tablename) from pg_tables"
        " where schemaname in ('policydesk', 'verdicts') and tablename not in ('_migrations', 'leadership')"
    )
    deletions = "; ".join(statement for (statement,) in tables)
    _session(address).execute(f"set session_replication_role = replica; {deletions}")


def _session(address: str) -> Any:
    """One session for all tests, which knows the tables already; it ends before the server."""
    import psycopg  # noqa: PLC0415 - where the extra is installed

    if address not in _SESSIONS:
        _SESSIONS[address] = psycopg.connect(address, autocommit=True)
    return _SESSIONS[address]
