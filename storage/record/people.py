"""People in the record: a person's exchanges page by page, and how they are forgotten, on request or by age."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sqlite_utils import Database

from storage.database.connection import DeskDatabase
from storage.database.inspection import connect
from storage.database.timestamps import timestamp
from storage.delivery.inbox import forget_updates_of
from storage.models import LoggedExchange
from storage.record.exchanges import exchanges_where
from storage.verdicts.book import forget_verdicts

COUNTED_COLUMNS = frozenset(
    "id uid asked_at channel kind outcome confidence latency_ms library version weights in_doubt"
    " question reply forgotten".split()
)
"""Columns of a forgotten exchange that stay, or lose only their text: enough to count by, without a person."""


class ForgottenCounts(NamedTuple):
    """The rest of a forgotten exchange, which identifies it in an older record."""

    id: int
    day: str
    kind: str
    outcome: str


def forgotten_in(path: Path) -> list[ForgottenCounts]:
    """The forgotten exchanges of a database that is not in use, of any version."""
    with connect(path) as connection:
        columns = {row[1] for row in connection.execute("pragma table_info(exchanges)")}
        return [ForgottenCounts(*row) for row in connection.execute(_FORGOTTEN)] if "forgotten" in columns else []


class PeopleRecord:
    """Exchanges by the person who asked; may be shared between threads."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def exchanges_of(self, user_id: int, chat_id: int | None, limit: int, skip: int = 0) -> list[LoggedExchange]:
        """A person's exchanges in a chat, or everywhere, newest first; of an edited question only the last."""
        place = {"user_id": user_id, "chat_id": chat_id, "limit": limit, "skip": skip}
        with self._database.reading() as db:
            return exchanges_where(db, _EXCHANGES_OF, place)

    def count(self, user_id: int) -> int:
        """Count the exchanges of a person, edits included."""
        with self._database.reading() as db:
            return int(db.execute("select count(*) from exchanges where user_id = ?", [user_id]).fetchone()[0])

    def forget(self, user_id: int) -> int:
        """Take a person out of the record: text and ids go, counts by the day stay; returns how many exchanges."""
        with self._database.writing() as db:
            db.execute(f"{_FEEDBACK} where user_id = :user_id", {"user_id": user_id})
            db.execute(_REFUSALS, {"user_id": user_id})
            db.execute("delete from drafts where user_id = ?", [user_id])
            forget_updates_of(db, user_id)
            db.execute("delete from languages where party_id = ?", [user_id])
            count = _forget(db, "user_id = :user_id", {"user_id": user_id})
        self._database.scrub()
        forget_verdicts(self._database)
        return count

    def forget_again(self, forgotten: Sequence[ForgottenCounts]) -> int:
        """Forget the exchanges that a newer record forgot, and their people of whom no other exchange is left."""
        values: dict[str, object] = {"rows": json.dumps(forgotten)}
        with self._database.writing() as db:
            people = db.execute(f"{_PEOPLE} where {_AGAIN} and user_id > 0", values).fetchall()
            count = _forget(db, _AGAIN, values)
        for (person,) in people:
            if not self.count(person):
                self.forget(person)
        if count:
            self._database.scrub()
            forget_verdicts(self._database)
        return count

    def forget_before(self, day: dt.datetime) -> int:
        """Take all people out of the exchanges before a time; returns how many exchanges."""
        with self._database.writing() as db:
            count = _forget(db, "asked_at < :before", {"before": timestamp(day)})
        if count:
            self._database.scrub()
            forget_verdicts(self._database)
        return count


def _forget(db: Database, condition: str, values: dict[str, object]) -> int:
    """Empty the exchanges of a condition, and delete the rows of other tables about them but thumbs."""
    chosen = f"select id from exchanges where not forgotten and {condition}"  # noqa: S608
    db.execute(f"{_FEEDBACK} where exchange_id in ({chosen})", values)
    for table, column in _references(db):
        db.execute(f"delete from [{table}] where [{column}] in ({chosen})", values)  # noqa: S608 - our own names
    others = [
        f"[{column.name}] = null" for column in db.table("exchanges").columns if column.name not in COUNTED_COLUMNS
    ]
    update = f"update exchanges set {', '.join([_EMPTIED, *others])} where id in ({chosen})"  # noqa: S608
    return db.execute(update, values).rowcount


def _references(db: Database) -> Iterator[tuple[str, str]]:
    """All tables with rows about exchanges, and their column of the exchange, but the anonymous feedback."""
    for name in {*db.table_names()} - {"feedback"}:
        keys = (key for key in db.table(name).foreign_keys if key.other_table == "exchanges")
        yield from ((name, key.column) for key in keys if key.column)


_EXCHANGES_OF = (
    "user_id = :user_id and (:chat_id is null or chat_id = :chat_id)"
    " and not exists (select 1 from exchanges as later where later.replaces = exchanges.id)"
    " order by id desc limit :limit offset :skip"
)
_FORGOTTEN = "select id, substr(asked_at, 1, 10), kind, outcome from exchanges where forgotten"
_PEOPLE = "select distinct user_id from exchanges"
_AGAIN = (
    "(id, substr(asked_at, 1, 10), kind, outcome) in"
    " (select json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),"
    " json_extract(value, '$[3]') from json_each(:rows)) and not forgotten"
)
_MIDNIGHT = "substr({0}, 1, 10) || 'T00:00:00.000Z'"
_EMPTIED = f"question = '', reply = '', asked_at = {_MIDNIGHT.format('asked_at')}, forgotten = 1"
_FEEDBACK = f"update feedback set user_id = null, note = null, given_at = {_MIDNIGHT.format('given_at')}"  # noqa: S608
_REFUSALS = (
    "update refusals set chat_id = iif(chat_id = user_id, null, chat_id), user_id = null where user_id = :user_id"
)
