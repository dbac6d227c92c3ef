"""The inbox: which exchanges a reviewer is shown, page by page, however many there are."""

# ruff: noqa: S608 - put together from our own names only

import datetime as dt
import sqlite3
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Literal, NamedTuple
from urllib.parse import urlencode

from pydantic import Field, ValidationError
from sqlite_utils import Database

from retrieval.models import Value
from storage.errors import ReviewError, SearchError
from storage.models import Thumb
from storage.record.exchanges import moment
from storage.verdicts.models import Ruling

ROWS_A_PAGE = 25
LOOKED_AT = 20_000
"""How many exchanges one page looks through at most; what is further back is a page further on."""
OUT_OF_ORDER = 100
"""How many exchanges may have been recorded in another order than they were asked in."""


class Status(StrEnum):
    """How an exchange stands with the reviewers."""

    UNREVIEWED = "unreviewed"
    SECOND = "second"
    DISPUTED = "disputed"
    REVIEWED = "reviewed"
    ALL = "all"


class InboxFilter(Value):
    """What the inbox is narrowed to; the fields are the parameters of its address.

    Attributes:
        status: How exchanges stand with the reviewers.
        verdict: A verdict that somebody gave.
        outcome: Whether they were answered.
        thumb: What an asker thought.
        chat: The Telegram chat.
        since: The first day.
        until: The last day.
        q: Words to find in questions and replies, in SQLite's full-text syntax.
    """

    status: Status = Status.UNREVIEWED
    verdict: Ruling | None = None
    outcome: Literal["answered", "abstained"] | None = None
    thumb: Thumb | None = None
    chat: int | None = Field(None, ge=-(2**63), lt=2**63)
    since: dt.date | None = None
    until: dt.date | None = None
    q: str = Field("", max_length=500)

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "InboxFilter":
        """Read a filter from the parameters of an address; others, and empty ones, are left out.

        What has a verdict is no longer unreviewed: whoever asks for a verdict alone is shown what is reviewed.

        Raises:
            ReviewError: One of them cannot be used.
        """
        try:
            read = cls.model_validate({name: given[name] for name in cls.model_fields if given.get(name)})
        except ValidationError as error:
            names = ", ".join(sorted({str(fault["loc"][0]) for fault in error.errors()}))
            raise ReviewError(f"This filter cannot be read: {names}. Choose it again from the form.") from None
        is_judged = read.verdict is not None and read.status is Status.UNREVIEWED
        return read.model_copy(update={"status": Status.REVIEWED}) if is_judged else read

    def address(self, **more: object) -> str:
        """The filter as the query of an address, behind a question mark; nothing where nothing is narrowed."""
        chosen = self.model_dump(mode="json", exclude_defaults=True) | more
        return "?" + urlencode(chosen) if chosen else ""


class InboxRow(Value):
    """One line of the inbox."""

    id: int
    asked_at: dt.datetime
    channel: str
    chat_id: int | None
    chat: str | None
    question: str
    outcome: str
    confidence: float
    quotes: int
    up: int
    down: int
    verdicts: tuple[Ruling, ...]
    is_second_wanted: bool


class InboxPage(Value):
    """One page of the inbox.

    Attributes:
        rows: Newest first.
        unreviewed: How many exchanges nobody has judged.
        older: The exchange before which the next page begins; none on the last page.
        is_partial: Whether the page ends because it had to look through many, rather than because it is full.
    """

    rows: tuple[InboxRow, ...]
    unreviewed: int
    older: int | None
    is_partial: bool


class _Source(NamedTuple):
    """Where candidates come from: rows of `table` whose `column` is an exchange's id, in the order of that id."""

    table: str
    column: str
    condition: str


def inbox(db: Database, narrowed: InboxFilter, reviewer: str, before: int | None = None) -> InboxPage:
    """One page of the inbox.

    Raises:
        SearchError: The search cannot be read.
    """
    found = _look(db, narrowed, reviewer, before, ROWS_A_PAGE)
    rows = [_row(row) for row in db.query(_ROWS.format(marks=_marks(found.ids)), found.ids)]
    return InboxPage(rows=tuple(rows), unreviewed=unreviewed(db), older=found.older, is_partial=found.is_partial)


