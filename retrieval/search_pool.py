"""Work on a library done by several processes: one holds the interpreter to itself for most of a search.

Only a library whose index is in files is searched so, since processes then share its pages.
"""

import atexit
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, TypeVar

from retrieval.indexer.index_files import open_same
from retrieval.indexer.snapshot import BaseSegment, SharedIndex, update_snapshot
from retrieval.library import Library
from retrieval.processes import CONTEXT, end_with_parent
from retrieval.ranking.tuning import Tuning

REST_SECONDS = 60.0
"""How long after processes were started others are started in their place."""


Result = TypeVar("Result")


class SharedLibrary(NamedTuple):
    """A library as other processes are told of it.

    Attributes:
        kept: Where they find it.
        tuning: What it goes by.
        name: What tells it from any other.
    """

    kept: SharedIndex
    tuning: Tuning
    name: str


class SearchPool:
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
        kept = library.snapshot.kept
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
        kept, staff = library.snapshot.kept, self._staff
        if kept is None or staff is None or staff.address != kept.address or not staff.is_ready:
            return work(library)
        try:
            return staff.do(_lent(library, kept), work)
        except _EndedError as error:
            self._drop(staff, error)
            return work(library)

    def _drop(self, staff: "_Staff", error: "_EndedError") -> None:
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


class _EndedError(Exception):
    """A process that searches has ended, or all were dismissed; its text says how that showed."""


class _Staff:
    """Processes that have opened one index, each in the service of one caller at a time."""

    def __init__(self, count: int, lent: SharedLibrary) -> None:
        self.address = lent.kept.address
        self._starting = [_Searcher(lent) for _ in range(count)]
        self._free: SimpleQueue[_Searcher | None] = SimpleQueue()  # None: they are dismissed
        self._lock = threading.Lock()
        self._has_begun = self._is_dismissed = False
        atexit.register(self.dismiss)  # the interpreter waits for processes before it ends

    @property
    def is_ready(self) -> bool:
        """Whether any has begun, or has ended before."""
        if self._starting:
            self._welcome()
        return self._has_begun

    def _welcome(self) -> None:
        with self._lock:
            begun = [searcher for searcher in self._starting if searcher.has_begun()]
            self._starting = [searcher for searcher in self._starting if searcher not in begun]
            self._has_begun |= bool(begun)
            for searcher in begun:
                self._free.put(searcher)

    def wait(self) -> None:
        for searcher in self._starting:
            searcher.has_begun(seconds=None)

    def do(self, lent: SharedLibrary, work: Callable[[Library], Result]) -> Result:
        """As `SearchPool.do`.

        Raises:
            _EndedError: The process has ended, or all were dismissed meanwhile.
        """
        searcher = self._taken()
        try:
            outcome = searcher.do(lent, work)
        except BaseException:  # what it says next may be meant for this caller: nobody else may hear it
            searcher.dismiss()
            self.dismiss()
            raise
        self._put_back(searcher)
        if outcome.error:
            raise outcome.error
        result: Result = outcome.result
        return result

    def _taken(self) -> "_Searcher":
        searcher = self._free.get()
        if searcher is None:
            self._free.put(None)  # for whoever waits besides
            raise _EndedError("dismissed")
        return searcher

    def _put_back(self, searcher: "_Searcher") -> None:
        with self._lock:
            if self._is_dismissed:
                searcher.dismiss()
            else:
                self._free.put(searcher)

    def dismiss(self) -> None:
        """End them, each when it has done what it is doing."""
        atexit.unregister(self.dismiss)
        with self._lock:
            idle: list[_Searcher | None] = [*self._starting]
            self._starting, self._is_dismissed = [], True
            with suppress(Empty):
                while True:
                    idle.append(self._free.get_nowait())
            self._free.put(None)
        for searcher in filter(None, idle):
            searcher.dismiss()


class _Searcher:
    """A process, and the pipe by which it is told what to do; it ends when the pipe does."""

    def __init__(self, lent: SharedLibrary) -> None:
        self._pipe, its_end = CONTEXT.Pipe()
        CONTEXT.Process(target=_serve, args=(its_end, lent)).start()
        its_end.close()
        self._is_greeted = False

    def has_begun(self, seconds: float | None = 0) -> bool:
        """Whether it has begun, or has ended before, within some seconds; None for however long it takes."""
        return self._pipe.poll(seconds)

    def do(self, lent: SharedLibrary, work: Callable[[Library], object]) -> "_Outcome":
        try:
            if not self._is_greeted:
                self._pipe.recv()
                self._is_greeted = True
            outcome: _Outcome = self._told(_do, lent.name, work) or self._told(_do_with, lent, work)
        except (EOFError, OSError) as error:
            raise _EndedError(type(error).__name__) from error
        return outcome

    def _told(self, *what: object) -> Any:
        self._pipe.send(what)
        return self._pipe.recv()

    def dismiss(self) -> None:
        self._pipe.close()


def _lent(library: Library, kept: SharedIndex) -> SharedLibrary:
    return SharedLibrary(kept, library.tuning, f"{library.hash} {library.weights}")


# --- in the processes


class _Outcome(NamedTuple):
    """What came of some work.

    Attributes:
        result: What was found.
        error: What was raised instead, if anything was.
    """

    result: Any = None
    error: Exception | None = None


class _Work:
    """What a process works with.

    Attributes:
        base: The index it has opened.
        name: What tells the library it has from any other.
        library: That library.
    """

    base: BaseSegment
    name: str
    library: Library


def _serve(pipe: Connection, lent: SharedLibrary) -> None:
    """Do what is told by a pipe, until that ends."""
    end_with_parent()
    _Work.base = open_same(lent.kept.address).base
    _take(lent)
    with suppress(EOFError, OSError):
        pipe.send("begun")
        while True:
            do, *what = pipe.recv()
            pipe.send(do(*what))


def _do(name: str, work: Callable[[Library], object]) -> _Outcome | None:
    """Work on a library; None where this process has another."""
    return _outcome(work) if _Work.name == name else None


def _do_with(lent: SharedLibrary, work: Callable[[Library], object]) -> _Outcome:
    """Work on a library that this process may not have yet."""
    if _Work.name != lent.name:
        _take(lent)
    return _outcome(work)


def _outcome(work: Callable[[Library], object]) -> _Outcome:
    try:
        return _Outcome(work(_Work.library))
    except Exception as error:  # noqa: BLE001 - whoever asked for the work is to hear of it
        return _Outcome(error=error)


def _take(lent: SharedLibrary) -> None:
    _Work.library = Library(update_snapshot(_Work.base, lent.kept.changed), tuning=lent.tuning)
    _Work.name = lent.name
