"""The articles that the bot last read of each folder, to compare with the folder as it is now."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from retrieval.models import Source
from storage.database.connection import DeskDatabase


class ReadArticles:
    """The articles last read of each folder."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def replace(self, folder: Path, articles: Iterable[Source]) -> None:
        """Note the articles that were read of a folder, in the place of those before."""
        rows = [(str(folder.resolve()), article.file, article.sha256) for article in articles]
        with self._database.writing() as db:
            db.execute("delete from holdings where folder = ?", [str(folder.resolve())])
            db.conn.executemany("insert into holdings values (?, ?, ?)", rows)

    def hashes(self, folder: Path) -> Mapping[str, str]:
        """The hash of each article that was last read of a folder, by file."""
        return dict(self._database.rows("select file, sha256 from holdings where folder = ?", [str(folder.resolve())]))
