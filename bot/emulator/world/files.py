"""The files that were sent, by people and by the bot."""

from itertools import count
from typing import TypeVar

from bot.emulator.errors import bad_request
from bot.emulator.objects.base import TelegramObject
from bot.emulator.objects.messages import Document, File, Media

DOWNLOAD_LIMIT = 20 * 1024 * 1024
"""The largest file that Telegram lets bots download, in bytes."""

MediaKind = TypeVar("MediaKind", bound=Media)


class Upload(TelegramObject):
    """A file on its way in."""

    content: bytes
    name: str | None = None
    mime_type: str | None = None


class StoredFile(Upload):
    """A file with its content; the path goes behind ``/file/bot<token>/``."""

    file_id: str
    path: str

    def as_media(self, kind: type[MediaKind], **details: object) -> MediaKind:
        """Return the file as a message or an answer carries it."""
        # The unique id is the one that Telegram shows to every bot alike.
        ids = {"file_id": self.file_id, "file_unique_id": f"U{self.file_id}"}
        return kind.model_validate({**ids, "file_size": len(self.content), **details})

    def as_document(self) -> Document:
        """Return the file as a document with its name and type."""
        return self.as_media(Document, file_name=self.name, mime_type=self.mime_type)


class FileStore:
    """All files by id."""

    def __init__(self) -> None:
        self._files: dict[str, StoredFile] = {}
        self._numbers = count(1)

    def add(self, upload: Upload, folder: str) -> StoredFile:
        """Keep a file; the folder (``documents``, ``voice``, ...) becomes part of its path."""
        number = next(self._numbers)
        path = f"{folder}/file_{number}{_suffix(upload.name)}"
        stored = StoredFile(file_id=f"EmulatorFile{number:06}", path=path, **dict(upload))
        self._files[stored.file_id] = stored
        return stored

    def get(self, file_id: str) -> StoredFile:
        """Return a file by its id, or refuse."""
        if file_id not in self._files:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        return self._files[file_id]

    def at(self, path: str) -> StoredFile | None:
        """Return the file with a path, or `None`."""
        return next((stored for stored in self._files.values() if stored.path == path), None)

    def describe(self, file_id: str) -> File:
        """Answer getFile; refuse a file that is larger than bots may download."""
        stored = self.get(file_id)
        if len(stored.content) > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        return stored.as_media(File, file_path=stored.path)


def _suffix(name: str | None) -> str:
    _, dot, ending = (name or "").rpartition(".")
    return f".{ending}" if dot and ending.isascii() and ending.isalnum() else ""
