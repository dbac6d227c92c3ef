"""The indexed articles: ask them, get hits."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from retrieval.articles import MAX_BYTES, read_folder
from retrieval.engines.engine import Engine
from retrieval.engines.okapi import OkapiEngine
from retrieval.errors import ArticlesError
from retrieval.models import Article, Hit, Passage, Query, SkippedFile
from retrieval.question import read_question, scripts_of
from retrieval.ranker import rank
from retrieval.sentences import passages
from retrieval.terms import terms


class Library:
    """Articles, their passages, and an engine that finds the passages that support an answer.

    A library never changes; when the articles do, another one takes its place.

    Attributes:
        articles: What can be cited, in the order of file names.
        skipped: Files of the folder that could not be used, with the cure.
        passages: Every sentence that may be quoted, by place.
        hash: What the articles were when they were read: SHA-256 over their names and hashes, in hexadecimal.
    """

    def __init__(
        self,
        articles: Sequence[Article],
        skipped: Sequence[SkippedFile] = (),
        track: Callable[[Sequence[Article]], Iterable[Article]] = iter,
    ) -> None:
        """Index some articles.

        Args:
            articles: At least one of them must hold a sentence.
            skipped: Files that could not be used, to be reported with them.
            track: Wraps the list of articles while they are indexed, to show progress.

        Raises:
            ArticlesError: No article holds a sentence.
        """
        self.articles = tuple(articles)
        self.skipped = tuple(skipped)
        self.passages: tuple[Passage, ...] = tuple(p for article in track(articles) for p in passages(article))
        if not self.passages:
            raise ArticlesError("No article holds a sentence that could be quoted: put texts into the articles folder.")
        self.hash = _hash(self.articles)
        self._scripts = frozenset[str]().union(*(scripts_of(article.text) for article in self.articles))
        self._engine: Engine = OkapiEngine([terms(passage.text) for passage in self.passages])

    @classmethod
    def open(
        cls,
        folder: Path,
        max_bytes: int = MAX_BYTES,
        track: Callable[[Sequence[Article]], Iterable[Article]] = iter,
    ) -> "Library":
        """Read and index a folder of articles.

        Args:
            folder: The folder, sub-folders included.
            max_bytes: Size in bytes above which a file is skipped.
            track: Wraps the list of articles while they are indexed, to show progress.

        Raises:
            ArticlesError: The folder cannot be listed, or nothing in it is usable.
        """
        return cls(*read_folder(folder, max_bytes), track)

    def read(self, text: str) -> Query:
        """Read a question as this library can answer it.

        Args:
            text: The question as asked; anything at all.

        Returns:
            The question with its kind and terms.
        """
        return read_question(text, self._scripts)

    def search(self, query: Query, k: int) -> list[Hit]:
        """The passages most likely to support an answer.

        Args:
            query: The question as read.
            k: How many hits to return at most.

        Returns:
            Hits, best first; each shares at least one term with the question.
        """
        candidates = self._engine.search(query.terms, k)
        return rank(query, [(self.passages[place], score) for place, score in candidates], self._engine.idf)


def _hash(articles: Iterable[Article]) -> str:
    digest = hashlib.sha256()
    for article in articles:
        digest.update(f"{article.file}\0{article.sha256}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
