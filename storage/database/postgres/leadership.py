"""Leadership among machines: an advisory lock of the session that writes, and a term that only rises."""

import platform
import threading
import time
from typing import Protocol

from storage.database.postgres.tables import PostgresTables
from storage.errors import DatabaseError, LeadershipLostError, UnavailableError

BEAT_SECONDS = 0.5
"""How often the server is asked for an answer, so that the lock surely is still held."""
SILENT_SECONDS = 2.0
"""How long after the last answer the lock counts as held; the server lets go of a cut-off session after some five."""
POLITE_SECONDS = 3.0
"""How long after the database itself was away a standby leaves the lock to whoever held it: the database may have
failed over, and its leader comes back."""
LOCK = 730_001


class Pulse(Protocol):
    """Asks the database for an answer."""

    def __call__(self) -> None:
        """Ask; raises a DatabaseError where none comes."""
        ...


class Leadership:
    """The lead of this machine, or its wait for the lead.

    Attributes:
        leader: The machine that led last, as far as is known; empty for none.
    """

    def __init__(self) -> None:
        self.leader, self._machine = "", platform.node()
        self._term, self._is_lost = 0, False
        self._polite_until = 0.0
        self._is_over = threading.Event()

    @property
    def is_held(self) -> bool:
        """Whether this machine leads, as far as it knows."""
        return self._term > 0 and not self._is_lost

    def take(self, tables: PostgresTables) -> bool:
        """Take the lead where nobody has it; returns whether this machine leads now."""
        if self.is_held:
            return True
        _, self.leader = _state(tables)
        if time.monotonic() < self._polite_until or not _lock(tables):
            return False
        self._term = next(tables.execute(_TAKE, [self._machine]))[0]
        return True

    def join(self, tables: PostgresTables) -> None:
        """Go on with the lead in a new session; a standby leaves it to the leader for a while.

        Raises:
            LeadershipLostError: Another machine has led meanwhile.
            UnavailableError: The old session is still known to the server.
        """
        self.check()
        if not self.is_held:
            self._polite_until = time.monotonic() + POLITE_SECONDS
            return
        is_ours = _lock(tables)
        if _state(tables)[0] != self._term:
            self._is_lost = True
        elif not is_ours:
            raise UnavailableError("The database still holds the lead for a session that is gone: wait a few seconds.")
        self.check()

    def check(self) -> None:
        """Check that the lead is not lost.

        Raises:
            LeadershipLostError: It is.
        """
        if self._is_lost:
            raise LeadershipLostError(
                "Another machine leads by now: this one ends, and is a standby at its next start."
            )

    def beat(self, pulse: Pulse) -> None:
        """Ask for answers in a thread of its own, until the end; no error ends it but the loss of the lead."""
        self._is_over = threading.Event()
        threading.Thread(target=self._beat, args=(pulse, self._is_over), name="lead", daemon=True).start()

    def _beat(self, pulse: Pulse, is_over: threading.Event) -> None:
        while not is_over.wait(BEAT_SECONDS) and not self._is_lost:
            try:
                pulse()
            except DatabaseError:  # said by whoever needs the database
                continue

    def give_up(self, tables: PostgresTables) -> None:
        """Give the lead up for another machine."""
        self._is_over.set()
        if self._term:
            self._term = 0
            tables.execute("select pg_advisory_unlock(?)", [LOCK])


def _lock(tables: PostgresTables) -> bool:
    return bool(next(tables.execute("select pg_try_advisory_lock(?)", [LOCK]))[0])


def _state(tables: PostgresTables) -> tuple[int, str]:
    """The term, and the machine that leads in it."""
    term, machine = next(tables.execute("select term, machine from leadership"))
    return term, machine


_TAKE = "update leadership set term = term + 1, machine = ? returning term"
