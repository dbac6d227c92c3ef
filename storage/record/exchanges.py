"""The log of exchanges: what was asked, what was answered, and with which quotes."""

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice

from sqlite_utils import Database

from storage.database.connection import DeskDatabase
from storage.database.idempotency import note, recall
from storage.errors import SearchError
from storage.models import Exchange, Feedback, LoggedCitation, LoggedExchange
from storage.record.selection import Period, Selection, newest_ids, period

PAGE = 2_000
"""How many exchanges are read at a time where all of many are wanted."""


class ExchangeLog:
    """Exchanges in the database; one object may be shared between threads.

    Attributes:
        database: What it is kept in.
    """

    def __init__(self, database: DeskDatabase) -> None:
        self.database = database

    def record(self, exchange: Exchange) -> Exchange:
        """Write an exchange."""
        with self.database.writing() as db:
            cursor = db.execute(_INSERT_EXCHANGE, _exchange_row(exchange))
            number = int(cursor.lastrowid or 0)
            db.conn.executemany(_INSERT_CITATION, _citation_rows(number, exchange))
            recorded = exchange.model_copy(update={"id": number})
            if exchange.update_id is not None:
                note(db, exchange.update_id, _EFFECT, recorded.model_dump_json())
        return recorded

    def recorded(self, update_id: int) -> Exchange | None:
        """The exchange that was recorded for an update which is not worked off yet."""
        with self.database.reading() as db:
            found = recall(db, update_id, _EFFECT)
        return None if found is None else Exchange.model_validate_json(found)

    def history(self, search: str | None = None, limit: int = 20) -> list[LoggedExchange]:
        """What was asked, newest first.

        Raises:
            SearchError: The search cannot be read.
        """
        return self.select(Selection(search=search), limit)

    def select(self, selection: Selection, limit: int) -> list[LoggedExchange]:
        """The newest exchanges of a selection, newest first.

        Raises:
            SearchError: The search cannot be read.
        """
        return list(islice(self.each(selection, min(limit, PAGE)), limit))

    def each(self, selection: Selection, page: int = PAGE) -> Iterator[LoggedExchange]:
        """Every exchange of a selection, newest first, a few at a time, so that the log can be written meanwhile.

        Raises:
            SearchError: The search cannot be read.
        """
        with self.database.reading() as db:
            within = period(db, selection)
        while numbers := self._numbers(selection, within, page):
            with self.database.reading() as db:
                found = exchanges_where(db, _NUMBERED, {"numbers": json.dumps(numbers)})
            yield from found
            within = within.model_copy(update={"last": numbers[-1] - 1})

    def _numbers(self, selection: Selection, within: Period, limit: int) -> list[int]:
        with self.database.reading() as db, _search_explained(selection.search):
            return newest_ids(db, selection, within, limit)

    def find(self, number: int) -> LoggedExchange | None:
        """One exchange."""
        with self.database.reading() as db:
            return next(iter(exchanges_where(db, "id = :number and not forgotten", {"number": number})), None)

    def shown_before(self, number: int) -> list[LoggedExchange]:
        """An exchange behind all those whose further hits it shows."""
        with self.database.reading() as db:
            return exchanges_where(db, f"id in ({_SHOWN_BEFORE}) and not forgotten order by id", {"number": number})


def exchanges_where(db: Database, condition: str, values: Mapping[str, object]) -> list[LoggedExchange]:
    """The exchanges that an SQL condition holds for, with their citations and what people think of them."""
    return _whole(db, list(db.query(f"{_SELECT} where {condition}", dict(values))))


def _whole(db: Database, rows: Sequence[dict[str, object]]) -> list[LoggedExchange]:
    """Exchanges with their citations and what people think of them."""
    cited: dict[object, list[LoggedCitation]] = {row["id"]: [] for row in rows}
    thought: dict[object, list[Feedback]] = {row["id"]: [] for row in rows}
    numbers = [json.dumps(list(cited))]
    for row in db.query(_CITATIONS, numbers):
        cited[row.pop("exchange_id")].append(LoggedCitation.model_validate(row))
    for row in db.query(_FEEDBACK, numbers):
        thought[row.pop("exchange_id")].append(Feedback.model_validate(row))
    return [
        LoggedExchange.model_validate({**row, "citations": cited[row["id"]], "feedback": thought[row["id"]]})
        for row in rows
    ]


_EFFECT = "exchange"
_COLUMNS = [name for name in LoggedExchange.model_fields if name not in {"id", "citations", "feedback"}]
_GIVEN = [name for name in _COLUMNS if name != "in_doubt"]
_INSERT_EXCHANGE = f"insert into exchanges ({', '.join(_GIVEN)}) values ({', '.join(':' + name for name in _GIVEN)})"  # noqa: S608
_INSERT_CITATION = (
    'insert into citations (exchange_id, number, file, line, start, "end", quote, score, sha256)'
    " values (:exchange_id, :number, :file, :line, :start, :end, :quote, :score, :sha256)"
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


def moment(time: dt.datetime) -> str:
    """A time as the database holds it: in UTC, to the millisecond, so that later ones sort behind."""
    return time.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _exchange_row(exchange: Exchange) -> dict[str, object]:
    answer = exchange.answer
    return {
        **exchange.model_dump(exclude={"id", "answer", "asked_at", "channel"}),
        "asked_at": moment(exchange.asked_at),
        "channel": exchange.channel.value,
        "question": answer.question,
        "kind": answer.kind.value,
        "outcome": answer.outcome,
        "confidence": answer.confidence,
    }


def _citation_rows(exchange_id: int, exchange: Exchange) -> Iterator[dict[str, object]]:
    kept = set(LoggedCitation.model_fields)
    for citation in exchange.answer.citations:
        yield {"exchange_id": exchange_id, **citation.model_dump(include=kept)}


@contextmanager
def _search_explained(search: str | None) -> Iterator[None]:
    """Turn what SQLite says of a search into one line; what it says of the database is left to `_explained`."""
    try:
        yield
    except (sqlite3.OperationalError, UnicodeEncodeError) as error:
        if search is None or (isinstance(error, sqlite3.Error) and error.sqlite_errorcode != sqlite3.SQLITE_ERROR):
            raise
        raise SearchError(
            f"The search {search!r} cannot be read ({error}): of several words all must be there; write OR or NOT "
            "between two, * after the beginning of one, and put words that hold marks, and phrases, in double quotes."
        ) from error
