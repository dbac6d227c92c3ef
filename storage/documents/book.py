"""The files of documents that were added, numbered in the order in which they change."""

import hashlib
from collections.abc import Callable, Mapping
from typing import NamedTuple

from storage.database.connection import DeskDatabase

MOST = 1_000_000
"""Most changes that are told at once."""


class DocumentChange(NamedTuple):
    """The last change of a file, by its path in the articles folder; without a hash it was removed."""

    file: str
    sha256: str | None
    number: int


class DocumentBook:
    """Files in the database; may be shared between threads."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def put(self, files: Mapping[str, bytes | None], check: Callable[[DocumentChange], None] | None = None) -> None:
        """Note files as they are now, by their paths; without content they are removed.

        Nothing is noted where the check, which is given the change that each file had before, raises.
        """
        with self._database.writing() as db:
            last = int(db.execute(_LAST).fetchone()[0])
            for number, (file, content) in enumerate(files.items(), last + 1):
                if check is not None and (before := db.execute(_FIND, [file]).fetchone()):
                    check(DocumentChange(*before))
                sha256 = None if content is None else hashlib.sha256(content).hexdigest()
                db.execute(_PUT, (file, content, sha256, number))

    def last(self) -> int:
        """The number of the last change; 0 where there was none."""
        return int(self._database.row(_LAST)[0])

    def changes(self, after: int, most: int = MOST) -> list[DocumentChange]:
        """The changes after a number, of each file the last one, in their order."""
        return [DocumentChange(*row) for row in self._database.rows(_CHANGES, [after, most])]

    def content(self, change: DocumentChange) -> bytes | None:
        """The content of a file after a change; none where it has changed again."""
        row = self._database.row("select content from documents where number = ?", [change.number])
        return row[0] if row else None


_LAST = "select coalesce(max(number), 0) from documents"
_FIND = "select file, sha256, number from documents where file = ?"
_CHANGES = "select file, sha256, number from documents where number > ? order by number limit ?"
_PUT = (
    "insert into documents (file, content, sha256, number) values (?, ?, ?, ?) on conflict (file) do update"
    " set content = excluded.content, sha256 = excluded.sha256, number = excluded.number"
)
