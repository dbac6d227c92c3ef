"""The articles folder as it is now: read again when asked, but only what has changed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from retrieval.bm25.choice import ScorerName
from retrieval.index.vectors import SemanticModel
from retrieval.indexer.folder_indexer import FolderIndexer
from retrieval.indexer.folder_reader import ENCODED, is_large
from retrieval.indexer.garbage_collection import without_garbage_collection
from retrieval.indexer.location import NOWHERE, IndexLocation, ProgressTracker
from retrieval.library import Library
from retrieval.models import Value
from retrieval.query.reader import LanguageOptions
from retrieval.ranking.tuning import Tuning
from retrieval.reading.articles import MAX_BYTES, list_files


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

    def __init__(  # noqa: PLR0913 - each is an option
        self,
        path: Path,
        max_bytes: int = MAX_BYTES,
        tuning: Tuning | None = None,
        engine: ScorerName = ScorerName.AUTO,
        keeping: IndexLocation = NOWHERE,
        *,
        model: SemanticModel | None = None,
        languages: LanguageOptions | None = None,
    ) -> None:
        """Set up a reader; nothing is read yet.

        Args:
            path: The folder, sub-folders included.
            max_bytes: Size in bytes above which a file is skipped.
            tuning: Weights that the libraries go by besides the shipped ones.
            engine: The scorer.
            keeping: Where the index of a large folder is kept.
            model: Encodes the passages, and helps to order them.
            languages: How questions are read in other languages than theirs.
        """
        self.path, self._max_bytes = path, max_bytes
        self._tuning, self._engine, self._location, self._model = tuning, engine, keeping, model
        self._languages = languages
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
        indexer = self._indexer = self._indexer or self._start(files)
        snapshot = indexer.open(files, track, thorough=thorough, whole=whole)
        if before and before.snapshot is snapshot and before.skipped == indexer.skipped:
            return before
        with without_garbage_collection():
            return Library(snapshot, indexer.skipped, self._tuning, self._model, self._languages)

    @property
    def index(self) -> Path | None:
        """Where the index is kept; None where there is none."""
        return self._indexer.place if self._indexer else None

    def _start(self, files: Sequence[str]) -> FolderIndexer:
        """Decide by what is there now whether the index is kept in files."""
        is_kept = self._engine is ScorerName.MAX_SCORE or (
            self._engine is ScorerName.AUTO and is_large(self.path, files, ENCODED if self._model else 1)
        )
        location = self._location if is_kept else NOWHERE
        return FolderIndexer(self.path, self._max_bytes, location, self._engine, self._model)
