"""The log of exchanges: questions, answers and their quotes."""

import datetime as dt
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from sqlite_utils import Database

from prompts.models import Answer, Channel, Citation
from retrieval.models import Kind
from storage.database.connection import DeskDatabase
from storage.database.idempotency import note, recall
from storage.database.search_text import searchable
from storage.database.timestamps import timestamp
from storage.errors import DatabaseError
from storage.models import Exchange, Feedback, LoggedCitation, LoggedExchange
from storage.record.selection import Period, Selection, newest_ids, period, search_errors

UID_BYTES = 8
"""Random bytes of an exchange's unique id: no two logs give the same."""
REHEARSED_BYTES = 16_384
"""About what the pages take that an exchange changes."""
PAGE = 2_000
"""Exchanges that are read at a time."""


class ExchangeLog:
    """Exchanges in the database; one object may be shared between threads.

    A search, in SQLite's full-text syntax, that cannot be read raises a `SearchError`.
    """

    def __init__(self, database: DeskDatabase) -> None:
        self.database = database

    def record(self, exchange: Exchange) -> Exchange:
        """Write an exchange; returns it with its id, when it is safely on disk."""
        with self.database.writing() as db:
            exchange = exchange.model_copy(update={"uid": secrets.token_hex(UID_BYTES)})
            number = int(db.execute(_NEXT_ID).fetchone()[0])
            db.execute(_INSERT_EXCHANGE, {**_exchange_row(exchange), "id": number})
            db.conn.executemany(_INSERT_CITATION, _citation_rows(number, exchange))
            _index(db, number, exchange)
            db.conn.executemany(_NAME, _names(exchange))
            recorded = exchange.model_copy(update={"id": number})
            note(db, exchange.update_id, _EFFECT, recorded.model_dump_json())
        return recorded

    def rehearse(self) -> None:
        """Record an exchange on trial and take it back; write and read back as many bytes as an exchange takes.

        What is on the disk is read by a second connection, which has nothing of it in memory.

        Raises:
            DatabaseError: An exchange could not be recorded now.
        """
        content = secrets.token_bytes(REHEARSED_BYTES)
        with self.database.writing() as db:
            db.execute("savepoint rehearsal")
            try:
                found = self.find(self.record(_REHEARSED).id or 0)
            finally:
                if db.conn.in_transaction:  # SQLite has not given up all of it
                    db.execute("rollback to rehearsal")
                    db.execute("release rehearsal")
            db.execute(_REHEARSE, [content])
        with self.database.reading_afresh() as fresh:
            written = fresh.execute("select content from rehearsals").fetchone()
            exchanges_where(fresh, "id = (select max(id) from exchanges)", {})
            fresh.execute("select count(*) from exchanges_fts where exchanges_fts match 'rehearsal'").fetchone()
        if found is None or found.reply != _REHEARSED.reply or written != (content,):
            raise DatabaseError(
                f"The database {self.database.path} does not give back what is written: check the disk."
            )

    def find_by_update(self, update_id: int) -> Exchange | None:
        """The exchange of an update that is not worked off yet; None where it has none, or is worked off."""
        with self.database.reading() as db:
            found = recall(db, update_id, _EFFECT)
        return None if found is None else Exchange.model_validate_json(found)

    def history(self, search: str | None = None, limit: int = 20) -> list[LoggedExchange]:
        """The newest exchanges that a search finds, or of all, newest first."""
        return self.select(Selection(search=search), limit)

    def select(self, selection: Selection, limit: int) -> list[LoggedExchange]:
        """The newest exchanges of a selection, newest first."""
        return list(islice(self.each(selection, min(limit, PAGE)), limit))

    def each(self, selection: Selection, page: int = PAGE) -> Iterator[LoggedExchange]:
        """Every exchange of a selection, newest first, a page at a time, so that the log can be written meanwhile."""
        with self.database.reading() as db:
            within = period(db, selection)
        while numbers := self._numbers(selection, within, page):
            with self.database.reading() as db:
                found = exchanges_where(db, _NUMBERED, {"numbers": json.dumps(numbers)})
            yield from found
            within = within.model_copy(update={"last": numbers[-1] - 1})

    def _numbers(self, selection: Selection, within: Period, limit: int) -> list[int]:
        with self.database.reading() as db, search_errors(selection.search):
            return newest_ids(db, selection, within, limit)

    def find(self, number: int) -> LoggedExchange | None:
        """The exchange of an id; none where there is none, or it was forgotten."""
        with self.database.reading() as db:
            return next(iter(exchanges_where(db, "id = :number and not forgotten", {"number": number})), None)

    def shown_before(self, number: int) -> list[LoggedExchange]:
        """An exchange after the earlier ones whose further hits it shows, the question's first."""
        with self.database.reading() as db:
            return exchanges_where(db, f"id in ({_SHOWN_BEFORE}) and not forgotten order by id", {"number": number})


