"""The reviewers' inbox: exchanges page by page, from a log of any size."""

# ruff: noqa: S608 - put together from our own names only

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Literal, NamedTuple
from urllib.parse import urlencode

from pydantic import Field, ValidationError
from sqlite_utils import Database

from prompts.models import Outcome
from retrieval.models import Value
from storage.database.search_text import search_query
from storage.errors import ReviewError
from storage.models import Thumb
from storage.record.selection import Selection, conditions, search_errors, selection_values
from storage.verdicts.models import Ruling

ROWS_A_PAGE = 25
LOOKED_AT = 20_000
"""Exchanges that one page looks through at most; earlier ones come a page later."""
COUNTED, NEAR = 5_000, 200
"""Exchanges among which a place is counted, and among which the one beside another is looked for first."""
OUT_OF_ORDER = 100
"""Exchanges that may be recorded in another order than they were asked in."""


LONGEST_NAME = 40
REPLY_CHARS = 600
"""Characters of a reply that are read for its first line."""


class Status(StrEnum):
    """The state of an exchange's review."""

    UNREVIEWED = "unreviewed"
    SECOND = "second"
    DISPUTED = "disputed"
    REVIEWED = "reviewed"
    ALL = "all"


class InboxFilter(Value):
    """A filter of the inbox; the fields are the parameters of its address, `q` a search in full-text syntax."""

    status: Status = Status.UNREVIEWED
    verdict: Ruling | None = None
    outcome: Outcome | None = None
    thumb: Thumb | None = None
    chat: int | None = Field(None, ge=-(2**63), lt=2**63)
    person: int | None = Field(None, ge=-(2**63), lt=2**63)
    article: str = Field("", max_length=1_000)
    since: dt.date | None = None
    until: dt.date | None = None
    q: str = Field("", max_length=500)

    @property
    def selection(self) -> Selection:
        """The conditions of the filter that other queries over the record have too."""
        return Selection(
            chat_id=self.chat,
            user_id=self.person,
            outcome=self.outcome,
            since=_midnight(self.since) if self.since else None,
            until=_midnight(self.until + dt.timedelta(days=1)) if self.until and self.until < dt.date.max else None,
            search=self.q or None,
        )

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> "InboxFilter":
        """Read a filter from the parameters of an address, but empty and unknown ones; a verdict implies a review.

        Raises:
            ReviewError: One of them cannot be used.
        """
        try:
            read = cls.model_validate({name: parameters[name] for name in cls.model_fields if parameters.get(name)})
        except ValidationError as error:
            names = ", ".join(sorted({str(fault["loc"][0]) for fault in error.errors()}))
            raise ReviewError(f"This filter cannot be read: {names}. Choose it again from the form.") from None
        is_judged = read.verdict is not None and read.status is Status.UNREVIEWED
        return read.model_copy(update={"status": Status.REVIEWED}) if is_judged else read

    def without_place(self) -> str:
        """The address without the person, the chat and the article."""
        return self.model_copy(update={"person": None, "chat": None, "article": ""}).address()

    @property
    def is_of_person(self) -> bool:
        """Whether the filter is for a single person, by the id of the person or of the private chat; never saved."""
        return self.person is not None or (self.chat or 0) > 0

    def address(self, **more: object) -> str:
        """The filter as the query of an address, with its question mark; empty for an empty filter."""
        chosen = self.model_dump(mode="json", exclude_defaults=True) | more
        return "?" + urlencode(chosen) if chosen else ""


def filter_name(fields: Mapping[str, str], filters: InboxFilter) -> str:
    """The name under which a filter is to be saved, from the field of a form.

    Raises:
        ReviewError: It has no name, a name that is too long, or is for one person.
    """
    name = " ".join(fields.get("name", "").split())
    if not name or len(name) > LONGEST_NAME:
        raise ReviewError(
            f"A filter is saved under a name of {LONGEST_NAME} characters at most: go back and write one."
        )
    if filters.is_of_person:
        raise ReviewError("A filter for one person is not saved, so that whoever is forgotten is forgotten here too.")
    return name


class InboxRow(Value):
    """One line of the inbox; who asked, and where, by their names as last seen, where these are known.

    Attributes:
        reply: The beginning of the words sent.
    """

    id: int
    asked_at: dt.datetime
    channel: str
    chat_id: int | None
    chat: str | None
    user_id: int | None
    person: str | None
    question: str
    reply: str
    outcome: Outcome
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
        only: The names of the person, the chat and the article that it is restricted to, by parameter.
        older: The exchange before which the next page begins; none on the last page.
        is_partial: Whether the page ends because it looked through many exchanges, rather than because it is full.
    """

    rows: tuple[InboxRow, ...]
    only: Mapping[str, str]
    unreviewed: int
    older: int | None
    is_partial: bool


class InboxPlace(Value):
    """The place of an exchange in the inbox.

    Attributes:
        previous: The newer exchange beside it, next: the older one; none where there is none, or it is far off.
        position: From 1; none where the exchange is not in the inbox, or too far down to be counted.
        count: How many there are; with `is_partial` there may be more further back.
    """

    previous: int | None
    next: int | None
    position: int | None
    count: int
    is_partial: bool


class _Source(NamedTuple):
    """A source of candidates: rows of a table that has an exchange's id in a column, in the order of the ids."""

    table: str
    column: str
    condition: str


