"""Many files read at the same time, by as many processes as there are processors, with bounded memory."""

import gc
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from retrieval.index.analysis import analyse
from retrieval.index.segment import Segment, segment_of
from retrieval.indexer.location import ProgressTracker
from retrieval.models import Article, SkippedFile, Source
from retrieval.processes import CONTEXT, end_with_parent
from retrieval.reading.articles import read_file

BATCH = 64
"""How many files a process reads at a time."""
AHEAD = 3
"""How many batches for each processor are handed out before the first of them is taken back."""


class Batch(NamedTuple):
    """Some files as read.

    Attributes:
        found: For each file the article, why it cannot be one, or None for what only belongs to one.
        segment: The articles among them.
    """

    found: list[Source | SkippedFile | None]
    segment: Segment


def read_in_parallel(folder: Path, files: Sequence[str], max_bytes: int, track: ProgressTracker) -> Iterator[Batch]:
    """Read files by several processes, and make their articles ready.

    Args:
        folder: The articles folder.
        files: Their paths inside the folder, in order.
        max_bytes: Size in bytes above which a file is skipped.
        track: Shows progress.

    Returns:
        The files in batches, in order.
    """
    batches = [files[first : first + BATCH] for first in range(0, len(files), BATCH)]
    read = _read_beside if len(batches) > 1 else _read_here  # to start processes would take longer than to read a few
    done = read(folder, batches, max_bytes)
    for number, _ in enumerate(track(files)):
        if number % BATCH == 0:
            yield next(done)


def _read_here(folder: Path, batches: Sequence[Sequence[str]], max_bytes: int) -> Iterator[Batch]:
    return (_read(folder, batch, max_bytes) for batch in batches)


def _read_beside(folder: Path, batches: Sequence[Sequence[str]], max_bytes: int) -> Iterator[Batch]:
    """Read by other processes, which are never handed much more than they have given back."""
    processors, left = os.cpu_count() or 1, deque(batches)
    pool = ProcessPoolExecutor(min(processors, len(batches)), CONTEXT, initializer=_begin)
    try:
        waiting: deque[Future[Batch]] = deque()
        while left or waiting:
            while left and len(waiting) < AHEAD * processors:
                waiting.append(pool.submit(_read, folder, left.popleft(), max_bytes))
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """What a process does before it reads."""
    gc.disable()  # nothing that is read refers to itself; looking for circles would take a tenth of the time
    end_with_parent()


def _read(folder: Path, files: Sequence[str], max_bytes: int) -> Batch:
    found = [read_file(folder, file, max_bytes) for file in files]
    segment = segment_of([analyse(article) for article in found if isinstance(article, Article)])
    return Batch([each.source if isinstance(each, Article) else each for each in found], segment)
