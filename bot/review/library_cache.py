"""The articles as the pages show them: read at the first page that needs them, and again when files change."""

import logging
import threading
import time

from retrieval.articles_folder import ArticlesFolder
from retrieval.errors import ArticlesError
from retrieval.library import Library

LOOK_SECONDS = 5.0
"""How old what is known of the folder may be."""

logger = logging.getLogger(__name__)


class LibraryCache:
    """The library of a folder, read only; may be shared between threads."""

    def __init__(self, folder: ArticlesFolder) -> None:
        """Set up a shelf; nothing is read yet.

        Args:
            folder: The articles.
        """
        self._folder = folder
        self._lock = threading.Lock()
        self._library: Library | None = None
        self._looked: float | None = None

    def library(self) -> Library | None:
        """The articles as they are, or were a few seconds ago; none where none can be used.

        Whoever comes while they are read again goes on with what was read before.
        """
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

    def _read(self) -> Library | None:
        try:
            return self._folder.open(before=self._library)
        except ArticlesError as error:
            logger.warning("%s", error)
            return None