def inbox(db: Database, filters: InboxFilter, reviewer: str, before: int | None = None) -> InboxPage:
    """The page of the inbox before an exchange; no reviewer is asked for a second verdict on their own.

    Raises:
        SearchError: The search cannot be read.
    """
    found = _look(db, filters, reviewer, before, ROWS_A_PAGE)
    rows = [_row(row) for row in db.query(_ROWS, [json.dumps(found.ids)])]
    return InboxPage(
        rows=tuple(rows),
        only=dict(_only(db, filters)),
        unreviewed=count_unreviewed(db),
        older=found.older,
        is_partial=found.is_partial,
    )


def _only(db: Database, filters: InboxFilter) -> Iterator[tuple[str, str]]:
    """The person, chat and article of a filter, by name where that is known."""
    for parameter, number in (("person", filters.person), ("chat", filters.chat)):
        if number is not None:
            row = db.execute("select name from names where id = ?", [number]).fetchone()
            yield parameter, row[0] if row else f"{parameter} {number}"
    if filters.article:
        yield "article", filters.article


def next_in_inbox(db: Database, filters: InboxFilter, reviewer: str, number: int) -> int | None:
    """The exchange that follows another in the inbox; none where that is the last, or the next is far off."""
    return _beside(db, filters, {**_values(db, filters, reviewer, number), "after": 0}, "desc")


def place_in_inbox(db: Database, filters: InboxFilter, reviewer: str, number: int) -> InboxPlace:
    """The place of an exchange in the inbox, counted among the newest."""
    values = {**_values(db, filters, reviewer, None), "id": number}
    counted = (
        f"select (select count(*) from candidates), count(*), sum(id >= :id), sum(id = :id) from ({_CHOSEN}) as chosen"
    )
    with search_errors(filters.q or None):
        looked, count, position, is_there = db.execute(
            _query(filters, "desc", counted), {**values, "after": 0, "looked_at": COUNTED}
        ).fetchone()
    return InboxPlace(
        previous=_beside(db, filters, {**values, "after": number}, "asc"),
        next=next_in_inbox(db, filters, reviewer, number),
        position=position if is_there else None,
        count=count,
        is_partial=looked == COUNTED,
    )


def _beside(db: Database, filters: InboxFilter, values: dict[str, Any], order: Literal["asc", "desc"]) -> int | None:
    """The first exchange that a filter leaves, in an order; most often it is near."""
    query = _query(filters, order, f"{_CHOSEN} order by id {order} limit 1")
    with search_errors(filters.q or None):
        for looked_at in (NEAR, LOOKED_AT):
            if row := db.execute(query, {**values, "looked_at": looked_at}).fetchone():
                return int(row[0])
    return None


def count_unreviewed(db: Database) -> int:
    """Count the exchanges without a verdict that are not forgotten."""
    return max(0, int(db.execute(_UNREVIEWED).fetchone()[0]))


class _Found(NamedTuple):
    ids: list[int]
    older: int | None
    is_partial: bool


def _look(db: Database, filters: InboxFilter, reviewer: str, before: int | None, most: int) -> _Found:
    """The newest exchanges that a filter leaves, from a bounded number of candidates."""
    values = {**_values(db, filters, reviewer, before), "after": 0, "most": most + 1}
    chosen = _query(filters, "desc", f"{_CHOSEN} order by id desc limit :most")
    with search_errors(filters.q or None):
        looking = _query(filters, "desc", "select count(*), min(id) from candidates")
        looked, oldest = db.execute(looking, values).fetchone()
        ids = [int(number) for (number,) in db.execute(chosen, values)]
    if len(ids) > most:
        return _Found(ids[:most], ids[most - 1], is_partial=False)
    return _Found(ids, oldest, is_partial=True) if looked == LOOKED_AT else _Found(ids, None, is_partial=False)


def _query(filters: InboxFilter, order: Literal["asc", "desc"], query: str) -> str:
    """A query over the first candidates of a filter, in an order; `_CHOSEN` stands for the exchanges that pass."""
    source = next(_sources(filters))
    bounds = (f"{source.column} < :before", f"{source.column} >= :first", f"{source.column} > :after")
    where = " and ".join([*conditions(filters.selection), *_of_reviewers(filters)])
    chosen = f"select id from candidates join exchanges using (id) where {where}"
    return (
        f"with candidates as materialized (select distinct {source.column} as id from {source.table}"
        f" where {' and '.join(filter(None, [source.condition, *bounds]))} order by {source.column} {order}"
        f" limit :looked_at) {query.replace(_CHOSEN, chosen)}"
    )


