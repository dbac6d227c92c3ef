"""The book of verdicts, in a database of its own beside the log."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database, Migrations

from storage.database.connection import DeskDatabase
from storage.database.timestamps import timestamp
from storage.verdicts.models import BetterQuote, SecondReview, Verdict

MIGRATIONS = Migrations("policydesk verdicts")


def verdicts_beside(log: Path) -> Path:
    """The path of the verdicts on a log: `policydesk.verdicts.db` beside `policydesk.db`."""
    return log.with_name(f"{log.stem}.verdicts.db")


def forget_verdicts(log: DeskDatabase) -> None:
    """Delete the verdicts on exchanges that the log forgot: a note may repeat a question."""
    path = verdicts_beside(log.path)
    if not path.exists():
        return
    with closing(VerdictBook(path)) as book:
        judged = json.dumps(book.judged())
        with log.reading() as db:
            forgotten = [int(number) for (number,) in db.execute(_FORGOTTEN, [judged])]
        if forgotten:
            book.forget(forgotten)


class VerdictBook:
    """Verdicts in their own database; they are only ever added. May be shared between threads and processes."""

    def __init__(self, path: Path) -> None:
        """Open the book, making it where there is none."""
        self._database = DeskDatabase(path, MIGRATIONS)

    def give(self, verdict: Verdict) -> None:
        """Add a verdict; it takes the place of an earlier one of the same reviewer on the same exchange."""
        with self._database.writing() as db:
            db.execute(_INSERT, _row(verdict))

    def of(self, exchange_id: int) -> list[Verdict]:
        """The newest verdict of each reviewer on an exchange, oldest first."""
        return self._query(f"{_NEWEST} where exchange_id = :id order by id", {"id": exchange_id})

    def newest(self) -> list[Verdict]:
        """The newest verdict of each reviewer on each exchange, by exchange and then in the order given."""
        return self._query(f"{_NEWEST} order by exchange_id, id", {})

    def ask_second(self, request: SecondReview) -> None:
        """Ask for a second reviewer; asking again changes nothing."""
        with self._database.writing() as db:
            db.execute(_ASK, {**request.model_dump(), "asked_at": timestamp(request.asked_at)})

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
        with self._database.reading() as db:
            return [int(number) for (number,) in db.execute(_JUDGED)]

    def close(self) -> None:
        """Close the book; it cannot be used afterwards."""
        self._database.close()

    def _query(self, sql: str, values: Mapping[str, object]) -> list[Verdict]:
        with self._database.reading() as db:
            return [_verdict(row) for row in db.query(sql, dict(values))]


@MIGRATIONS(name="0001_verdicts")
def verdicts(db: Database) -> None:
    """Verdicts, a view of those that count, how each exchange stands by them, and requests for a second reviewer."""
    db.create_table(
        "verdicts",
        {
            "id": int,
            "exchange_id": int,
            "reviewer": str,
            "verdict": str,
            "better_file": str,
            "better_start": int,
            "better_end": int,
            "better_quote": str,
            "note": str,
            "given_at": str,
        },
        pk="id",
        not_null={"exchange_id", "reviewer", "verdict", "note", "given_at"},
    )
    table = db.table("verdicts")
    table.create_index(["exchange_id", "reviewer"])
    table.create_index(["verdict", "exchange_id"])
    table.create_index(["given_at"])
    db.create_view("newest_verdicts", _VIEW)
    db.create_table(
        "reviewed",
        {"exchange_id": int, "reviewers": int, "rulings": int},
        pk="exchange_id",
        not_null={"reviewers", "rulings"},
    )
    db.table("reviewed").create_index(["rulings", "exchange_id"])
    db.execute(_TRIGGER)
    db.create_table(
        "second_reviews",
        {"exchange_id": int, "asked_by": str, "asked_at": str},
        pk="exchange_id",
        not_null={"asked_by", "asked_at"},
    )


_VIEW = (
    "select * from verdicts where not exists (select 1 from verdicts as later where later.exchange_id ="
    " verdicts.exchange_id and later.reviewer = verdicts.reviewer and later.id > verdicts.id)"
)
_TRIGGER = (
    "create trigger verdicts_reviewed after insert on verdicts begin"
    " insert or replace into reviewed (exchange_id, reviewers, rulings)"
    " select new.exchange_id, count(*), count(distinct verdict) from newest_verdicts"
    " where exchange_id = new.exchange_id; end"
)
_JUDGED = "select exchange_id from reviewed union select exchange_id from second_reviews"
_FORGOTTEN = "select id from exchanges where forgotten and id in (select value from json_each(?))"
_NEWEST = "select * from newest_verdicts"
_BETTER = [f"better_{name}" for name in BetterQuote.model_fields]
_COLUMNS = ["exchange_id", "reviewer", "verdict", *_BETTER, "note", "given_at"]
_INSERT = f"insert into verdicts ({', '.join(_COLUMNS)}) values ({', '.join(':' + name for name in _COLUMNS)})"  # noqa: S608
_ASK = (
    "insert into second_reviews (exchange_id, asked_by, asked_at) values (:exchange_id, :asked_by, :asked_at)"
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
