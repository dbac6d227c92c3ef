"""Work on a library done by several processes: one holds the interpreter to itself for most of a search.

Only a library whose index is in files is searched so, since processes then share its pages.
"""

import atexit
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, Protocol, TypeVar

from retrieval.index.vectors import SemanticModel
from retrieval.indexer.index_files import open_same
from retrieval.indexer.location import Note, drop_note
from retrieval.indexer.snapshot import BaseSegment, SharedIndex, update_snapshot
from retrieval.library import Library
from retrieval.processes import CONTEXT, end_with_parent
from retrieval.query.reader import LanguageOptions
from retrieval.ranking.tuning import Tuning

REST_SECONDS = 60.0
"""How long after processes were started others are started in their place."""


Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)


class LibraryWork(Protocol[Result_co]):
    """Work on a library; it can be pickled for another process."""

    def __call__(self, library: Library, /) -> Result_co:
        """Do the work."""
        ...


class SharedLibrary(NamedTuple):
    """A library as other processes are told of it; no other library has its name."""

    shared_index: SharedIndex
    tuning: Tuning
    model: SemanticModel | None
    languages: LanguageOptions
    name: str


class SearchPool:
    """Processes that search a library; as long as they are not ready, or fail, the caller searches itself.

    They are started for the first library that they can search, and anew when its index is made anew. The delta since
    is handed to each of them when it is first asked. Safe to use from several threads.
    """

    def __init__(self, count: int, note: Note = drop_note) -> None:
        """Set up `count` processes, none of which is started yet; with 0 the caller always searches."""
        self._count, self._note = count, note
        self._lock = threading.Lock()
        self._group: _ProcessGroup | None = None
        self._started = -REST_SECONDS

    def begin(self, library: Library) -> None:
        """Start the processes, unless they search that library's index already, or none can."""
        index = library.snapshot.shared
        if not self._count or index is None or (self._group and self._group.address == index.address):
            return
        with self._lock:
            if time.monotonic() - self._started < REST_SECONDS:
                return
            self._started = time.monotonic()
            before, self._group = self._group, _ProcessGroup(self._count, _share(library, index))
        if before:
            before.dismiss()

    @property
    def at_work(self) -> int:
        """How many processes search, or will once they are ready."""
        return self._count if self._group else 0

    def wait(self) -> None:
        """Wait until all the processes that were started are ready."""
        if self._group:
            self._group.wait()

    def do(self, library: Library, work: LibraryWork[Result]) -> Result:
        """Have work on a library done, by a process where one can; return its result."""
        self.begin(library)
        index, group = library.snapshot.shared, self._group
        if index is None or group is None or group.address != index.address or not group.is_ready:
            return work(library)
        try:
            return group.do(_share(library, index), work)
        except _EndedError as error:
            self._drop(group, error)
            return work(library)

    def _drop(self, group: "_ProcessGroup", error: "_EndedError") -> None:
        """Have no processes, until others are started for a later question."""
        with self._lock:
            if self._group is not group:
                return
            self._group = None
        self._note(f"A process that searches has ended ({error}): the bot searches alone until others are started.")
        group.dismiss()

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            group, self._group = self._group, None
            self._count = 0
        if group:
            group.dismiss()


def _share(library: Library, index: SharedIndex) -> SharedLibrary:
    languages = library.languages
    name = f"{library.hash} {library.weights} {hash((languages.glossary.own, languages.first))}"
    return SharedLibrary(index, library.tuning, library.model, languages, name)


class _EndedError(Exception):
    """A process that searches has ended, or all were dismissed; its text says how that showed."""


