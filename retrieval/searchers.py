"""Work on a library done by several processes: one holds the interpreter to itself for most of a search.

Only a library whose index is in files is searched so, since processes then share its pages.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from typing import Any, NamedTuple, TypeVar

from retrieval.index_files import open_same
from retrieval.library import Library
from retrieval.spawning import CONTEXT, end_with_parent
from retrieval.stock import Base, Kept, restocked
from retrieval.tuning import Tuning

REST_SECONDS = 60.0
"""How long after processes were started others are started in their place."""


Result = TypeVar("Result")


class Lent(NamedTuple):
    """A library as other processes are told of it.

    Attributes:
        kept: Where they find it.
        tuning: What it goes by.
        name: What tells it from any other.
    """

    kept: Kept
    tuning: Tuning
    name: str


class Searchers:
    """Processes that search a library; as long as they are not ready, or fail, the caller searches itself.

    They are started for the first library that they can search, and anew when its index is made anew. What has changed
    since is handed to each of them when it is first asked. Safe to use from several threads.
    """

    def __init__(self, count: int, note: Callable[[str], None] = lambda _: None) -> None:
        """Set up; no process is started yet.

        Args:
            count: How many there are to be; with 0 the caller always searches.
            note: Told in one line what is amiss with them.
        """
        self._count, self._note = count, note
        self._lock = threading.Lock()
        self._staff: _Staff | None = None
        self._started = -REST_SECONDS

    def begin(self, library: Library) -> None:
        """Start the processes, unless they search that library's index already, or none can."""
        kept = library.stock.kept
        if not self._count or kept is None or (self._staff and self._staff.address == kept.address):
            return
        with self._lock:
            if time.monotonic() - self._started < REST_SECONDS:
                return
            self._started = time.monotonic()
            before, self._staff = self._staff, _Staff(self._count, _lent(library, kept))
        if before:
            before.dismiss()

    @property
    def at_work(self) -> int:
        """How many processes search, or will once they are ready."""
        return self._count if self._staff else 0

    def wait(self) -> None:
        """Wait until all the processes that were started are ready."""
        if self._staff:
            self._staff.wait()

    def do(self, library: Library, work: Callable[[Library], Result]) -> Result:
        """Have work on a library done.

        Args:
            library: The library.
            work: What to do with it, which another process can be told.

        Returns:
            What came of it.
        """
        self.begin(library)
        kept, staff = library.stock.kept, self._staff
        if kept is None or staff is None or staff.address != kept.address or not staff.is_ready:
            return work(library)
        try:
            return staff.do(_lent(library, kept), work)
        except (RuntimeError, CancelledError) as error:  # they have ended, or were dismissed meanwhile
            self._drop(staff, error)
            return work(library)

    def _drop(self, staff: "_Staff", error: Exception) -> None:
        """Have no processes, until others are started for a later question."""
        with self._lock:
            if self._staff is not staff:
                return
            self._staff = None
        self._note(f"A process that searches has ended ({error}): the bot searches alone until others are started.")
        staff.dismiss()

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            staff, self._staff = self._staff, None
            self._count = 0
        if staff:
            staff.dismiss()


class _Staff:
    """Processes that have opened one index."""

    def __init__(self, count: int, lent: Lent) -> None:
        self.address = lent.kept.address
        self._pool = ProcessPoolExecutor(count, CONTEXT, initializer=_begin, initargs=(lent,))
        self._begun: list[Future[None]] = [self._pool.submit(_ready) for _ in range(count)]  # each starts a process

    @property
    def is_ready(self) -> bool:
        return any(future.done() for future in self._begun)

    def wait(self) -> None:
        for future in self._begun:
            future.exception()

    def do(self, lent: Lent, work: Callable[[Library], Result]) -> Result:
        done = self._pool.submit(_do, lent.name, work).result() or self._pool.submit(_do_with, lent, work).result()
        result: Result = done.result
        return result

    def dismiss(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _lent(library: Library, kept: Kept) -> Lent:
    return Lent(kept, library.tuning, f"{library.hash} {library.weights}")


# --- in the processes


class _Done(NamedTuple):
    """That some work was done, whatever came of it."""

    result: Any


class _Work:
    """What a process works with.

    Attributes:
        base: The index it has opened.
        name: What tells the library it has from any other.
        library: That library.
    """

    base: Base
    name: str
    library: Library


def _begin(lent: Lent) -> None:
    end_with_parent()
    _Work.base = open_same(lent.kept.address).base
    _take(lent)


def _ready() -> None:
    """Only a process that has begun comes to this."""


def _do(name: str, work: Callable[[Library], object]) -> _Done | None:
    """Work on a library, where this process has it."""
    return _Done(work(_Work.library)) if _Work.name == name else None


def _do_with(lent: Lent, work: Callable[[Library], object]) -> _Done:
    """Work on a library that this process may not have yet."""
    if _Work.name != lent.name:
        _take(lent)
    return _Done(work(_Work.library))


def _take(lent: Lent) -> None:
    _Work.library = Library(restocked(_Work.base, lent.kept.changed), tuning=lent.tuning)
    _Work.name = lent.name
