"""The book of verdicts, in a database of its own beside the log."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from contextlib import closing

from storage.database.connection import DeskDatabase
from storage.database.timestamps import timestamp
from storage.verdicts.models import BetterQuote, SecondReview, Verdict
from storage.verdicts.pairing import pair


def pair_verdicts(log: DeskDatabase) -> int:
    """Have the verdicts beside a log count only for its exchanges; returns how many are set aside as on none of them.

    Raises:
        DatabaseError: The verdicts cannot be opened.
    """
    if not log.has_verdicts():
        return 0
    with closing(log.open_verdicts()) as book:
        return pair(book, log)


def verdicts_on(log: DeskDatabase) -> list[Verdict]:
    """The newest verdict of each reviewer on each exchange of a log.

    Raises:
        DatabaseError: The verdicts cannot be opened.
    """
    if not log.has_verdicts():
        return []
    with closing(VerdictBook(log, only_read=True)) as book:
        return book.paired()


def forget_verdicts(log: DeskDatabase) -> None:
    """Delete the verdicts on exchanges that the log forgot: a note may repeat a question."""
    if not log.has_verdicts():
        return
    pair_verdicts(log)
    with closing(VerdictBook(log)) as book:
        judged = json.dumps(book.judged())
        forgotten = [int(number) for (number,) in log.rows(_FORGOTTEN, [judged])]
        if forgotten:
            book.forget(forgotten)


class VerdictBook:
    """Verdicts in their own database, and the filters that reviewers saved; may be shared by threads and processes."""

    def __init__(self, log: DeskDatabase, *, only_read: bool = False) -> None:
        """Open the book of a log, making it where there is none."""
        self._log, self._database = log, log.open_verdicts(only_read=only_read)

    def give(self, verdict: Verdict) -> None:
        """Add a verdict; it takes the place of an earlier one of the same reviewer on the same exchange."""
        self._database.execute(_INSERT, _row(verdict))

    def withdraw(self, exchange_id: int, reviewer: str, given_at: dt.datetime) -> Verdict | None:
        """Take back a reviewer's newest verdict on an exchange, if it was given then; the one before counts again."""
        key = {"id": exchange_id, "reviewer": reviewer, "given_at": timestamp(given_at)}
        with self._database.writing() as db:
            row = next(db.query(f"{_NEWEST} where {_GIVEN}", key), None)
            if row is None:
                return None
            for statement in _WITHDRAW:
                db.execute(statement, {**key, "verdict": row["id"]})
        return _verdict(row)

    def of(self, exchange_id: int) -> list[Verdict]:
        """The newest verdict of each reviewer on an exchange, oldest first."""
        return self._query(f"{_NEWEST} where exchange_id = :id order by id", {"id": exchange_id})

    def newest(self) -> list[Verdict]:
        """The newest verdict of each reviewer on each exchange, by exchange and then in the order given."""
        return self._query(f"{_NEWEST} order by exchange_id, id", {})

    def paired(self) -> list[Verdict]:
        """The newest verdicts on exchanges of the log; where the book may be written the others are set aside."""
        if self._database.is_writable:
            pair(self._database, self._log)
        return self.newest()

    def ask_second(self, request: SecondReview) -> None:
        """Ask for a second reviewer; asking again changes nothing."""
        self._database.execute(_ASK, {**request.model_dump(), "asked_at": timestamp(request.asked_at)})

    def second_review(self, exchange_id: int) -> SecondReview | None:
        """The request for a second reviewer of an exchange, where there is one."""
        with self._database.reading() as db:
            row = next(db.query("select * from second_reviews where exchange_id = ?", [exchange_id]), None)
        return SecondReview.model_validate(row) if row else None

    def forget(self, exchange_ids: Sequence[int]) -> None:
        """Delete all verdicts on exchanges that the log forgot."""
        numbers = [(number,) for number in exchange_ids]
        with self._database.writing() as db:
            for table in ("verdicts", "reviewed", "second_reviews"):
                db.conn.executemany(f"delete from {table} where exchange_id = ?", numbers)  # noqa: S608 - our own names

        self._database.scrub()

    def judged(self) -> list[int]:
        """The exchanges with a verdict, or a request for a second one."""
        return [int(number) for (number,) in self._database.rows(_JUDGED)]

    # Filters of the inbox

    def save_filter(self, reviewer: str, name: str, query: str) -> None:
        """Save the query of an address under a name, in the place of one of the same name."""
        self._database.execute(_SAVE_FILTER, [reviewer, name, query])

    def remove_filter(self, reviewer: str, name: str) -> None:
        """Remove a filter that a reviewer saved."""
        self._database.execute("delete from saved_filters where reviewer = ? and name = ?", [reviewer, name])

    def filters(self, reviewer: str) -> dict[str, str]:
        """The filters that a reviewer saved, by name."""
        with self._database.reading() as db:
            rows = db.execute("select name, query from saved_filters where reviewer = ? order by name", [reviewer])
            return dict(rows.fetchall())

    def close(self) -> None:
        """Close the book; it cannot be used afterwards."""
        self._database.close()

    def _query(self, sql: str, values: Mapping[str, object]) -> list[Verdict]:
        with self._database.reading() as db:
            return [_verdict(row) for row in db.query(sql, dict(values))]


_JUDGED = "select exchange_id from reviewed union select exchange_id from second_reviews"
_FORGOTTEN = "select id from exchanges where forgotten = 1 and id in (select value from json_each(?))"
_SAVE_FILTER = (
    "insert into saved_filters (reviewer, name, query) values (?, ?, ?)"
    " on conflict (reviewer, name) do update set query = excluded.query"
)
_NEWEST = "select * from newest_verdicts"
_GIVEN = "exchange_id = :id and reviewer = :reviewer and given_at = :given_at"
_WITHDRAW = (
    "delete from verdicts where id = :verdict",
    "delete from reviewed where exchange_id = :id",
    (
        "insert into reviewed (exchange_id, reviewers, rulings) select exchange_id, count(*), count(distinct verdict)"
        " from newest_verdicts where exchange_id = :id group by exchange_id"
    ),
)
_BETTER = [f"better_{name}" for name in BetterQuote.model_fields]
_COLUMNS = ["exchange_id", "exchange_uid", "reviewer", "verdict", *_BETTER, "note", "given_at"]
_INSERT = f"insert into verdicts ({', '.join(_COLUMNS)}) values ({', '.join(':' + name for name in _COLUMNS)})"  # noqa: S608
_ASK = (
    "insert into second_reviews (exchange_id, exchange_uid, asked_by, asked_at)"
    " values (:exchange_id, :exchange_uid, :asked_by, :asked_at)"
    " on conflict do nothing"
)


def _row(verdict: Verdict) -> dict[str, object]:
    better = verdict.better.model_dump() if verdict.better else dict.fromkeys(BetterQuote.model_fields)
    return {
        **verdict.model_dump(exclude={"better"}),
        **{f"better_{name}": value for name, value in better.items()},
        "verdict": verdict.verdict.value,
        "given_at": timestamp(verdict.given_at),
    }


def _verdict(row: Mapping[str, object]) -> Verdict:
    better = {name: row[f"better_{name}"] for name in BetterQuote.model_fields}
    plain = {name: row[name] for name in Verdict.model_fields if name != "better"}
    return Verdict.model_validate({**plain, "better": better if row["better_file"] is not None else None})
