"""The files that were sent, whoever sent them."""

from collections.abc import Iterator
from itertools import count

from bot.emulator.errors import bad_request
from bot.emulator.objects import Document, File, TelegramObject

DOWNLOAD_LIMIT = 20 * 1024 * 1024


class StoredFile(TelegramObject):
    """A file with its content."""

    file_id: str
    path: str
    content: bytes
    name: str | None = None
    mime_type: str | None = None

    @property
    def unique_id(self) -> str:
        """The id that Telegram shows to every bot alike."""
        return f"U{self.file_id}"


class Upload(TelegramObject):
    """A file on its way in."""

    content: bytes
    name: str | None = None
    mime_type: str | None = None


class FileStore:
    """All files by id."""

    def __init__(self) -> None:
        self._files: dict[str, StoredFile] = {}
        self._numbers: Iterator[int] = count(1)

    def add(self, upload: Upload, folder: str) -> StoredFile:
        """Keep a file; the folder (``documents``, ``voice``, ...) becomes part of its path."""
        number = next(self._numbers)
        stored = StoredFile(
            file_id=f"EmulatorFile{number:06}",
            path=f"{folder}/file_{number}{_suffix(upload.name)}",
            content=upload.content,
            name=upload.name,
            mime_type=upload.mime_type,
        )
        self._files[stored.file_id] = stored
        return stored

    def get(self, file_id: str) -> StoredFile:
        """Return a file.

        Raises:
            RefusedError: There is none with that id.
        """
        if file_id not in self._files:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        return self._files[file_id]

    def at(self, path: str) -> StoredFile | None:
        """Return the file that was given a path, or `None`."""
        return next((stored for stored in self._files.values() if stored.path == path), None)

    def describe(self, file_id: str) -> File:
        """Answer getFile.

        Raises:
            RefusedError: There is no such file, or it is larger than bots may download.
        """
        stored = self.get(file_id)
        if len(stored.content) > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        return File(
            file_id=stored.file_id,
            file_unique_id=stored.unique_id,
            file_size=len(stored.content),
            file_path=stored.path,
        )


def described(stored: StoredFile) -> Document:
    """Return a file as a message carries it."""
    return Document(
        file_id=stored.file_id,
        file_unique_id=stored.unique_id,
        file_size=len(stored.content),
        file_name=stored.name,
        mime_type=stored.mime_type,
    )


def _suffix(name: str | None) -> str:
    ending = (name or "").rpartition(".")[2]
    return f".{ending}" if name and "." in name and ending.isascii() and ending.isalnum() else ""
