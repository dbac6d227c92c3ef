"""The library of the pages: read for the first page that needs it, and again when articles change."""

import logging
import threading
import time

from retrieval.articles_folder import ArticlesFolder
from retrieval.errors import ArticlesError
from retrieval.library import Library
from storage.errors import ReviewError

LOOK_SECONDS = 5.0
"""Greatest age of the library before the folder is checked for changes."""

logger = logging.getLogger(__name__)


class LibraryCache:
    """The library of a folder; may be shared between threads."""

    def __init__(self, folder: ArticlesFolder) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._library: Library | None = None
        self._looked: float | None = None

    def library(self) -> Library | None:
        """Return the library as of seconds ago, or as before during a read; None where no article can be used."""
        is_busy = not self._lock.acquire(blocking=self._library is None)
        if is_busy:
            return self._library
        try:
            if self._looked is None or time.monotonic() - self._looked > LOOK_SECONDS:
                self._library = self._read()
                self._looked = time.monotonic()
            return self._library
        finally:
            self._lock.release()

    def require_library(self) -> Library:
        """Return the library.

        Raises:
            ReviewError: No article can be used.
        """
        library = self.library()
        if library is None:
            raise ReviewError("The articles cannot be read: see `policydesk sources --check`.")
        return library

    def _read(self) -> Library | None:
        try:
            return self._folder.open(before=self._library)
        except ArticlesError as error:
            logger.warning("%s", error)
            return None