def exchanges_where(db: Database, condition: str, values: Mapping[str, object]) -> list[LoggedExchange]:
    """The exchanges of an SQL condition, with citations and feedback; an order and a limit may follow the condition."""
    return _with_details(db, list(db.query(f"{_SELECT} where {condition}", dict(values))))


def _with_details(db: Database, rows: Sequence[dict[str, object]]) -> list[LoggedExchange]:
    citations: dict[object, list[LoggedCitation]] = {row["id"]: [] for row in rows}
    feedback: dict[object, list[Feedback]] = {row["id"]: [] for row in rows}
    numbers = [json.dumps(list(citations))]
    for row in db.query(_CITATIONS, numbers):
        citations[row.pop("exchange_id")].append(LoggedCitation.model_validate(row))
    for row in db.query(_FEEDBACK, numbers):
        feedback[row.pop("exchange_id")].append(Feedback.model_validate(row))
    return [
        LoggedExchange.model_validate({**row, "citations": citations[row["id"]], "feedback": feedback[row["id"]]})
        for row in rows
    ]


def _index(db: Database, number: int, exchange: Exchange) -> None:
    """Index an exchange by the words in it, where these are not as they are written."""
    written = exchange.answer.question, exchange.reply
    words = tuple(map(searchable, written))
    if words != written:
        db.execute("update exchanges_fts set question = ?, reply = ? where rowid = ?", (*words, number))


_REHEARSED = Exchange(
    asked_at=dt.datetime(1970, 1, 1, tzinfo=dt.UTC),
    channel=Channel.CLI,
    answer=Answer(
        question="Is it a rehearsal?",
        kind=Kind.WHAT,
        outcome="answered",
        confidence=0,
        citations=(Citation(number=1, file="", line=1, start=0, end=0, quote="", title="", score=0),),
    ),
    reply="It is a rehearsal. " * (REHEARSED_BYTES // 16),  # no gap in the pages of a full disk has room for it
    latency_ms=0,
    library="",
    version="",
)
_EFFECT = "exchange"
_REHEARSE = (
    "insert into rehearsals (id, content) values (1, ?) on conflict (id) do update set content = excluded.content"
)
_NAME = (  # writes nothing where the name is known
    "insert into names (id, name) values (?, ?)"
    " on conflict (id) do update set name = excluded.name where names.name <> excluded.name"
)
_COLUMNS = [name for name in LoggedExchange.model_fields if name not in {"id", "citations", "feedback"}]
_INSERTED = [name for name in _COLUMNS if name != "in_doubt"]
_NEXT_ID = (
    "select max(coalesce((select max(id) from exchanges), 0), coalesce((select max(last) from reserved_ids), 0)) + 1"
)
_INSERT_EXCHANGE = (
    f"insert into exchanges (id, {', '.join(_INSERTED)})"  # noqa: S608
    f" values (:id, {', '.join(':' + name for name in _INSERTED)})"
)
_CITED = tuple(LoggedCitation.model_fields)
_INSERT_CITATION = (
    f"insert into citations (exchange_id, {', '.join(f'[{name}]' for name in _CITED)})"  # noqa: S608
    f" values (:exchange_id, {', '.join(f':{name}' for name in _CITED)})"
)
_SELECT = f"select id, {', '.join(_COLUMNS)} from exchanges"  # noqa: S608
_CITATIONS = (
    "select * from citations where exchange_id in (select value from json_each(?)) order by exchange_id, number"
)
_NUMBERED = "id in (select value from json_each(:numbers)) and not forgotten order by id desc"
_FEEDBACK = (
    f"select exchange_id, {', '.join(Feedback.model_fields)} from feedback"  # noqa: S608
    " where exchange_id in (select value from json_each(?)) order by id"
)
_SHOWN_BEFORE = (
    "with recursive earlier (id) as (select :number union select more_of from exchanges join earlier using (id))"
    " select id from earlier"
)


def _exchange_row(exchange: Exchange) -> dict[str, object]:
    answer = exchange.answer
    return {
        **exchange.model_dump(exclude={"id", "answer", "asked_at", "channel"}),
        "asked_at": timestamp(exchange.asked_at),
        "channel": exchange.channel.value,
        "question": answer.question,
        "kind": answer.kind.value,
        "outcome": answer.outcome,
        "confidence": answer.confidence,
    }


def _names(exchange: Exchange) -> Iterator[tuple[int, str]]:
    """The names of the person and the chat, where there are any, by their ids."""
    for number, name in ((exchange.user_id, exchange.user_name), (exchange.chat_id, exchange.chat_name)):
        if number is not None and name:
            yield number, name


def _citation_rows(exchange_id: int, exchange: Exchange) -> Iterator[dict[str, object]]:
    for citation in exchange.answer.citations:
        original = citation.original and citation.original.model_dump_json()
        yield {
            "exchange_id": exchange_id,
            **citation.model_dump(mode="json", include=set(_CITED)),
            "original": original,
        }
