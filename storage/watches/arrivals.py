"""The articles and passages known already, so that only news is told."""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from sqlite_utils import Database

from retrieval.models import Source
from storage.database.connection import DeskDatabase
from storage.watches.book import add_matches
from storage.watches.models import ArrivedArticle, SeenArticle


class ArrivalBook:
    """The known articles of a folder, and the digests of all their passages, past ones too.

    Nothing is kept before the first watch is set up.
    """

    def __init__(self, database: DeskDatabase, folder: Path) -> None:
        self._database, self._folder = database, str(folder.resolve())

    def begin(self, sources: Iterable[Source]) -> None:
        """Take the articles that are there for known, unless some of the folder are."""
        with self._database.writing() as db:
            if db.execute("select 1 from watched_articles where folder = ? limit 1", [self._folder]).fetchone():
                return
            rows = [(self._folder, source.file, source.sha256) for source in sources]
            db.conn.executemany("insert into watched_articles (folder, file, sha256, noted) values (?, ?, ?, 0)", rows)

    def seen(self) -> dict[str, SeenArticle]:
        """The articles that were looked at, by file."""
        with self._database.reading() as db:
            rows = db.execute("select file, sha256, noted from watched_articles where folder = ?", [self._folder])
            return {file: SeenArticle(sha256, bool(noted)) for file, sha256, noted in rows}

    def known(self, digests: Collection[int]) -> set[int]:
        """Those of some digests whose passages stood in an article before."""
        with self._database.reading() as db:
            rows = db.execute(_KNOWN, [json.dumps(list(digests))])
            return {int(digest) for (digest,) in rows}

    def collections_of(self, digests: Collection[int]) -> dict[int, set[str]]:
        """The only collections in which some passages stood; a passage that is left out is known to every watcher."""
        found: dict[int, set[str]] = {}
        with self._database.reading() as db:
            for digest, collection in db.execute(_PLACED, [json.dumps(list(digests))]).fetchall():
                found.setdefault(digest, set()).add(collection)
        return found

    def waiting(self) -> Mapping[int, str]:
        """The digests of the passages that wait to be told, with their articles."""
        return dict(self._database.rows("select digest, file from watch_matches where notice is null"))

    def note(self, articles: Sequence[ArrivedArticle], now: dt.datetime) -> None:
        """Note articles as looked at, with what of them waits to be told: all of it or nothing."""
        with self._database.writing(synced=False) as db:
            for article in articles:
                self._note(db, article, now)

    def _note(self, db: Database, article: ArrivedArticle, now: dt.datetime) -> None:
        db.execute(_LOOKED_AT, [self._folder, article.file, article.sha256])
        db.conn.executemany(_NOTE, [(digest,) for digest in article.digests])
        db.conn.executemany(_PLACE, article.placed)
        add_matches(db, article.file, article.matches, now)

    def move(self, digests: Collection[int], file: str) -> None:
        """Have passages that wait to be told stand in another article, which came to hold them meanwhile."""
        with self._database.writing(synced=False) as db:
            values = {"file": file, "digests": json.dumps(list(digests))}
            db.execute(f"update watch_matches set file = :file where digest in {_LISTED} and notice is null", values)  # noqa: S608


_LISTED = "(select value from json_each(:digests))"
_KNOWN = "select digest from watched_passages where digest in (select value from json_each(?))"
_LOOKED_AT = (
    "insert into watched_articles (folder, file, sha256, noted) values (?, ?, ?, 1)"
    " on conflict (folder, file) do update set sha256 = excluded.sha256, noted = 1"
)
_NOTE = "insert into watched_passages (digest) values (?) on conflict do nothing"
_PLACED = "select digest, collection from watched_collections where digest in (select value from json_each(?))"
_PLACE = "insert into watched_collections (digest, collection) values (?, ?) on conflict do nothing"
