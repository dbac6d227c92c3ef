"""The articles folder as it is now: read again when asked, but only what has changed."""

import os
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.bm25.choice import LARGE, ScorerName, choose_scorer
from retrieval.indexer.location import NOWHERE, IndexLocation, ProgressTracker
from retrieval.library import Library
from retrieval.models import Article, SkippedFile, Value
from retrieval.ranking.tuning import Tuning
from retrieval.reading.articles import MAX_BYTES, check_usable, list_files, read_file
from retrieval.reading.file_cache import FileCache
from retrieval.text.analysis import AnalysedArticle, analyse

if TYPE_CHECKING:
    from retrieval.indexer.folder_indexer import FolderIndexer

BYTES_A_PASSAGE = 180
"""About how long a sentence of a report is: by the size of its files a folder is known to be large at once."""


class Changes(Value):
    """How the articles of one library differ from those of another, by file.

    Attributes:
        added: New articles.
        changed: Articles whose text, or what is known of it, is another.
        gone: Articles that are no longer there.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.gone)


def changes(before: Mapping[str, object], now: Mapping[str, object]) -> Changes:
    """What has become of some articles.

    Args:
        before: What they were, by file: the articles, or their hashes.
        now: What they are.
    """
    return Changes(
        added=tuple(sorted(now.keys() - before.keys())),
        changed=tuple(sorted(file for file in now.keys() & before.keys() if now[file] != before[file])),
        gone=tuple(sorted(before.keys() - now.keys())),
    )


class ArticlesFolder:
    """A folder of articles that makes a library of what it holds, as often as asked; for one thread at a time."""

    def __init__(
        self,
        path: Path,
        max_bytes: int = MAX_BYTES,
        tuning: Tuning | None = None,
        engine: ScorerName = ScorerName.AUTO,
        keeping: IndexLocation = NOWHERE,
    ) -> None:
        """Set up a reader; nothing is read yet.

        Args:
            path: The folder, sub-folders included.
            max_bytes: Size in bytes above which a file is skipped.
            tuning: What the libraries it makes go by besides the shipped weights.
            engine: What scores the passages.
            keeping: Where the index of a large folder is kept.
        """
        self.path, self._max_bytes = path, max_bytes
        self._tuning, self._engine, self._keeping = tuning, engine, keeping
        self._memory: FileCache[Article | SkippedFile | None] = FileCache()
        self._prepared: dict[str, AnalysedArticle] = {}
        self._kept: FolderIndexer | None = None

    def open(
        self,
        track: ProgressTracker = iter,
        *,
        before: Library | None = None,
        thorough: bool = False,
        whole: bool = False,
    ) -> Library:
        """Read what has changed and index all of it.

        Args:
            track: Wraps the list of what takes time to read, to show progress.
            before: The library there is; it is returned when nothing has changed.
            thorough: Read every file, also those that the file system says are as they were.
            whole: Make the index that is kept of a large folder one of all that is there now.

        Returns:
            A library of what the folder holds now.

        Raises:
            ArticlesError: The folder cannot be listed, or nothing in it is usable.
            EngineError: The engine cannot be used.
        """
        files = list_files(self.path)
        kept = self._kept = self._kept or self._large(files)
        if kept is None:
            return self._open_small(files, track, before, thorough=thorough)
        stock = kept.open(files, track, thorough=thorough, whole=whole)
        if before and before.snapshot is stock and before.skipped == kept.skipped:
            return before
        return Library(stock, kept.skipped, self._tuning)

    @property
    def index(self) -> Path | None:
        """Where the index is kept; None where there is none."""
        return self._keeping.place if self._kept else None

    def _large(self, files: Sequence[str]) -> "FolderIndexer | None":
        """The articles of a folder so large that they are kept indexed; None where it is not."""
        if choose_scorer(self._engine, self._passages(files)) is ScorerName.OKAPI:
            return None
        from retrieval.indexer.folder_indexer import FolderIndexer  # noqa: PLC0415 - only a large folder needs other processes

        return FolderIndexer(self.path, self._max_bytes, self._keeping)

    def _passages(self, files: Sequence[str]) -> int:
        """About how many passages there are; no more are counted than make a folder large."""
        enough = LARGE * BYTES_A_PASSAGE
        sizes = accumulate(map(self._size, files))
        return next((size for size in sizes if size >= enough), 0) // BYTES_A_PASSAGE

    def _size(self, file: str) -> int:
        try:
            return os.stat(f"{self.path}/{file}").st_size  # noqa: PTH116 - a Path for each of many files costs more
        except OSError:
            return 0

    def _read(self, file: str) -> Article | SkippedFile | None:
        return read_file(self.path, file, self._max_bytes)

    def _open_small(
        self, files: Sequence[str], track: ProgressTracker, before: Library | None, *, thorough: bool
    ) -> Library:
        if thorough:
            self._memory = FileCache()
        found = [self._memory.read(f"{self.path}/{file}", partial(self._read, file)) for file in files]
        self._memory.forget_others()
        articles = [each for each in found if isinstance(each, Article)]
        skipped = tuple(each for each in found if isinstance(each, SkippedFile))
        check_usable(self.path, articles, skipped)
        if before and before.skipped == skipped and before.sources == tuple(each.source for each in articles):
            return before
        wanted = {article.file: article for article in articles}
        known = {file: each for file, each in self._prepared.items() if wanted.get(file) == each.article}
        unread = [article for article in articles if article.file not in known]
        known |= {article.file: analyse(article) for article in track(unread)}
        self._prepared = {article.file: known[article.file] for article in articles}
        return Library.from_analysis(list(self._prepared.values()), skipped, self._tuning, ScorerName.OKAPI)