class _ProcessGroup:
    """Processes with the same index open, each in the service of a single caller at a time."""

    def __init__(self, count: int, shared: SharedLibrary) -> None:
        self.address = shared.shared_index.address
        self._starting = [_SearchProcess(shared) for _ in range(count)]
        self._free: SimpleQueue[_SearchProcess | None] = SimpleQueue()  # None: they are dismissed
        self._lock = threading.Lock()
        self._has_begun = self._is_dismissed = False
        atexit.register(self.dismiss)  # the interpreter waits for processes before it ends

    @property
    def is_ready(self) -> bool:
        """Whether any has begun, or has ended before."""
        if self._starting:
            self._free_begun()
        return self._has_begun

    def _free_begun(self) -> None:
        with self._lock:
            begun = [process for process in self._starting if process.has_begun()]
            self._starting = [process for process in self._starting if process not in begun]
            self._has_begun |= bool(begun)
            for process in begun:
                self._free.put(process)

    def wait(self) -> None:
        for process in self._starting:
            process.has_begun(seconds=None)

    def do(self, shared: SharedLibrary, work: LibraryWork[Result]) -> Result:
        """Have work done as by `SearchPool.do`.

        Raises:
            _EndedError: The process has ended, or all were dismissed meanwhile.
        """
        process = self._acquire()
        try:
            outcome = process.do(shared, work)
        except BaseException:  # what it says next may be meant for this caller: nobody else may hear it
            process.dismiss()
            self.dismiss()
            raise
        self._release(process)
        if outcome.error:
            raise outcome.error
        result: Result = outcome.result
        return result

    def _acquire(self) -> "_SearchProcess":
        process = self._free.get()
        if process is None:
            self._free.put(None)  # for whoever waits besides
            raise _EndedError("dismissed")
        return process

    def _release(self, process: "_SearchProcess") -> None:
        with self._lock:
            if self._is_dismissed:
                process.dismiss()
            else:
                self._free.put(process)

    def dismiss(self) -> None:
        """End the processes, each when it has done the work it is doing."""
        atexit.unregister(self.dismiss)
        with self._lock:
            idle: list[_SearchProcess | None] = [*self._starting]
            self._starting, self._is_dismissed = [], True
            with suppress(Empty):
                while True:
                    idle.append(self._free.get_nowait())
            self._free.put(None)
        for process in filter(None, idle):
            process.dismiss()


class _SearchProcess:
    """A process, and the pipe by which it is given work; it ends when the pipe does."""

    def __init__(self, shared: SharedLibrary) -> None:
        self._pipe, its_end = CONTEXT.Pipe()
        CONTEXT.Process(target=_serve, args=(its_end, shared)).start()
        its_end.close()
        self._is_greeted = False

    def has_begun(self, seconds: float | None = 0) -> bool:
        """Return whether the process begins, or ends, within seconds; None for however long that takes."""
        return self._pipe.poll(seconds)

    def do(self, shared: SharedLibrary, work: LibraryWork[object]) -> "_Outcome":
        try:
            if not self._is_greeted:
                self._pipe.recv()
                self._is_greeted = True
            outcome: _Outcome = self._call(_do, shared.name, work) or self._call(_load_and_do, shared, work)
        except (EOFError, OSError) as error:
            raise _EndedError(type(error).__name__) from error
        return outcome

    def _call(self, *request: object) -> Any:
        self._pipe.send(request)
        return self._pipe.recv()

    def dismiss(self) -> None:
        self._pipe.close()


# --- in the processes


class _Outcome(NamedTuple):
    """The result of work, or the error that it raised instead."""

    result: Any = None
    error: Exception | None = None


class _Loaded:
    """The index and the library of a process."""

    base: BaseSegment
    name: str
    library: Library


def _serve(pipe: Connection, shared: SharedLibrary) -> None:
    """Do the work that comes by a pipe, until that ends."""
    end_with_parent()
    _Loaded.base = open_same(shared.shared_index.address).base
    _load(shared)
    with suppress(EOFError, OSError):
        pipe.send("begun")
        while True:
            do, *arguments = pipe.recv()
            pipe.send(do(*arguments))


def _do(name: str, work: LibraryWork[object]) -> _Outcome | None:
    """Work on a library; return None where this process has another."""
    return _outcome(work) if _Loaded.name == name else None


def _load_and_do(shared: SharedLibrary, work: LibraryWork[object]) -> _Outcome:
    """Work on a library that this process may not have yet."""
    if _Loaded.name != shared.name:
        _load(shared)
    return _outcome(work)


def _outcome(work: LibraryWork[object]) -> _Outcome:
    try:
        return _Outcome(work(_Loaded.library))
    except Exception as error:  # noqa: BLE001 - whoever asked for the work is to hear of it
        return _Outcome(error=error)


def _load(shared: SharedLibrary) -> None:
    snapshot = update_snapshot(_Loaded.base, shared.shared_index.delta)
    _Loaded.library = Library(snapshot, tuning=shared.tuning, model=shared.model, languages=shared.languages)
    _Loaded.name = shared.name