def next_in_inbox(db: Database, narrowed: InboxFilter, reviewer: str, number: int) -> int | None:
    """The exchange that follows another one in the inbox; none where it was the last, or the next is far off."""
    return next(iter(_look(db, narrowed, reviewer, number, 1).ids), None)


def unreviewed(db: Database) -> int:
    """How many exchanges that are not forgotten nobody has judged."""
    return max(0, int(db.execute(_UNREVIEWED).fetchone()[0]))


class _Found(NamedTuple):
    ids: list[int]
    older: int | None
    is_partial: bool


def _look(db: Database, narrowed: InboxFilter, reviewer: str, before: int | None, most: int) -> _Found:
    """The newest exchanges that a filter leaves, from a bounded number of candidates."""
    values = _values(db, narrowed, reviewer, before)
    source = _source(narrowed)
    conditions = [source.condition, f"{source.column} < :before", f"{source.column} >= :first"]
    candidates = (
        f"select distinct {source.column} as id from {source.table} where {' and '.join(filter(None, conditions))}"
        f" order by {source.column} desc limit :looked_at"
    )
    chosen = (
        f"select e.id from candidates join exchanges as e using (id) where {' and '.join(_conditions(narrowed))}"
        " order by e.id desc limit :most"
    )
    try:
        last = f"with candidates as materialized ({candidates}) select count(*), min(id) from candidates"
        looked, oldest = db.execute(last, values).fetchone()
        sql = f"with candidates as materialized ({candidates}) {chosen}"
        ids = [int(number) for (number,) in db.execute(sql, {**values, "most": most + 1})]
    except (sqlite3.OperationalError, UnicodeEncodeError) as error:
        raise _explained(error, narrowed.q) from error
    if len(ids) > most:
        return _Found(ids[:most], ids[most - 1], is_partial=False)
    return _Found(ids, oldest, is_partial=True) if looked == LOOKED_AT else _Found(ids, None, is_partial=False)


def _explained(error: Exception, search: str) -> Exception:
    """What SQLite says of a search, in one line; anything else as it is."""
    is_syntax = not isinstance(error, sqlite3.Error) or error.sqlite_errorcode == sqlite3.SQLITE_ERROR
    if not search or not is_syntax:
        return error
    return SearchError(
        f"The search {search!r} cannot be read ({error}): put words that hold marks, and phrases, in double quotes."
    )


def _source(narrowed: InboxFilter) -> _Source:
    """Where to look first: a search, which nothing else can check, or else what is likely to leave the fewest."""
    return next(_sources(narrowed))


def _sources(narrowed: InboxFilter) -> Iterator[_Source]:
    if narrowed.q:
        yield _Source("exchanges_fts", "rowid", "exchanges_fts match :q")
    if narrowed.verdict:
        yield _Source("verdicts.verdicts", "exchange_id", "verdict = :verdict")
    if narrowed.status is Status.DISPUTED:
        yield _Source("verdicts.reviewed", "exchange_id", "rulings > 1")
    if narrowed.status is Status.SECOND:
        yield _Source("verdicts.second_reviews", "exchange_id", "")
    if narrowed.status is Status.REVIEWED:
        yield _Source("verdicts.reviewed", "exchange_id", "")
    if narrowed.thumb:
        yield _Source("feedback", "exchange_id", "thumb = :thumb")
    if narrowed.chat is not None:
        yield _Source("exchanges", "id", "chat_id = :chat")
    if narrowed.outcome:
        yield _Source("exchanges", "id", "outcome = :outcome and forgotten = 0")
    yield _Source("exchanges", "id", "")


