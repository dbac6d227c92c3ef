"""How much of the files of an index a process keeps mapped: all of it is there to be mapped again, at little cost."""

import mmap
from collections.abc import Sequence
from pathlib import Path

MOST = 384 << 20
"""Resident bytes of mapped files, the libraries' among them, from which on an index's pages are given back; of a large
index, half of its size. Around each passage that is looked at the system maps up to two megabytes, so that without this
it would soon be all of them; to map them again for every question would take as long as its search."""
_STATM = Path("/proc/self/statm")


class MemoryMaps:
    """The files of an index as a process has mapped them, never written to; safe to use while others search."""

    def __init__(self, files: Sequence[mmap.mmap] = (), most: int | None = None) -> None:
        self.files, self._most = files, max(MOST, sum(map(len, files)) // 2) if most is None else most

    def give_back_if_many(self) -> None:
        """Give pages back to the system where too many are resident, which only Linux tells."""
        if self.files and resident() > self._most:
            self.give_back()

    def give_back(self) -> None:
        """Give all pages back; those that are needed again are mapped again."""
        if hasattr(mmap, "MADV_DONTNEED"):
            for file in self.files:
                file.madvise(mmap.MADV_DONTNEED)


def resident() -> int:
    """Return how many bytes of mapped files are resident in this process; 0 where the system does not tell."""
    try:
        return int(_STATM.read_text(encoding="ascii").split()[2]) * mmap.PAGESIZE
    except OSError:
        return 0
