"""The library kept up to date: the folder is read beside the questions, and the library swapped when it is whole."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

from bot.desk.desk import Desk
from retrieval.articles_folder import ArticlesFolder, Changes, changes
from retrieval.errors import ArticlesError, PolicydeskError
from retrieval.file_problems import FileProblem
from retrieval.library import Library

logger = logging.getLogger(__name__)


class ReloadReport(NamedTuple):
    """What came of reading the articles again.

    Attributes:
        library: What questions are answered from now.
        changes: How it differs from what they were answered from before.
        problem: Why the articles were kept as they were, where that is so.
        flaw: The same by its name.
    """

    library: Library
    changes: Changes = Changes()
    problem: str | None = None
    flaw: FileProblem | None = None


class LibraryReloader:
    """Reads the articles again when asked, in a thread of its own, and gives the desk what it read."""

    def __init__(self, folder: ArticlesFolder, desk: Desk, note: Callable[[Library], None] = lambda _: None) -> None:
        """Set up a keeper.

        Args:
            folder: The articles.
            desk: Who answers from them.
            note: Told of each library that questions are answered from; it may take its time.
        """
        self.folder = folder
        self._desk, self._note = desk, note
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, "library")

    async def reload(self, *, thorough: bool = False) -> ReloadReport:
        """Read what has changed; until all of it is ready, questions are answered from what there was.

        Args:
            thorough: Read every file, also those that the file system says are as they were.
        """
        async with self._turn:
            before = self._desk.library
            loop = asyncio.get_running_loop()
            read = partial(self._read, before, thorough=thorough)
            try:
                reload = await loop.run_in_executor(self._thread, read)
            except ArticlesError as error:
                logger.warning("The articles stay as they were read before. %s", error)
                return ReloadReport(before, problem=str(error), flaw=error.flaw)
            if reload.library is not before:
                self._desk.renew(reload.library)
                await loop.run_in_executor(self._thread, self._noted, reload.library)
            return reload

    def _read(self, before: Library, *, thorough: bool) -> ReloadReport:
        library = self.folder.open(before=before, thorough=thorough)
        if library is before:
            return ReloadReport(before)
        found = changes(_by_file(before), _by_file(library))
        _report(before, library, found)
        return ReloadReport(library, found)

    def _noted(self, library: Library) -> None:
        try:
            self._note(library)
        except PolicydeskError as error:  # nobody waits for it
            logger.warning("%s", error)

    def close(self) -> None:
        """Let the thread end; what it is reading is dropped."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def _by_file(library: Library) -> dict[str, object]:
    return {source.file: source for source in library.sources}


def _report(before: Library, library: Library, found: Changes) -> None:
    counts = len(found.added), len(found.changed), len(found.gone)
    logger.info("Articles: %s new, %s changed, %s gone; %s in all", *counts, len(library.sources))
    for file in set(library.skipped) - set(before.skipped):
        logger.warning("Skipped %s: %s; %s.", file.file, file.reason, file.cure)