def _conditions(narrowed: InboxFilter) -> Iterator[str]:
    """What must hold of a candidate, `e` being its exchange."""
    yield "e.forgotten = 0"
    yield _OF_STATUS[narrowed.status]
    if narrowed.verdict:
        yield _EXISTS.format("verdicts.newest_verdicts as x", "and x.verdict = :verdict")
    if narrowed.thumb:
        yield _EXISTS.format("feedback as x", "and x.thumb = :thumb")
    if narrowed.chat is not None:
        yield "e.chat_id = :chat"
    if narrowed.outcome:
        yield "e.outcome = :outcome"
    if narrowed.since:
        yield "e.asked_at >= :since"
    if narrowed.until:
        yield "e.asked_at < :until"


def _values(db: Database, narrowed: InboxFilter, reviewer: str, before: int | None) -> dict[str, Any]:
    """The values of all that may stand in a query; days are turned into bounds of ids where there is an index."""
    values: dict[str, Any] = narrowed.model_dump(mode="json")
    values |= {"reviewer": reviewer, "looked_at": LOOKED_AT, "first": 0, "before": before or 2**62}
    if narrowed.since:
        values["since"] = _midnight(narrowed.since)
        values["first"] = db.execute(_FIRST, values).fetchone()[0] or 2**62
    if narrowed.until:
        values["until"] = _midnight(narrowed.until + dt.timedelta(days=1))
        values["before"] = min(values["before"], (db.execute(_LAST, values).fetchone()[0] or 0) + 1)
    return values


def _midnight(day: dt.date) -> str:
    return moment(dt.datetime.combine(day, dt.time(), dt.UTC))


def _row(row: dict[str, Any]) -> InboxRow:
    given = row.pop("verdicts")
    return InboxRow.model_validate({**row, "verdicts": given.split("\n") if given else ()})


def _marks(ids: list[int]) -> str:
    return ", ".join("?" * len(ids))


_EXISTS = "exists (select 1 from {0} where x.exchange_id = e.id {1})"
_IS_REVIEWED = _EXISTS.format("verdicts.reviewed as x", "")
_OF_STATUS = {
    Status.UNREVIEWED: f"not {_IS_REVIEWED}",
    Status.SECOND: _EXISTS.format("verdicts.second_reviews as x", "")
    + " and not "
    + _EXISTS.format("verdicts.reviewed as x", "and x.reviewers > 1")
    + " and not "
    + _EXISTS.format("verdicts.verdicts as x", "and x.reviewer = :reviewer"),
    Status.DISPUTED: _EXISTS.format("verdicts.reviewed as x", "and x.rulings > 1"),
    Status.REVIEWED: _IS_REVIEWED,
    Status.ALL: "1",
}
_FIRST = (  # the first of a day may have been recorded behind a later one
    "select min(id) from (select id from exchanges where forgotten = 0 and asked_at >= :since"
    f" order by asked_at limit {OUT_OF_ORDER})"
)
_LAST = (
    "select max(id) from (select id from exchanges where forgotten = 0 and asked_at < :until"
    f" order by asked_at desc limit {OUT_OF_ORDER})"
)
_UNREVIEWED = (
    "select (select coalesce(sum(exchanges - forgotten), 0) from tally_outcomes)"
    " - (select count(*) from verdicts.reviewed)"
)
_ROWS = (
    "select e.id, e.asked_at, e.channel, e.chat_id, p.name as chat, e.question, e.outcome, e.confidence,"
    " (select count(*) from citations as x where x.exchange_id = e.id) as quotes,"
    " (select count(*) from feedback as x where x.exchange_id = e.id and x.thumb = 'up') as up,"
    " (select count(*) from feedback as x where x.exchange_id = e.id and x.thumb = 'down') as down,"
    " (select group_concat(verdict, char(10)) from verdicts.newest_verdicts as x where x.exchange_id = e.id)"
    " as verdicts,"
    " exists (select 1 from verdicts.second_reviews as x where x.exchange_id = e.id) as is_second_wanted"
    " from exchanges as e left join parties as p on p.id = e.chat_id where e.id in ({marks}) order by e.id desc"
)
