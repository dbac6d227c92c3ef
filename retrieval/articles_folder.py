"""The articles folder as it is now: read again when asked, but only what has changed."""

import os
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.bm25.choice import INDEXED, ScorerName, choose_scorer
from retrieval.index.analysis import AnalysedArticle, analyse
from retrieval.indexer.folder_reader import FolderReader
from retrieval.indexer.location import NOWHERE, IndexLocation, ProgressTracker
from retrieval.library import Library
from retrieval.models import Article, Value
from retrieval.ranking.tuning import Tuning
from retrieval.reading.articles import MAX_BYTES, list_files

if TYPE_CHECKING:
    from retrieval.indexer.folder_indexer import FolderIndexer

BYTES_A_PASSAGE = 180
"""About how long a sentence of a report is: by the size of its files a folder is known to be large at once."""


class Changes(Value):
    """Files whose articles two libraries do not share, or have with another text."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.gone)


def changes(before: Mapping[str, object], now: Mapping[str, object]) -> Changes:
    """Compare articles, or their hashes, by file."""
    return Changes(
        added=tuple(sorted(now.keys() - before.keys())),
        changed=tuple(sorted(file for file in now.keys() & before.keys() if now[file] != before[file])),
        gone=tuple(sorted(before.keys() - now.keys())),
    )


class ArticlesFolder:
    """A folder of articles that makes a library of its articles, as often as asked; for one thread at a time."""

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
            tuning: Weights that the libraries go by besides the shipped ones.
            engine: The scorer.
            keeping: Where the index of a large folder is kept.
        """
        self.path, self._max_bytes = path, max_bytes
        self._tuning, self._engine, self._location = tuning, engine, keeping
        self._reader = FolderReader(path, max_bytes)
        self._analysed: dict[str, AnalysedArticle] = {}
        self._indexer: FolderIndexer | None = None

    def open(
        self,
        track: ProgressTracker = iter,
        *,
        before: Library | None = None,
        thorough: bool = False,
        whole: bool = False,
    ) -> Library:
        """Read what has changed, and return a library of all articles there are.

        Args:
            track: Wraps the list of what takes time to read, to show progress.
            before: The library there is; it is returned when nothing has changed.
            thorough: Read every file, also those that the file system says are as they were.
            whole: Make the index that is kept of a large folder one of all that is there now.

        Raises:
            ArticlesError: The folder cannot be listed, or nothing in it is usable.
        """
        files = list_files(self.path)
        indexer = self._indexer = self._indexer or self._indexer_if_large(files)
        if indexer is None:
            return self._open_small(files, track, before, thorough=thorough)
        snapshot = indexer.open(files, track, thorough=thorough, whole=whole)
        if before and before.snapshot is snapshot and before.skipped == indexer.skipped:
            return before
        return Library(snapshot, indexer.skipped, self._tuning)

    @property
    def index(self) -> Path | None:
        """Where the index is kept; None where there is none."""
        return self._location.place if self._indexer else None

    def _indexer_if_large(self, files: Sequence[str]) -> "FolderIndexer | None":
        if choose_scorer(self._engine, self._estimate_passages(files)) is ScorerName.REFERENCE:
            return None
        from retrieval.indexer.folder_indexer import FolderIndexer  # noqa: PLC0415 - only a large folder needs other processes

        return FolderIndexer(self.path, self._max_bytes, self._location)

    def _estimate_passages(self, files: Sequence[str]) -> int:
        """Return about how many passages there are; no more are counted than have a folder indexed."""
        enough = INDEXED * BYTES_A_PASSAGE
        sizes = accumulate(map(self._size, files))
        return next((size for size in sizes if size >= enough), 0) // BYTES_A_PASSAGE

    def _size(self, file: str) -> int:
        try:
            return os.stat(f"{self.path}/{file}").st_size  # noqa: PTH116 - a Path for each of many files costs more
        except OSError:
            return 0

    def _open_small(
        self, files: Sequence[str], track: ProgressTracker, before: Library | None, *, thorough: bool
    ) -> Library:
        sources = self._reader.read(files, thorough=thorough)
        articles = {source.file: source for source in sources if isinstance(source, Article)}
        skipped = self._reader.skipped
        if before and before.skipped == skipped and before.sources == tuple(each.source for each in articles.values()):
            return before
        known = {file: each for file, each in self._analysed.items() if articles.get(file) == each.article}
        unread = [article for file, article in articles.items() if file not in known]
        known |= {article.file: analyse(article) for article in track(unread)}
        self._analysed = {file: known[file] for file in articles}
        return Library.from_analysis(list(self._analysed.values()), skipped, self._tuning, ScorerName.REFERENCE)
