"""Replication: which machine leads, whether a synchronous standby of the server exists, and how far it is behind."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import NamedTuple, cast

from sqlite_utils import Database

from storage.database.postgres.leadership import LOCK
from storage.database.postgres.session import begin_session, with_cure
from storage.database.postgres.tables import PostgresTables
from storage.errors import DatabaseError


class Replication(NamedTuple):
    """The state of the machines and servers.

    Attributes:
        leader: The machine that leads; none where no machine does.
        synchronous: Standbys of the server that have what was acknowledged.
        standbys: All its standbys.
        behind: Bytes of the journal that the last of them has not replayed.
        exchanges: How many are on record.
    """

    leader: str | None
    synchronous: int
    standbys: int
    behind: int
    exchanges: int

    def __str__(self) -> str:
        """The state in words."""
        leads = f"{self.leader} leads" if self.leader else "no machine leads"
        if not self.standbys:
            return f"{leads}; the server has no standby"
        return f"{leads}; {self.synchronous} of {self.standbys} standbys synchronous, {self.behind:,} bytes behind"


@contextmanager
def look_into(address: str) -> Iterator[Database]:
    """The tables at an address, by a session of its own.

    Raises:
        DatabaseError: It cannot be used.
    """
    with with_cure(), closing(begin_session(address)) as connection:
        yield cast("Database", PostgresTables(connection))


def replication_at(address: str) -> Replication:
    """The state at an address, without a change to it.

    Raises:
        DatabaseError: It cannot be used, or has no record yet.
    """
    with look_into(address) as db:
        tables = cast("PostgresTables", db)
        if next(tables.execute("select to_regclass('leadership')"))[0] is None:
            raise DatabaseError("The database has no record yet; the bot will make it.")
        return Replication(*next(tables.execute(_STATE)))


_STATE = (
    "select (select machine from leadership where exists (select 1 from pg_locks"  # noqa: S608 - a number of ours
    f" where locktype = 'advisory' and objid = {LOCK} and granted)),"
    " count(*) filter (where sync_state in ('sync', 'quorum')), count(*),"
    " coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)), 0), (select count(*) from exchanges)"
    " from pg_stat_replication"
)
