"""The articles folder watched: whatever changes in it is read again at once."""

import asyncio
import contextlib
import logging
from pathlib import Path

from watchfiles import Change, awatch

from bot.articles.reloader import LibraryReloader

QUIET_MS, LONGEST_MS = 50, 400
"""Changes are taken together until none has come for this long, or for that long at most, in milliseconds."""
LOOK_MS = 1_000
"""How often it is looked whether the folder itself is still the same one, in milliseconds."""

logger = logging.getLogger(__name__)


class FolderWatch:
    """Has the library read again whenever something in the folder changes."""

    def __init__(self, keeper: LibraryReloader) -> None:
        """Set up a watch.

        Args:
            keeper: Reads the articles.
        """
        self._keeper, self._folder = keeper, keeper.folder.path
        self._polls = False

    async def run(self) -> None:
        """Watch until cancelled, also a folder that is moved away and put back, or swapped for another."""
        while True:
            try:
                await self._watch()
            except FileNotFoundError:
                await self._keeper.reload()  # says in the log that the folder is gone
                await self._until_back()
            except (OSError, RuntimeError) as error:  # such as too many watched folders on one machine
                if self._polls:
                    raise
                logger.warning("Changes to %s are looked for instead of told: %s", self._folder, error)
                self._polls = True

    async def _watch(self) -> None:
        """Watch one folder for as long as it is the one that the path leads to."""
        identity = _identity(self._folder)
        changes = awatch(
            self._folder,
            watch_filter=self._concerns,
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
            await self._keeper.reload()
        except Exception:  # whatever a folder may hold, questions go on from what was read before
            logger.exception("The articles could not be read again")

    async def _until_back(self) -> None:
        while not self._folder.is_dir():  # noqa: ASYNC110 - nothing tells when a folder appears
            await asyncio.sleep(LOOK_MS / 1000)

    def _concerns(self, _: Change, path: str) -> bool:
        """Whether a change is of a file that could be an article: hidden ones are left alone, as when reading."""
        with contextlib.suppress(ValueError):
            return not any(part.startswith(".") for part in Path(path).relative_to(self._folder).parts)
        return True


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
