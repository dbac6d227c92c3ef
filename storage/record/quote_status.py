"""Quote status: whether quotes on record still stand in the articles, word for word, and where."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

from retrieval.models import Article, Value
from retrieval.reading.lines import read_lines
from retrieval.reading.quote_context import find_quote
from storage.database.connection import DeskDatabase
from storage.models import LoggedCitation

PAGE = 5_000
"""Quotes that are read at a time."""
REMEMBERED = 10_000
"""Quotes whose places are remembered: many answers give the same quotes."""
NAMED = 5
"""Most exchanges of a quote that are named."""


class QuoteState(StrEnum):
    """The status of a quote: changed where its article no longer holds it, gone with its article."""

    UNCHANGED = "unchanged"
    MOVED = "moved"
    CHANGED = "changed"
    GONE = "gone"

    @property
    def stands(self) -> bool:
        """Whether the articles still hold the quote, word for word."""
        return self in {QuoteState.UNCHANGED, QuoteState.MOVED}


class QuoteWhereabouts(Value):
    """A quote's status and place now: its file, its line from 1 and the offset of its first code point."""

    state: QuoteState
    file: str | None = None
    line: int | None = None
    start: int | None = None


class LoggedQuote(NamedTuple):
    """A quote on record, equal in all the answers that gave it."""

    file: str
    line: int
    start: int
    quote: str
    sha256: str | None


class QuoteCount(NamedTuple):
    """How often a quote was given, and the newest exchanges that gave it, newest first."""

    times: int
    newest: tuple[int, ...]


class QuotedArticles:
    """The articles as they are now, to look up quotes in."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._by_file = {article.file: article for article in articles}
        self._by_hash = {article.sha256: article for article in self._by_file.values()}
        self.find = lru_cache(maxsize=REMEMBERED)(self._find)
        self._starts = cache(self._line_starts)

    def whereabouts(self, citation: LoggedCitation) -> QuoteWhereabouts:
        """The status and place of a logged citation's quote."""
        return self.find(logged_quote(citation))

    def _find(self, quote: LoggedQuote) -> QuoteWhereabouts:
        """The status and place of a quote; a renamed article is found by its hash."""
        named = self._by_file.get(quote.file)
        renamed = self._by_hash.get(quote.sha256 or "")
        for article in filter(None, (named, renamed)):
            start = find_quote(article.text, quote.start, quote.quote)
            if start is not None:
                return self._place(quote, article, start)
        return QuoteWhereabouts(state=QuoteState.CHANGED if named or renamed else QuoteState.GONE)

    def _place(self, quote: LoggedQuote, article: Article, start: int) -> QuoteWhereabouts:
        line = bisect_right(self._starts(article.file), start)
        is_there = (article.file, line) == (quote.file, quote.line)
        state = QuoteState.UNCHANGED if is_there else QuoteState.MOVED
        return QuoteWhereabouts(state=state, file=article.file, line=line, start=start)

    def _line_starts(self, file: str) -> list[int]:
        return [line.start for line in read_lines(self._by_file[file].text)]


def logged_quote(citation: LoggedCitation) -> LoggedQuote:
    """The quote of a citation, equal for all citations of it."""
    return LoggedQuote(citation.file, citation.line, citation.start, citation.quote, citation.sha256)


def logged_quotes(database: DeskDatabase) -> dict[LoggedQuote, QuoteCount]:
    """All different quotes on record, with how often each was given; the record is read a page at a time."""
    found: dict[LoggedQuote, QuoteCount] = {}
    for exchange_id, quote in _each(database):
        before = found.get(quote, QuoteCount(0, ()))
        found[quote] = QuoteCount(before.times + 1, (exchange_id, *before.newest)[:NAMED])
    return found


def _each(database: DeskDatabase) -> Iterator[tuple[int, LoggedQuote]]:
    place = (0, 0)
    while True:
        rows = database.rows(_PAGE, (*place, PAGE))
        yield from ((row[0], LoggedQuote(*row[2:])) for row in rows)
        if len(rows) < PAGE:
            return
        place = rows[-1][:2]


_PAGE = (
    "select exchange_id, number, file, line, start, quote, sha256 from citations where (exchange_id, number) > (?, ?)"
    " and exists (select 1 from exchanges where id = exchange_id and not forgotten)"
    " order by exchange_id, number limit ?"
)
