"""Documents that are added, kept in the database: each machine on it brings its folder of articles up to date."""

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from pathlib import Path

from bot.articles.add_document import check_folder
from bot.settings import Settings
from retrieval.documents.store import FilesListener, just_added, place_file
from retrieval.errors import DocumentError, PolicydeskError
from storage.database.connection import DeskDatabase
from storage.documents.book import DocumentBook, DocumentChange

MARKER = ".shared-documents"
"""The file in the folder of articles that holds the last change that is in the folder, so that a start is quick."""
DIGITS = 18
"""Most digits of the number of a change."""
LOOK_SECONDS = 1.0
"""How often it is looked whether another machine has added a document."""
_IN_THE_WAY = FileExistsError, NotADirectoryError, IsADirectoryError
"""A file stands where a folder should, or a folder where a file should; to wait for that would hold up all others."""

logger = logging.getLogger(__name__)


class SharedDocuments:
    """The files of documents in a folder of articles and in the database; its methods block."""

    def __init__(self, folder: Path, book: DocumentBook) -> None:
        self._folder, self._book, self._said = folder, book, ""
        self._seen: int | None = None

    def share(self, files: Mapping[str, bytes | None]) -> None:
        """Note files before they are put into the folder, or removed there.

        Raises:
            DatabaseError: They cannot be noted.
            DocumentError: Another machine has put another file there, which is not here yet.
        """
        seen = self._noted()

        def check(before: DocumentChange) -> None:
            path = self._folder / before.file
            if before.number > seen and before.sha256 not in {None, _hash(path), _sha256(files[before.file])}:
                raise just_added(path.name)

        self._book.put(files, check)

    def receive(self) -> None:
        """Bring the folder up to date with what was added and removed; what cannot be had now is had the next time."""
        try:
            self._seen = self._noted() if self._seen is None else self._seen
            for change in self._book.changes(self._seen) if self._book.last() > self._seen else ():
                self._take(change)
                self._seen = change.number
                (self._folder / MARKER).write_text(_line(change), encoding="utf-8")
            self._said = ""
        except (PolicydeskError, OSError) as error:
            if str(error) != self._said:
                logger.warning("Documents of other machines are not here yet. %s", error)
            self._said = str(error)

    def _noted(self) -> int:
        """The number of the change that the folder is known to hold; 0 where the database does not have it."""
        try:
            noted = (self._folder / MARKER).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return 0
        number = noted.partition(" ")[0]
        is_number = number.isascii() and number.isdigit() and len(number) <= DIGITS
        found = self._book.changes(int(number) - 1, 1) if is_number else []
        return found[0].number if found and _line(found[0]) == noted else 0

    def _take(self, change: DocumentChange) -> None:
        if _hash(self._folder / change.file) != change.sha256:
            content = self._book.content(change)
            if content is None and change.sha256 is not None:  # a later change has it
                return
            try:
                place_file(self._folder, change.file, content)
            except (DocumentError, *_IN_THE_WAY) as error:  # as with a link out of this machine's folder
                logger.warning("%s of another machine is left out. %s", change.file, error)

    async def run(self) -> None:
        """Receive now and again, until cancelled."""
        while True:
            await asyncio.to_thread(self.receive)
            await asyncio.sleep(LOOK_SECONDS)


def shared_documents(settings: Settings, database: DeskDatabase) -> SharedDocuments | None:
    """The documents in the database; none where they are kept in the folder alone.

    Raises:
        SettingsError: The folder is that of the shipped articles, to which nothing is added.
    """
    if settings.documents == "folder":
        return None
    check_folder(settings)
    return SharedDocuments(settings.articles, DocumentBook(database))


def documents_listener(settings: Settings, database: DeskDatabase) -> FilesListener | None:
    """Notes documents in the database, of which the folder is up to date; none where the folder alone keeps them."""
    if (documents := shared_documents(settings, database)) is None:
        return None
    documents.receive()
    return documents.share


def _line(change: DocumentChange) -> str:
    return f"{change.number} {change.sha256} {change.file}"


def _hash(path: Path) -> str | None:
    return _sha256(path.read_bytes() if path.is_file() else None)


def _sha256(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()
