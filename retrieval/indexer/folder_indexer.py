"""The articles of a large folder, with an index of them that is kept in files."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

import numpy as np

from retrieval.bm25.choice import ScorerName
from retrieval.index.segment import EMPTY, Bytes, concatenate_segments
from retrieval.indexer.incremental import IncrementalIndex
from retrieval.indexer.index_files import IndexOrigin, KnownFile, StoredIndex, UnusableIndex, open_index, write_index
from retrieval.indexer.location import IndexLocation, ProgressTracker
from retrieval.indexer.snapshot import IndexSnapshot, build_base_segment, check_quotable
from retrieval.models import SkippedFile, Source
from retrieval.reading.articles import check_usable, list_files, read_file
from retrieval.reading.file_cache import FileCache, FileSighting

if TYPE_CHECKING:  # all that only an index is made with is loaded when one is made
    from multiprocessing.process import BaseProcess

    from retrieval.indexer.parallel_reading import Batch

Found = Source | SkippedFile | None


class FolderIndexer:
    """The articles of a large folder; for one thread at a time.

    Attributes:
        skipped: Files of the folder that could not be used, as of the last opening.
    """

    def __init__(self, folder: Path, max_bytes: int, keeping: IndexLocation) -> None:
        """Set up; nothing is read yet.

        Args:
            folder: The folder.
            max_bytes: Size in bytes above which a file is skipped.
            keeping: Where the index is kept.
        """
        self._folder, self._max_bytes, self._keeping = folder, max_bytes, keeping
        self._making = IndexOrigin.of(folder, max_bytes)
        self._memory: FileCache[Found] = FileCache()
        self._seen: Mapping[str, FileSighting] = {}
        self._index: IncrementalIndex | None = None
        self._rewriting: BaseProcess | None = None
        self.skipped: tuple[SkippedFile, ...] = ()

    def open(
        self, files: Sequence[str], track: ProgressTracker, *, thorough: bool = False, whole: bool = False
    ) -> IndexSnapshot:
        """Read what has changed.

        Args:
            files: The files there are, by their paths inside the folder, in order.
            track: Shows progress.
            thorough: Read every file, also those that the file system says are as they were.
            whole: Make the index one of all that is there now.

        Returns:
            What there is now; the same object as before where nothing has changed.

        Raises:
            ArticlesError: Nothing in the folder is usable.
        """
        is_first = self._index is None
        index = self._taken_over() or self._index or self._adopt(self._found_or_made(files, track))
        stock = index.stock(self._sources(files, thorough=thorough), track)
        if (whole and index.has_changed) or (is_first and index.is_stale):
            return self._rewritten(index, files, track)
        if index.is_stale:
            self._rewrite_alongside()
        return stock

    def _sources(self, files: Sequence[str], *, thorough: bool) -> list[Source]:
        """The articles there are now, those read just now with their texts."""
        if thorough:
            self._memory = FileCache()
        seen, self._seen = self._seen or self._look(files), {}
        found = [self._memory.read(path, partial(self._read, file), seen[path]) for path, file in self._paths(files)]
        self._memory.forget_others()
        sources = [each for each in found if isinstance(each, Source)]
        self.skipped = tuple(each for each in found if isinstance(each, SkippedFile))
        check_usable(self._folder, sources, self.skipped)
        return sources

    def _look(self, files: Sequence[str]) -> Mapping[str, FileSighting]:
        """What the file system says of the files now."""
        return self._memory.see_all([path for path, _ in self._paths(files)])

    def _look_ahead(self, files: Sequence[str]) -> None:
        """Look at the files now for when that will be wanted."""
        self._seen = self._look(files)

    def _paths(self, files: Sequence[str]) -> Iterator[tuple[str, str]]:
        """The paths of files, each with its path inside the folder."""
        return ((self._path(file), file) for file in files)

    def _path(self, file: str) -> str:
        return f"{self._folder}/{file}"

    def _read(self, file: str) -> Found:
        return read_file(self._folder, file, self._max_bytes)

    # --- the index in files

    def _found_or_made(self, files: Sequence[str], track: ProgressTracker) -> StoredIndex:
        """The index that is kept, or one made now."""
        place = self._keeping.place
        if place is None:
            return self._made(files, track)
        try:
            return open_index(place, self._making, partial(self._look_ahead, files))
        except UnusableIndex:
            pass  # another process may be making it just now
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with _turn(place):
                return self._made_in_turn(place, files, track)
        except OSError as error:
            said = error.strerror or type(error).__name__
            self._keeping.note(f"No index can be kept at {place} ({said}): each start makes it anew.")
            return self._made(files, track)

    def _made_in_turn(self, place: Path, files: Sequence[str], track: ProgressTracker) -> StoredIndex:
        """An index made now, unless another process has just made it."""
        try:
            return open_index(place, self._making)
        except UnusableIndex as reason:
            if place.exists():
                self._keeping.note(f"The index at {place} is {reason}: it is made anew.")
        return self._through_files(place, self._made(files, track))

    def _in_turn(self, place: Path, made: StoredIndex) -> StoredIndex:
        with _turn(place):
            return self._through_files(place, made)

    def _through_files(self, place: Path, made: StoredIndex) -> StoredIndex:
        """An index written to files and opened again, so that its arrays need no memory of this process."""
        write_index(place, made, self._making)
        try:
            return open_index(place, self._making)
        except UnusableIndex as reason:
            raise OSError(f"what was written is {reason}") from reason

    def _made(self, files: Sequence[str], track: ProgressTracker) -> StoredIndex:
        """An index made of the files."""
        from retrieval.indexer.parallel_reading import read_in_parallel  # noqa: PLC0415 - the means for processes take time to load

        memory: FileCache[Found] = FileCache()
        self._seen, seen = {}, self._look(files)  # what changes from now on shows when they are looked at again
        with TemporaryFile() as spool:
            batches = [
                _spooled(batch, spool) for batch in read_in_parallel(self._folder, files, self._max_bytes, track)
            ]
            letters = _letters(spool)
        found = [each for batch in batches for each in batch.found]
        for (path, before), read in zip(seen.items(), found, strict=True):
            memory.remember(path, before, read)
        skipped = [each for each in found if isinstance(each, SkippedFile)]
        check_usable(self._folder, [each for each in found if isinstance(each, Source)], skipped)
        segments = [batch.segment for batch in batches]
        del batches
        segment = concatenate_segments(segments)._replace(letters=letters)
        check_quotable(len(segment.starts))
        return StoredIndex(build_base_segment(segment, ScorerName.BUCKETED), self._known(memory))

    def _known(self, memory: FileCache[Found]) -> list[KnownFile]:
        return [
            KnownFile(
                file=path.removeprefix(self._path("")),
                stamps=stamps,
                skipped=read if isinstance(read, SkippedFile) else None,
                is_article=isinstance(read, Source),
            )
            for path, stamps, read in memory
        ]

    def _adopt(self, kept: StoredIndex) -> IncrementalIndex:
        """Go on from an index."""
        sources = {entry.source.file: entry.source for entry in kept.base.segment.entries}
        self._memory = FileCache()
        for known in kept.files:
            read = sources[known.file] if known.is_article else known.skipped
            self._memory.recall(self._path(known.file), known.stamps, read)
        self._index = IncrementalIndex(kept.base, kept.address)
        return self._index

    # --- an index that much has changed since

    def _rewritten(self, index: IncrementalIndex, files: Sequence[str], track: ProgressTracker) -> IndexSnapshot:
        """What there is, by an index made anew of it."""
        made, place = StoredIndex(index.merged(), self._known(self._memory)), self._keeping.place
        try:
            kept = self._in_turn(place, made) if place else made
        except OSError as error:
            self._keeping.note(f"The index at {place} cannot be written ({error.strerror or error}).")
            kept = made
        return self._adopt(kept).stock(self._sources(files, thorough=False), track)

    def _rewrite_alongside(self) -> None:
        """Have another process rewrite the index, while this one goes on with what it has."""
        if self._rewriting is None and self._keeping.place is not None:
            from retrieval.processes import CONTEXT  # noqa: PLC0415 - as for reading

            arguments = (self._folder, self._max_bytes, self._keeping.place)
            self._rewriting = CONTEXT.Process(target=_rewrite, args=arguments, daemon=True)
            self._rewriting.start()

    def _taken_over(self) -> IncrementalIndex | None:
        """The index that another process has rewritten meanwhile."""
        if self._rewriting is None or self._rewriting.is_alive() or self._keeping.place is None:
            return None
        self._rewriting = None
        try:
            return self._adopt(open_index(self._keeping.place, self._making))
        except UnusableIndex as reason:
            self._keeping.note(f"The index at {self._keeping.place} is {reason}: what is in memory is used on.")
            return None


def _turn(place: Path) -> AbstractContextManager[object]:
    """A process's turn at an index."""
    from filelock import FileLock  # noqa: PLC0415 - who only opens one needs none

    return FileLock(f"{place}.lock")


def _spooled(batch: "Batch", spool: IO[bytes]) -> "Batch":
    """A batch without its texts, which go to a file: they take as much memory as all the rest."""
    spool.write(batch.segment.letters.data)
    return batch._replace(segment=batch.segment._replace(letters=EMPTY.letters))


def _letters(spool: IO[bytes]) -> Bytes:
    """The texts in a file, mapped."""
    spool.flush()
    return np.asarray(np.memmap(spool, mode="r", dtype=np.uint8)) if spool.tell() else EMPTY.letters


def _rewrite(folder: Path, max_bytes: int, place: Path) -> None:
    """Rewrite an index that much has changed since."""
    FolderIndexer(folder, max_bytes, IndexLocation(place)).open(list_files(folder), iter)
