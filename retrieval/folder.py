"""The articles folder as it is now: read again when asked, but only what has changed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from retrieval.articles import MAX_BYTES, Files, read_folder
from retrieval.engines.choice import EngineName
from retrieval.file_memory import FileMemory
from retrieval.library import Library
from retrieval.models import Article, Value
from retrieval.prepared import PreparedArticle, prepare
from retrieval.tuning import Tuning


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
        engine: EngineName = EngineName.AUTO,
    ) -> None:
        """Set up a reader; nothing is read yet.

        Args:
            path: The folder, sub-folders included.
            max_bytes: Size in bytes above which a file is skipped.
            tuning: What the libraries it makes go by besides the shipped weights.
            engine: What scores the passages.
        """
        self.path, self._max_bytes = path, max_bytes
        self._tuning, self._engine = tuning, engine
        self._memory: Files = FileMemory()
        self._prepared: dict[str, PreparedArticle] = {}

    def open(
        self,
        track: Callable[[Sequence[Article]], Iterable[Article]] = iter,
        *,
        before: Library | None = None,
        thorough: bool = False,
    ) -> Library:
        """Read what has changed and index all of it.

        Args:
            track: Wraps the list of articles while they are made ready, to show progress.
            before: The library there is; it is returned when nothing has changed.
            thorough: Read every file, also those that the file system says are as they were.

        Returns:
            A library of what the folder holds now.

        Raises:
            ArticlesError: The folder cannot be listed, or nothing in it is usable.
            EngineError: The engine cannot be used.
        """
        if thorough:
            self._memory = FileMemory()
        articles, skipped = read_folder(self.path, self._max_bytes, self._memory)
        if before and before.articles == tuple(articles) and before.skipped == tuple(skipped):
            return before
        prepared = [self._prepare(article) for article in track(articles)]
        self._prepared = {each.article.file: each for each in prepared}
        return Library(prepared, skipped, self._tuning, self._engine)

    def _prepare(self, article: Article) -> PreparedArticle:
        known = self._prepared.get(article.file)
        return known if known and known.article == article else prepare(article)
