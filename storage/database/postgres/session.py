"""Sessions on a PostgreSQL server: how soon one that is cut off is noticed, and errors with a cure."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from storage.database.postgres.schema import SCHEMA
from storage.database.postgres.tables import Connection
from storage.errors import DatabaseError, UnavailableError

WAIT_SECONDS = 10
"""How long to wait for the lock of another session."""
OPTIONS = (
    f"-c search_path={{path}},pg_catalog -c lock_timeout={WAIT_SECONDS}s -c client_min_messages=warning"
    " -c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 -c tcp_user_timeout=5000"
)
"""The server lets go of a session that was cut off after some five seconds."""
_NOTICED = {
    "connect_timeout": 3,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 5_000,
}
"""How soon a server is noticed that is gone or cut off: after some five seconds, rather than two hours."""


def begin_session(address: str, path: str = SCHEMA) -> Connection:
    """A session with the primary among the hosts of an address, in which tables are looked for on a path of schemas."""
    given: dict[str, object] = {"options": OPTIONS.format(path=path), "target_session_attrs": "read-write", **_NOTICED}
    return psycopg.connect(address, autocommit=True, **given)  # type: ignore[arg-type]


@contextmanager
def with_cure() -> Iterator[None]:
    """Turn errors of PostgreSQL into one line with the cure."""
    try:
        yield
    except (psycopg.OperationalError, psycopg.errors.ReadOnlySqlTransaction) as error:
        raise UnavailableError(
            f"The database cannot be used ({_said(error)}): check that PostgreSQL runs and that POLICYDESK_DATABASE "
            "leads there."
        ) from error
    except psycopg.Error as error:
        raise DatabaseError(f"The database refuses what was asked of it ({_said(error)}).") from error


def _said(error: psycopg.Error) -> str:
    return str(error).strip().partition("\n")[0]
