"""The articles of a folder, with an index of them that is kept in files where the folder is large."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.bm25.choice import ScorerName
from retrieval.index.vectors import SemanticModel
from retrieval.indexer.folder_reader import FolderReader
from retrieval.indexer.incremental import IncrementalIndex
from retrieval.indexer.index_files import (
    IndexOrigin,
    StoredIndex,
    UnusableIndex,
    index_lock,
    open_index,
    opening_index,
    put_in_files,
)
from retrieval.indexer.location import IndexLocation, ProgressTracker
from retrieval.indexer.snapshot import IndexSnapshot, build_base_segment, check_quotable
from retrieval.models import SkippedFile
from retrieval.reading.articles import list_files

if TYPE_CHECKING:  # loaded only where an index is made
    from multiprocessing.process import BaseProcess


class FolderIndexer:
    """The articles of a folder; for one thread at a time."""

    def __init__(
        self,
        folder: Path,
        max_bytes: int,
        location: IndexLocation,
        engine: ScorerName = ScorerName.AUTO,
        model: SemanticModel | None = None,
    ) -> None:
        """Set up the reading of files up to `max_bytes`; nothing is read yet."""
        self._reader, self._location, self._engine = FolderReader(folder, max_bytes), location, engine
        self._model = model
        self._index: IncrementalIndex | None = None
        self._rewriting: BaseProcess | None = None

    @cached_property
    def _origin(self) -> IndexOrigin:
        return IndexOrigin.of(self._reader.folder, self._reader.max_bytes, self._model)

    @property
    def place(self) -> Path | None:
        """Where the index is kept; None for one in memory."""
        return self._location.place

    @property
    def skipped(self) -> tuple[SkippedFile, ...]:
        """Files of the folder that could not be used, as of the last opening."""
        return self._reader.skipped

    def open(
        self, files: Sequence[str], track: ProgressTracker, *, thorough: bool = False, whole: bool = False
    ) -> IndexSnapshot:
        """Read what has changed; return the same object as before where nothing has.

        Args:
            files: The files there are, by their paths inside the folder, in order.
            track: Shows progress.
            thorough: Read every file, also those that the file system says are as they were.
            whole: Leave no delta: make the index one of all that is there now.

        Raises:
            ArticlesError: Nothing in the folder is usable.
        """
        is_first = self._index is None
        index = self._take_over_rewritten() or self._index or self._adopt(self._open_or_build(files, track))
        snapshot = index.update(self._reader.read(files, thorough=thorough), track)
        if (whole and index.has_changed) or (is_first and index.is_stale):
            return self._rewrite(index, files, track)
        if index.is_stale:
            self._rewrite_alongside()
        return snapshot

    def _open_or_build(self, files: Sequence[str], track: ProgressTracker) -> StoredIndex:
        place = self._location.place
        if place is None:
            return self._build(files, track)
        try:
            with opening_index(place, self._origin) as stored:
                self._reader.look(files)  # while the files of the index are read through
        except UnusableIndex:
            pass  # another process may be making it just now
        else:
            return stored
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with index_lock(place):
                return self._open_or_build_alone(place, files, track)
        except OSError as error:
            said = error.strerror or type(error).__name__
            self._location.note(f"No index can be kept at {place} ({said}): each start makes it anew.")
            return self._build(files, track)

    def _open_or_build_alone(self, place: Path, files: Sequence[str], track: ProgressTracker) -> StoredIndex:
        """Build an index, unless the process that held the lock before has just built it."""
        try:
            return open_index(place, self._origin)
        except UnusableIndex as reason:
            if place.exists():
                self._location.note(f"The index at {place} is {reason}: it is made anew.")
        return put_in_files(place, self._build(files, track), self._origin)

    def _build(self, files: Sequence[str], track: ProgressTracker) -> StoredIndex:
        from retrieval.indexer.parallel_reading import (  # noqa: PLC0415 - processes take time to load
            ArticleReader,
            read_in_parallel,
        )

        self._reader.look(files)
        reader = ArticleReader(self._reader.folder, self._reader.max_bytes, self._model)
        contents, segment = read_in_parallel(reader, files, track)
        self._reader.remember(contents)
        check_quotable(len(segment.starts))
        return StoredIndex(build_base_segment(segment, self._engine), list(self._reader.cached_files()))

    def _adopt(self, stored: StoredIndex) -> IncrementalIndex:
        """Go on from an index."""
        self._reader.recall(stored.files)
        self._index = IncrementalIndex(stored.base, stored.address, self._engine, self._model)
        return self._index

    # --- an index that much has changed since

    def _rewrite(self, index: IncrementalIndex, files: Sequence[str], track: ProgressTracker) -> IndexSnapshot:
        """Make the index anew of the articles there are."""
        stored, place = StoredIndex(index.merge(), list(self._reader.cached_files())), self._location.place
        try:
            if place:
                with index_lock(place):
                    stored = put_in_files(place, stored, self._origin)
        except OSError as error:
            self._location.note(f"The index at {place} cannot be written ({error.strerror or error}).")
        return self._adopt(stored).update(self._reader.read(files), track)

    def _rewrite_alongside(self) -> None:
        """Have another process rewrite the index, while this process goes on with the old one."""
        if self._rewriting is None and self._location.place is not None:
            from retrieval.processes import CONTEXT  # noqa: PLC0415 - processes take time to load

            arguments = (self._reader.folder, self._reader.max_bytes, self._location.place, self._model)
            self._rewriting = CONTEXT.Process(target=_rewrite_folder, args=arguments, daemon=True)
            self._rewriting.start()

    def _take_over_rewritten(self) -> IncrementalIndex | None:
        """Go on from the index that another process has rewritten; None where there is none, or not yet."""
        if self._rewriting is None or self._rewriting.is_alive() or self._location.place is None:
            return None
        self._rewriting = None
        try:
            return self._adopt(open_index(self._location.place, self._origin))
        except UnusableIndex as reason:
            self._location.note(f"The index at {self._location.place} is {reason}: what is in memory is used on.")
            return None


def _rewrite_folder(folder: Path, max_bytes: int, place: Path, model: SemanticModel | None) -> None:
    FolderIndexer(folder, max_bytes, IndexLocation(place), model=model).open(list_files(folder), iter)
