"""The articles by use: their citations, the verdicts on these, and their sentences that were never quoted."""

import datetime as dt
from collections import defaultdict
from enum import StrEnum

from sqlite_utils import Database

from retrieval.library import Library
from retrieval.models import Article, Value
from storage.models import LoggedExchange
from storage.review.exchange import quote_now
from storage.review.sentence_choice import ArticleInView, article_in_view
from storage.verdicts.models import Ruling

ROWS_A_PAGE = 100


class Sort(StrEnum):
    """The order of the articles."""

    CITED = "cited"
    LEAST = "least"
    FILE = "file"


class RulingCount(Value):
    """The count of verdicts of a kind."""

    ruling: Ruling
    count: int


class SourceRow(Value):
    """An article in the list.

    Attributes:
        title: None where the article is gone, and only its citations are left.
        passages: How many of its sentences can be quoted.
        cited: How often it was quoted.
        unquoted: How many of its sentences never were.
        verdicts: On answers that quote it.
    """

    file: str
    title: str | None
    date: dt.date | None
    passages: int
    cited: int
    last_cited: dt.date | None
    unquoted: int
    verdicts: tuple[RulingCount, ...]


class ArticlesPage(Value):
    """A page of the list of articles, of `count` in all, with the numbers of its first row and of the next page's."""

    rows: tuple[SourceRow, ...]
    sort: Sort
    count: int
    start: int
    later: int | None


class ArticlePage(Value):
    """An article, with how often each of its sentences was quoted."""

    opened: ArticleInView
    row: SourceRow


def sources_page(db: Database, library: Library, sort: Sort, start: int) -> ArticlesPage:
    """The page of the list of articles that starts at a row, from 0."""
    usage = _Usage(db, library)
    files = [file for _, file in sorted(_key(sort, file, usage.citations(file)) for file in usage.files)]
    later = start + ROWS_A_PAGE
    return ArticlesPage(
        rows=tuple(usage.row(file) for file in files[start:later]),
        sort=sort,
        count=len(files),
        start=start,
        later=later if later < len(files) else None,
    )


def source_page(
    db: Database, library: Library, article: Article, first: int, exchange: LoggedExchange | None
) -> ArticlePage:
    """An article, with how often each of its sentences was quoted, and the quotes of an exchange from it."""
    times = {int(start): int(count) for start, count in db.execute(_TIMES, [article.file])}
    own = [quote_now(each, library) for each in exchange.citations if each.file == article.file] if exchange else []
    return ArticlePage(
        opened=article_in_view(library, article, first, times, [place for place in own if place]),
        row=_Usage(db, library).row(article.file),
    )


def _key(sort: Sort, file: str, citations: int) -> tuple[int, str]:
    return {Sort.CITED: (-citations, file), Sort.LEAST: (citations, file), Sort.FILE: (0, file)}[sort]


class _Usage:
    """The use of each file, from the record and the articles."""

    def __init__(self, db: Database, library: Library) -> None:
        self._db = db
        self._tallies = {row["file"]: row for row in db.query(_CITED)}
        self._articles = {article.file: article for article in library.sources}
        self._verdicts: defaultdict[str, list[RulingCount]] = defaultdict(list)
        for row in db.query(_VERDICTS):
            self._verdicts[row["file"]].append(RulingCount(ruling=row["verdict"], count=row["count"]))
        self._starts: defaultdict[str, set[int]] = defaultdict(set)
        for passage in library.passages:
            self._starts[passage.file].add(passage.start)

    @property
    def files(self) -> set[str]:
        """All files that are articles, or were cited when they were."""
        return {*self._articles, *self._tallies}

    def citations(self, file: str) -> int:
        """Count the quotes from a file."""
        return int(self._tallies[file]["cited"]) if file in self._tallies else 0

    def row(self, file: str) -> SourceRow:
        """The row of a file."""
        article, starts = self._articles.get(file), self._starts.get(file, set())
        return SourceRow(
            file=file,
            title=article.title if article else None,
            date=article.date if article else None,
            passages=len(starts),
            cited=self.citations(file),
            last_cited=self._tallies[file]["last_cited"] if file in self._tallies else None,
            unquoted=len(starts - self._quoted_starts(file)),
            verdicts=tuple(self._verdicts.get(file, ())),
        )

    def _quoted_starts(self, file: str) -> set[int]:
        """Offsets of the sentences of a file that were ever quoted."""
        return {int(start) for (start,) in self._db.execute(_QUOTED, {"file": file})}


_CITED = (
    "select file, sum(citations) as cited, max(day) as last_cited from tally_sources where citations > 0 group by file"
)
_VERDICTS = (
    "select file, verdict, count(distinct x.exchange_id) as count from verdicts.newest_verdicts as x"
    " cross join citations on citations.exchange_id = x.exchange_id group by file, verdict order by file, count desc"
)
_TIMES = "select start, count(*) from citations where file = ? group by start"
_QUOTED = (  # steps from place to place, and so over however many citations of the same place
    "with recursive places (start) as (select min(start) from citations where file = :file"
    " union all select (select min(start) from citations where file = :file and start > places.start) from places"
    " where places.start is not null) select start from places where start is not null"
)
