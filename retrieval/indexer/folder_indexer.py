"""The articles of a folder, with an index of them that is kept in files where the folder is large."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.bm25.choice import ScorerName
from retrieval.errors import ArticlesError
from retrieval.file_problems import FileProblem
from retrieval.index.segment import Segment
from retrieval.index.vectors import SemanticModel
from retrieval.indexer.folder_reader import CachedFile, FolderReader, is_large
from retrieval.indexer.garbage_collection import without_garbage_collection
from retrieval.indexer.incremental import IncrementalIndex
from retrieval.indexer.index_files import (
    IndexOrigin,
    StoredIndex,
    UnusableIndex,
    index_lock,
    open_index,
    opening_index,
    write_index,
    write_signatures,
)
from retrieval.indexer.location import IndexLocation, ProgressTracker
from retrieval.indexer.piece_merge import in_pieces
from retrieval.indexer.snapshot import IndexSnapshot, build_base_segment, check_quotable
from retrieval.models import SkippedFile, Source
from retrieval.reading.articles import check_usable, list_files

if TYPE_CHECKING:  # loaded only where an index is made
    from multiprocessing.process import BaseProcess

    from retrieval.indexer.parallel_reading import ArticleReader


NEW = 4
"""An index is made anew, by many processes, where of one file in so many it knows nothing."""
IN_MEMORY = 7
"""About how many times its articles' bytes an index takes in memory."""


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
        self._rewritten: IndexSnapshot | None = None  # what an index was last made anew for, or could not be

    @cached_property
    def _origin(self) -> IndexOrigin:
        return IndexOrigin.of(self._reader.max_bytes, self._model)

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
        sources = self._reader.read(files, thorough=thorough)
        snapshot = index.update(sources, track)
        if (whole and index.has_changed) or (is_first and index.is_stale):
            self._rewritten = snapshot
            return self._rewrite(index, sources, track) or snapshot
        if is_first and self._reader.has_read:
            self._note_signatures(index)
        if index.is_stale and snapshot is not self._rewritten:
            self._rewritten = snapshot
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
            if not self._is_of_others(stored, files):
                return stored
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with index_lock(place):
                return self._open_or_build_alone(place, files, track)
        except OSError as error:
            return self._build_without_files(place, error.strerror or str(error), files, track)

    def _open_or_build_alone(self, place: Path, files: Sequence[str], track: ProgressTracker) -> StoredIndex:
        """Build an index, unless the process that held the lock before has just built it."""
        try:
            stored = open_index(place, self._origin)
            if not self._is_of_others(stored, files):
                return stored
            reason = "of other articles"
        except UnusableIndex as unusable:
            reason = str(unusable)
        if place.exists():
            self._location.note(f"The index at {place} is {reason}: it is made anew.")
        return self._build_in_files(place, files, track)

    def _is_of_others(self, stored: StoredIndex, files: Sequence[str]) -> bool:
        """Whether so much is not in an index that it is quicker made anew than continued."""
        known = {entry.source.file for entry in stored.base.segment.entries}.union(each.file for each in stored.files)
        new = [file for file in files if file not in known]
        return len(new) * NEW > len(files) and is_large(self._reader.folder, new)

    def _build_without_files(self, place: Path, said: str, files: Sequence[str], track: ProgressTracker) -> StoredIndex:
        """Build an index in memory, where there is enough of that.

        Raises:
            ArticlesError: There may not be enough.
        """
        if is_large(self._reader.folder, files, IN_MEMORY, self._location.memory):
            raise ArticlesError(
                f"No index can be kept at {place} ({said}), and the articles are too many to be indexed in memory: "
                "make room there, or name another place by POLICYDESK_INDEX.",
                FileProblem.NO_INDEX,
            )
        self._location.note(f"No index can be kept at {place} ({said}): each start makes it anew.")
        return self._build(files, track)

    def _article_reader(self) -> "ArticleReader":
        from retrieval.indexer.parallel_reading import ArticleReader  # noqa: PLC0415 - processes take time to load

        return ArticleReader(self._reader.folder, self._reader.max_bytes, self._model)

    def _build(self, files: Sequence[str], track: ProgressTracker) -> StoredIndex:
        """Build an index in memory."""
        from retrieval.indexer.parallel_reading import read_in_parallel  # noqa: PLC0415 - processes take time to load

        self._reader.look(files)
        contents, segment = read_in_parallel(self._article_reader(), files, track)
        self._reader.remember(contents)
        check_quotable(len(segment.starts))
        return StoredIndex(build_base_segment(segment, self._engine), list(self._reader.cached_files()))

    def _build_in_files(self, place: Path, files: Sequence[str], track: ProgressTracker) -> StoredIndex:
        """Build an index piece by piece, for the holder of its lock."""
        self._reader.look(files)
        others: dict[str, SkippedFile | None] = {}
        segments = self._read_segments(files, track, others)
        write_index(place, in_pieces(segments, self._location.memory), self._origin, self._location.memory)
        stored = self._open_written(place)
        contents = {entry.source.file: entry.source for entry in stored.base.segment.entries} | others
        self._reader.remember([contents[file] for file in files])
        return self._keep_signatures(stored, self._reader.cached_files())

    def _read_segments(
        self, files: Sequence[str], track: ProgressTracker, others: dict[str, SkippedFile | None]
    ) -> Iterator[Segment]:
        """Read files, and note in `others` the files that are no articles.

        Raises:
            ArticlesError: None is one.
        """
        from retrieval.indexer.parallel_reading import read_batches  # noqa: PLC0415 - processes take time to load

        left = iter(files)
        for batch in read_batches(self._article_reader(), files, track, self._location.memory):
            named = zip(batch.contents, left, strict=False)  # in this order no file is taken in vain
            others.update((file, content) for content, file in named if not isinstance(content, Source))
            yield batch.segment
        check_usable(self._reader.folder, files[len(others) :], [each for each in others.values() if each])

    def _open_written(self, place: Path) -> StoredIndex:
        """Open an index that was just written, so that its arrays need no memory of this process.

        Raises:
            OSError: It cannot be opened.
        """
        try:
            return open_index(place, self._origin)
        except UnusableIndex as reason:
            raise OSError(f"what was written is {reason}") from reason

    def _keep_signatures(self, stored: StoredIndex, files: Iterable[CachedFile]) -> StoredIndex:
        """Keep what the file system says of the files of an index; without that they are told by their content."""
        stored = stored._replace(files=list(files))
        if stored.address:
            with suppress(OSError):
                write_signatures(stored.address, stored.files)
        return stored

    def _note_signatures(self, index: IncrementalIndex) -> None:
        """Renew the signatures of files whose content is the same, though the file system reported a change."""
        if index.address:
            with suppress(OSError):
                write_signatures(index.address, filter(index.is_kept, self._reader.cached_files()))

    def _adopt(self, stored: StoredIndex) -> IncrementalIndex:
        """Go on from an index."""
        with without_garbage_collection():
            self._reader.recall(stored.files)
            self._index = IncrementalIndex(stored.base, stored.address, self._engine, self._model)
        return self._index

    # --- an index that much has changed since

    def _rewrite(
        self, index: IncrementalIndex, sources: Sequence[Source], track: ProgressTracker
    ) -> IndexSnapshot | None:
        """Make the index anew of the articles there are; None where it cannot be written."""
        place, files = self._location.place, list(self._reader.cached_files())
        if place is None:
            return self._adopt(StoredIndex(index.merge(), files)).update(sources, track)
        try:
            with index_lock(place):
                write_index(place, index.pieces(), self._origin, self._location.memory)
                return self._adopt(self._keep_signatures(self._open_written(place), files)).update(sources, track)
        except OSError as error:
            self._location.note(
                f"The index at {place} cannot be made anew ({error.strerror or error}): what is there is used on."
            )
            return None

    def _rewrite_alongside(self) -> None:
        """Have another process rewrite the index, while this process goes on with the old one."""
        if self._rewriting is None and self._location.place is not None:
            from retrieval.processes import CONTEXT  # noqa: PLC0415 - processes take time to load

            arguments = (self._reader.folder, self._reader.max_bytes, self._location, self._model)
            self._rewriting = CONTEXT.Process(target=_rewrite_folder, args=arguments, daemon=True)
            self._rewriting.start()

    def _take_over_rewritten(self) -> IncrementalIndex | None:
        """Go on from the index that another process has rewritten; None where there is none, or not yet."""
        if self._rewriting is None or self._rewriting.is_alive() or self._location.place is None:
            return None
        self._rewriting = None
        try:
            stored = open_index(self._location.place, self._origin)
        except UnusableIndex as reason:
            self._location.note(f"The index at {self._location.place} is {reason}: what is in memory is used on.")
            return None
        is_same = self._index is not None and self._index.address == stored.address
        return None if is_same else self._adopt(stored)  # it could not be made anew, as was said


def _rewrite_folder(folder: Path, max_bytes: int, location: IndexLocation, model: SemanticModel | None) -> None:
    FolderIndexer(folder, max_bytes, location, model=model).open(list_files(folder), iter)
