"""What files were read as, remembered for as long as nothing about them changes."""

import os
import time
from collections.abc import Callable, Collection, Container, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

from retrieval.reading.sidecars import CARD, document_of, text_of

Read = TypeVar("Read")

SETTLED_NS = 1_000_000_000
"""Age from which on a file's times tell that it has changed: two changes within one tick of the clock look alike."""


class FileSignature(NamedTuple):
    """What the file system says of a file; another one when its content may be another."""

    device: int
    inode: int
    mode: int
    size: int
    modified_ns: int
    changed_ns: int


Stamps = tuple[FileSignature | None, ...]


class FileSighting(NamedTuple):
    """A file at some time.

    Attributes:
        stamps: What the file system said of it, and of what belongs to it.
        at: The time, in nanoseconds since 1970.
    """

    stamps: Stamps
    at: int


class FileCache(Generic[Read]):
    """What each file of a folder was read as; files that are asked for no longer are forgotten by `forget_others`."""

    def __init__(self, clock: Callable[[], int] = time.time_ns) -> None:
        """Remember nothing yet.

        Args:
            clock: Returns the time in nanoseconds since 1970.
        """
        self._clock = clock
        self._kept: dict[str, tuple[Stamps, Read]] = {}
        self._asked: set[str] = set()

    def read(self, path: str, read: Callable[[], Read], seen: FileSighting | None = None) -> Read:
        """What a file holds, read only when it, or what stands beside it as its document or card, has changed.

        Args:
            path: The file.
            read: Reads it.
            seen: The file as it was just now; if not given, it is looked at.
        """
        self._asked.add(path)
        seen = seen or self.see(path)
        kept = self._kept.get(path)
        if kept and kept[0] == seen.stamps:
            return kept[1]
        found = read()
        self.remember(path, seen, found)
        return found

    def see(self, path: str, there: Container[str] | None = None) -> FileSighting:
        """A file as it is now, before it is read.

        Args:
            path: The file.
            there: All the files there are, where that is known; others need not be looked for.
        """
        return FileSighting(_stamps(path, there), self._clock())

    def see_all(self, paths: Collection[str]) -> Mapping[str, FileSighting]:
        """Files as they are now, before they are read.

        Args:
            paths: All the files there are.
        """
        there = frozenset(paths)
        return {path: self.see(path, there) for path in paths}

    def remember(self, path: str, seen: FileSighting, read: Read) -> None:
        """Remember what a file was read as, unless it was changed so shortly before that a further change may not show.

        Args:
            path: The file.
            seen: The file as it was before it was read.
            read: What it was read as.
        """
        self._kept.pop(path, None)
        if all(seen.at - max(stamp.modified_ns, stamp.changed_ns) > SETTLED_NS for stamp in seen.stamps if stamp):
            self._kept[path] = (seen.stamps, read)

    def recall(self, path: str, stamps: Stamps, read: Read) -> None:
        """Remember what a file was read as when the file system said this of it."""
        self._kept[path] = (stamps, read)

    def __iter__(self) -> Iterator[tuple[str, Stamps, Read]]:
        return ((path, stamps, read) for path, (stamps, read) in self._kept.items())

    def forget_others(self) -> None:
        """Forget what was not asked for since the last time: those files are gone."""
        for path in self._kept.keys() - self._asked:
            del self._kept[path]
        self._asked.clear()


def _stamps(path: str, there: Container[str] | None) -> Stamps:
    """Stamps of a file and of those that belong to it; taken before it is read, so that a later change shows."""
    own = path.removesuffix(CARD)
    document = document_of(own) or own
    paths = dict.fromkeys((path, document, document + CARD, text_of(document)))
    return tuple([_stamp(path) if there is None or path in there else None for path in paths])


def _stamp(path: str) -> FileSignature | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - thousands of files are looked at, and a Path each costs as much again
    except (OSError, ValueError):
        return None
    return FileSignature(
        status.st_dev,
        status.st_ino,
        status.st_mode,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )
