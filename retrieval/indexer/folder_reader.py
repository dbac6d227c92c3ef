"""The files of an articles folder, each read again only when it has changed."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple, TypeAlias

from retrieval.indexer.file_cache import FileCache, FileSighting, Signatures
from retrieval.indexer.garbage_collection import without_garbage_collection
from retrieval.models import SkippedFile, Source
from retrieval.reading.articles import check_usable, read_file

FileContent: TypeAlias = Source | SkippedFile | None
"""An article, with its text where it was read in this process; why a file is no article; None for a file that only
belongs to an article."""


class CachedFile(NamedTuple):
    """A file as it was read when the file system said this of it."""

    file: str  # its path inside the folder
    signatures: Signatures
    content: FileContent


LARGE_BYTES = 720_000
"""Size from which the files of a folder are read by several processes, and what was read is kept: that many bytes are
about 4,000 sentences, which take half a second."""
ENCODED = 10
"""How many times as long it takes to read files where a model encodes their passages."""


def is_large(folder: Path, files: Sequence[str], times: int = 1, least: int | None = None) -> bool:
    """Return whether the files of a folder have so many bytes, where each counts so many times.

    If nothing is said about it, that is whether they take long to read.
    """
    least = LARGE_BYTES if least is None else least
    return any(size * times >= least for size in accumulate(file_size(f"{folder}/{file}") for file in files))


def file_size(path: str) -> int:
    """Return the bytes of a file; 0 where it cannot be looked at."""
    try:
        return os.stat(path).st_size  # noqa: PTH116 - a Path for each of many files costs more
    except OSError:
        return 0


class FolderReader:
    """The files of an articles folder, by their paths inside it; for one thread at a time.

    Attributes:
        folder: The folder.
        max_bytes: Size in bytes above which a file is skipped.
        skipped: Files that could not be used, as of the last reading.
        has_read: Whether that looked into any file.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.folder, self.max_bytes, self.has_read = folder, max_bytes, False
        self.skipped: tuple[SkippedFile, ...] = ()
        self._cache: FileCache[FileContent] = FileCache()
        self._sightings: Mapping[str, FileSighting] = {}

    def look(self, files: Sequence[str]) -> None:
        """Look at all files there are ahead of their reading; a change that comes later shows at the next look."""
        with without_garbage_collection():
            self._sightings = self._cache.see_all([self._path(file) for file in files])

    def read(self, files: Sequence[str], *, thorough: bool = False) -> list[Source]:
        """Return the articles among all files there are; `thorough` reads files too that look unchanged.

        Raises:
            ArticlesError: There is none.
        """
        if thorough:
            self._cache = FileCache()
        if not self._sightings:
            self.look(files)
        sightings, self._sightings = self._sightings, {}
        self.has_read = False
        with without_garbage_collection():
            found = [self._read(file, sightings[self._path(file)]) for file in files]
        self._cache.forget_others()
        return self._sort(found)

    def _read(self, file: str, sighting: FileSighting) -> FileContent:
        return self._cache.read(self._path(file), partial(self._read_again, file, sighting), sighting)

    def _read_again(self, file: str, sighting: FileSighting) -> FileContent:
        """Read a file; one that nothing describes, or did, holds the same article as before where its bytes are so."""
        self.has_read = True
        known = self._cache.known(self._path(file))
        is_alone = known is not None and not any((*known[0][1:], *sighting.signatures[1:]))
        source = known[1] if known and is_alone and isinstance(known[1], Source) else None
        return read_file(self.folder, file, self.max_bytes, source)

    def _path(self, file: str) -> str:
        return f"{self.folder}/{file}"

    def _sort(self, found: Iterable[FileContent]) -> list[Source]:
        sources: list[Source] = []
        skipped: list[SkippedFile] = []
        for content in found:
            if isinstance(content, Source):
                sources.append(content)
            elif content is not None:
                skipped.append(content)
        self.skipped = tuple(skipped)
        check_usable(self.folder, sources, skipped)
        return sources

    # --- what was read elsewhere

    def cached_files(self) -> Iterator[CachedFile]:
        """Return the files whose content is known without reading them."""
        for path, signatures, content in self._cache:
            yield CachedFile(path.removeprefix(self._path("")), signatures, content)

    def recall(self, files: Iterable[CachedFile]) -> None:
        """Replace the content known without reading."""
        self._cache = FileCache()
        for file, signatures, content in files:
            self._cache.recall(self._path(file), signatures, content)

    def remember(self, found: Sequence[FileContent]) -> None:
        """Replace the content known, by that of all files looked at before they were read elsewhere.

        Raises:
            ArticlesError: There is no article.
        """
        sightings, self._sightings, self._cache = self._sightings, {}, FileCache()
        for (path, before), content in zip(sightings.items(), found, strict=True):
            self._cache.remember(path, before, content)
        self._sort(found)
