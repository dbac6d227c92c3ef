"""A cache of the results of reading files, for as long as the file system says that these are unchanged."""

import os
import time
from collections.abc import Callable, Collection, Container, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

from retrieval.reading.sidecars import SIDECAR, document_of, text_of

Read = TypeVar("Read")

SETTLED_NS = 1_000_000_000
"""Age from which on a file's times tell that it has changed: two changes within one tick of the clock look alike."""


class FileSignature(NamedTuple):
    """A file as the file system knows it; another one when its content may be another."""

    device: int
    inode: int
    mode: int
    size: int
    modified_ns: int
    changed_ns: int


Signatures = tuple[FileSignature | None, ...]


class FileSighting(NamedTuple):
    """A file at a time in nanoseconds since 1970: its signature, and those of its sidecar, text and document."""

    signatures: Signatures
    at: int


class FileCache(Generic[Read]):
    """The result of reading each file of a folder."""

    def __init__(self, clock: Callable[[], int] = time.time_ns) -> None:
        self._clock = clock
        self._entries: dict[str, tuple[Signatures, Read]] = {}
        self._wanted: set[str] = set()

    def read(self, path: str, read: Callable[[], Read], seen: FileSighting | None = None) -> Read:
        """Return the result of `read`, called only when the file, its document or its sidecar has changed.

        Args:
            path: The file.
            read: Reads it.
            seen: The file as it was just now; if not given, it is looked at.
        """
        self._wanted.add(path)
        seen = seen or self.see(path)
        known = self._entries.get(path)
        if known and known[0] == seen.signatures:
            return known[1]
        found = read()
        self.remember(path, seen, found)
        return found

    def known(self, path: str) -> tuple[Signatures, Read] | None:
        """Return the result for a file, and what this was then, its sidecar, document and text; None for no result."""
        return self._entries.get(path)

    def see(self, path: str, there: Container[str] | None = None) -> FileSighting:
        """Return a file as it is before it is read; `there` are all files, where they are known."""
        return FileSighting(_signatures(path, there), self._clock())

    def see_all(self, paths: Collection[str]) -> Mapping[str, FileSighting]:
        """Return files, all that there are, as they are before they are read."""
        there = frozenset(paths)
        return {path: self.see(path, there) for path in paths}

    def remember(self, path: str, seen: FileSighting, read: Read) -> None:
        """Remember a result, unless the file was changed so shortly before that a further change may not show."""
        self._entries.pop(path, None)
        changes = [max(signature.modified_ns, signature.changed_ns) for signature in seen.signatures if signature]
        if all(seen.at - change > SETTLED_NS for change in changes):
            self._entries[path] = (seen.signatures, read)

    def recall(self, path: str, signatures: Signatures, read: Read) -> None:
        """Remember the result for a file of certain signatures."""
        self._entries[path] = (signatures, read)

    def __iter__(self) -> Iterator[tuple[str, Signatures, Read]]:
        return ((path, signatures, read) for path, (signatures, read) in self._entries.items())

    def forget_others(self) -> None:
        """Forget files that were not asked for since the last time: they are gone."""
        for path in self._entries.keys() - self._wanted:
            del self._entries[path]
        self._wanted.clear()


def _signatures(path: str, there: Container[str] | None) -> Signatures:
    """Signatures of a file, its sidecar, text and document; taken before it is read, so that a later change shows."""
    own = path.removesuffix(SIDECAR)
    document = document_of(own) or own
    paths = dict.fromkeys((path, document, document + SIDECAR, text_of(document)))
    return tuple([_signature(path) if there is None or path in there else None for path in paths])


def _signature(path: str) -> FileSignature | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - thousands of files are looked at, and a Path each costs as much again
    except (OSError, ValueError):
        return None
    return FileSignature(
        status.st_dev, status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns
    )