def _sources(filters: InboxFilter) -> Iterator[_Source]:
    """Sources of candidates, first a search, which no condition replaces, then those likely to leave the fewest."""
    if filters.q:
        yield _Source("exchanges_fts", "rowid", "exchanges_fts match :q")
    if filters.verdict:
        yield _Source("verdicts.verdicts", "exchange_id", "verdict = :verdict")
    if filters.status is Status.DISPUTED:
        yield _Source("verdicts.reviewed", "exchange_id", "rulings > 1")
    if filters.status is Status.SECOND:
        yield _Source("verdicts.second_reviews", "exchange_id", "")
    if filters.status is Status.REVIEWED:
        yield _Source("verdicts.reviewed", "exchange_id", "")
    if filters.thumb:
        yield _Source("feedback", "exchange_id", "thumb = :thumb")
    if filters.chat is not None:
        yield _Source("exchanges", "id", "chat_id = :chat_id")
    if filters.person is not None:
        yield _Source("exchanges", "id", "user_id = :user_id")
    if filters.outcome:
        yield _Source("exchanges", "id", "outcome = :outcome and forgotten = 0")
    yield _Source("exchanges", "id", "")


def _of_reviewers(filters: InboxFilter) -> Iterator[str]:
    """The conditions on reviewers' verdicts, askers' thumbs and quotes; chat waits for no verdict unless asked for."""
    yield _OF_STATUS[filters.status]
    if filters.status is Status.UNREVIEWED and filters.outcome is None:
        yield "+outcome <> 'chat'"
    if filters.article:
        yield _EXISTS.format("citations as x", "and x.file = :article")
    if filters.verdict:
        yield _EXISTS.format("verdicts.newest_verdicts as x", "and x.verdict = :verdict")
    if filters.thumb:
        yield _EXISTS.format("feedback as x", "and x.thumb = :thumb")


def _values(db: Database, filters: InboxFilter, reviewer: str, before: int | None) -> dict[str, Any]:
    """The values of all parameters; days are turned into bounds of ids where there is an index."""
    values: dict[str, Any] = selection_values(filters.selection)
    values |= {"q": search_query(filters.q), "verdict": filters.verdict, "thumb": filters.thumb, "reviewer": reviewer}
    values |= {"article": filters.article, "looked_at": LOOKED_AT, "first": 0, "before": before or 2**62}
    if filters.since:
        values["first"] = db.execute(_FIRST, values).fetchone()[0] or 2**62
    if filters.until:
        values["before"] = min(values["before"], (db.execute(_LAST, values).fetchone()[0] or 0) + 1)
    return values


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def _row(row: dict[str, Any]) -> InboxRow:
    verdicts = row.pop("verdicts")
    return InboxRow.model_validate({**row, "verdicts": verdicts.split(",") if verdicts else ()})


_CHOSEN = "{chosen}"
_EXISTS = "exists (select 1 from {0} where x.exchange_id = exchanges.id {1})"
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
    Status.ALL: "true",
}
_FIRST = (  # the first of a day may have been recorded behind a later one
    "select min(id) from (select id from exchanges where forgotten = 0 and asked_at >= :since"
    f" order by asked_at limit {OUT_OF_ORDER}) as earliest"
)
_LAST = (
    "select max(id) from (select id from exchanges where forgotten = 0 and asked_at < :until"
    f" order by asked_at desc limit {OUT_OF_ORDER}) as latest"
)
_UNREVIEWED = (
    "select (select coalesce(sum(exchanges - forgotten), 0) from tally_outcomes where outcome <> 'chat')"
    " - (select count(*) from verdicts.reviewed) + (select count(*) from exchanges where outcome = 'chat'"
    " and forgotten = 0 and id in (select exchange_id from verdicts.reviewed))"
)
_ROWS = (
    "select e.id, e.asked_at, e.channel, e.chat_id, c.name as chat, e.user_id, p.name as person, e.question,"
    f" substr(e.reply, 1, {REPLY_CHARS}) as reply, e.outcome, e.confidence,"
    " (select count(*) from citations as x where x.exchange_id = e.id) as quotes,"
    " (select count(*) from feedback as x where x.exchange_id = e.id and x.thumb = 'up') as up,"
    " (select count(*) from feedback as x where x.exchange_id = e.id and x.thumb = 'down') as down,"
    " (select group_concat(verdict, ',') from verdicts.newest_verdicts as x where x.exchange_id = e.id)"
    " as verdicts,"
    " exists (select 1 from verdicts.second_reviews as x where x.exchange_id = e.id) as is_second_wanted"
    " from exchanges as e left join names as c on c.id = e.chat_id left join names as p on p.id = e.user_id"
    " where e.id in (select value from json_each(?)) order by e.id desc"
)
