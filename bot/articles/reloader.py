"""Reloads the library: articles are read beside the questions, and the library is swapped when complete."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Protocol

from bot.desk.desk import Desk
from retrieval.articles_folder import ArticlesFolder, Changes, changes
from retrieval.errors import ArticlesError, PolicydeskError
from retrieval.file_problems import FileProblem
from retrieval.library import Library

logger = logging.getLogger(__name__)


class ReloadReport(NamedTuple):
    """Result of a reload."""

    library: Library  # that questions are answered from now
    changes: Changes = Changes()
    problem: str | None = None  # why the library stays as before
    flaw: FileProblem | None = None  # the problem's name


class LibraryListener(Protocol):
    """Is told of each library that questions are answered from, on the reloader's thread."""

    def __call__(self, library: Library, /) -> None:
        """Note a library."""
        ...


class LibraryReloader:
    """Reads changed articles on a thread of its own, and renews the desk's library with them."""

    def __init__(self, folder: ArticlesFolder, desk: Desk, listener: LibraryListener | None = None) -> None:
        self.folder = folder
        self._desk, self._listener = desk, listener
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, "library")

    async def reload(self, *, thorough: bool = False) -> ReloadReport:
        """Read changed articles, or all articles if thorough; until then the old library answers questions."""
        async with self._turn:
            before = self._desk.library
            loop = asyncio.get_running_loop()
            try:
                report = await loop.run_in_executor(self._thread, self._read, before, thorough)
            except ArticlesError as error:
                logger.warning("The articles stay as they were read before. %s", error)
                return ReloadReport(before, problem=str(error), flaw=error.flaw)
            if report.library is not before:
                self._desk.renew(report.library)
                await loop.run_in_executor(self._thread, self._note, report.library)
            return report

    def _read(self, before: Library, thorough: bool) -> ReloadReport:
        library = self.folder.open(before=before, thorough=thorough)
        if library is before:
            return ReloadReport(before)
        found = changes(_by_file(before), _by_file(library))
        _log_changes(before, library, found)
        return ReloadReport(library, found)

    def _note(self, library: Library) -> None:
        if self._listener is None:
            return
        try:
            self._listener(library)
        except PolicydeskError as error:  # nobody waits for it
            logger.warning("%s", error)

    def close(self) -> None:
        """End the thread, and drop the articles that it is reading."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def _by_file(library: Library) -> dict[str, object]:
    return {source.file: source for source in library.sources}


def _log_changes(before: Library, library: Library, difference: Changes) -> None:
    counts = len(difference.added), len(difference.changed), len(difference.gone)
    logger.info("Articles: %s new, %s changed, %s gone; %s in all", *counts, len(library.sources))
    for file in set(library.skipped) - set(before.skipped):
        logger.warning("Skipped %s: %s; %s.", file.file, file.reason, file.cure)
