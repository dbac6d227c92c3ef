"""Many files read at the same time, by as many processes as there are processors, with bounded memory."""

import gc
import os
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, NamedTuple

import numpy as np

from retrieval.arrays import Bytes
from retrieval.index.analysis import analyse
from retrieval.index.segment import EMPTY, Segment, build_segment, concatenate_segments
from retrieval.index.vectors import SemanticModel
from retrieval.indexer.folder_reader import ENCODED, FileContent, file_size, is_large
from retrieval.indexer.location import MEMORY, ProgressTracker
from retrieval.models import Article
from retrieval.reading.articles import read_file

if TYPE_CHECKING:
    from concurrent.futures import Future

BATCH = 64
"""How many files a process reads at a time."""
BATCH_BYTES = 4_000_000
"""How many bytes it reads at a time, unless a file has more."""
READER_BYTES = 200_000_000
"""About how much memory a process that reads takes, with what is on its way from it."""
AHEAD = 3
"""How many batches for each of these processes are handed out before the first of them is taken back."""


class ArticleReader(NamedTuple):
    """Reads files of a folder up to a size in bytes, with a model where there is one; it can be pickled."""

    folder: Path
    max_bytes: int
    model: SemanticModel | None = None

    @property
    def times(self) -> int:
        """How many times as long as usual it takes."""
        return ENCODED if self.model else 1

    def read(self, files: Sequence[str]) -> "Batch":
        """Read neighbouring files."""
        contents = [read_file(self.folder, file, self.max_bytes) for file in files]
        segment = build_segment([analyse(each, self.model) for each in contents if isinstance(each, Article)])
        return Batch([each.source if isinstance(each, Article) else each for each in contents], segment)


class Batch(NamedTuple):
    """Neighbouring files as read: the content of each, and the articles among them."""

    contents: list[FileContent]
    segment: Segment


def read_in_parallel(reader: ArticleReader, files: Sequence[str], track: ProgressTracker) -> Batch:
    """Read files, by their paths inside a folder in order, and analyse the articles among them.

    The texts go to a file while the rest is read: they take as much memory as all of it.
    """
    with TemporaryFile() as spool:
        batches = [_spool_letters(batch, spool) for batch in read_batches(reader, files, track)]
        letters = _map_letters(spool)
    contents = [content for batch in batches for content in batch.contents]
    segments = [batch.segment for batch in batches]
    del batches  # so that no column is held three times
    return Batch(contents, concatenate_segments(segments or [EMPTY])._replace(letters=letters))


def _spool_letters(batch: Batch, spool: IO[bytes]) -> Batch:
    spool.write(batch.segment.letters.data)
    return batch._replace(segment=batch.segment._replace(letters=EMPTY.letters))


def _map_letters(spool: IO[bytes]) -> Bytes:
    spool.flush()
    return np.asarray(np.memmap(spool, mode="r", dtype=np.uint8)) if spool.tell() else EMPTY.letters


def read_batches(
    reader: ArticleReader, files: Sequence[str], track: ProgressTracker, memory: int = MEMORY
) -> Iterator[Batch]:
    """Read files as `read_in_parallel` does, and return them as they come; half of the memory is for the reading."""
    batches = list(_divide(reader.folder, files))
    readers = min(os.cpu_count() or 1, len(batches), max(1, memory // 2 // READER_BYTES))
    is_worth_it = len(batches) > 1 and is_large(reader.folder, files, reader.times)
    done, left = _read_beside(reader, batches, readers) if is_worth_it else map(reader.read, batches), 0
    for _ in track(files):
        if not left:
            batch = next(done)
            left = len(batch.contents)
            yield batch
        left -= 1


def _divide(folder: Path, files: Sequence[str]) -> Iterator[Sequence[str]]:
    """Divide files into batches."""
    first = size = 0
    for number, file in enumerate(files):
        own = file_size(f"{folder}/{file}")
        if number - first == BATCH or (number > first and size + own > BATCH_BYTES):
            yield files[first:number]
            first, size = number, 0
        size += own
    if files:
        yield files[first:]


def _read_beside(reader: ArticleReader, batches: Sequence[Sequence[str]], readers: int) -> Iterator[Batch]:
    """Read by other processes, which are never handed much more than they have given back."""
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - processes take time to load

    from retrieval.processes import CONTEXT  # noqa: PLC0415

    left = deque(batches)
    pool = ProcessPoolExecutor(readers, CONTEXT, initializer=_begin)
    try:
        waiting: deque[Future[Batch]] = deque()
        while left or waiting:
            while left and len(waiting) < AHEAD * readers:
                waiting.append(pool.submit(reader.read, left.popleft()))
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    from retrieval.processes import end_with_parent  # noqa: PLC0415 - only a process that was started ends so

    gc.disable()  # nothing that is read refers to itself; looking for circles would take a tenth of the time
    end_with_parent()
