"""Watches the articles folder, and has changed articles read at once."""

import asyncio
import contextlib
import logging
from pathlib import Path

from watchfiles import Change, awatch

from bot.articles.reloader import LibraryReloader

QUIET_MS, LONGEST_MS = 50, 400
"""Changes are grouped until none has come for the first time, or for the second at most, in milliseconds."""
LOOK_MS = 1_000
"""Milliseconds between checks that the path still leads to the same folder."""

logger = logging.getLogger(__name__)


class FolderWatch:
    """Reloads the library whenever an article changes."""

    def __init__(self, reloader: LibraryReloader) -> None:
        self._reloader, self._folder = reloader, reloader.folder.path
        self._polls = False

    async def run(self) -> None:
        """Watch until cancelled, also a folder that is moved away and put back, or swapped for another."""
        while True:
            try:
                await self._watch()
            except FileNotFoundError:
                await self._reloader.reload()  # says in the log that the folder is gone
                await self._until_back()
            except (OSError, RuntimeError) as error:  # such as too many watched folders on one machine
                if self._polls:
                    raise
                logger.warning("Changes to %s are looked for instead of told: %s", self._folder, error)
                self._polls = True

    async def _watch(self) -> None:
        """Watch until the path leads to another folder."""
        identity = _identity(self._folder)
        changes = awatch(
            self._folder,
            watch_filter=self._is_of_article,
            debounce=LONGEST_MS,
            step=QUIET_MS,
            rust_timeout=LOOK_MS,
            yield_on_timeout=True,
            force_polling=self._polls or None,
            ignore_permission_denied=True,
        )
        first = True  # what changed before the watch began
        async with contextlib.aclosing(changes):
            async for changed in changes:
                if changed or first:
                    await self._reload()
                    first = False
                if _identity(self._folder) != identity:
                    return

    async def _reload(self) -> None:
        try:
            await self._reloader.reload()
        except Exception:  # whatever a folder may hold, questions go on from what was read before
            logger.exception("The articles could not be read again")

    async def _until_back(self) -> None:
        while not self._folder.is_dir():  # noqa: ASYNC110 - nothing tells when a folder appears
            await asyncio.sleep(LOOK_MS / 1000)

    def _is_of_article(self, _: Change, path: str) -> bool:
        """Whether a change is of a file that is not hidden, as only those are read."""
        with contextlib.suppress(ValueError):
            return not any(part.startswith(".") for part in Path(path).relative_to(self._folder).parts)
        return True


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
