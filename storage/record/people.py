"""People in the record: a person's exchanges page by page, and how they are forgotten, on request or by age."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sqlite_utils import Database

from storage.database.connection import DeskDatabase
from storage.database.inspection import connect
from storage.database.migrations import uid_of
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
    """The rest of a forgotten exchange, which identifies the exchange in an older record; `uid` only where true.

    One that was forgotten before there were such ids was given another than in records in which it is not.
    """

    uid: str | None
    id: int
    day: str
    kind: str
    outcome: str


def forgotten_in(path: Path) -> list[ForgottenCounts]:
    """The forgotten exchanges of a database that is not in use, of any version."""
    with connect(path) as connection:
        columns = {row[1] for row in connection.execute("pragma table_info(exchanges)")}
        if "forgotten" not in columns:
            return []
        rows = connection.execute(_FORGOTTEN.format(uid="uid" if "uid" in columns else "null")).fetchall()
    return [
        ForgottenCounts(None if uid == uid_of(number, asked_at, None, None, "", "") else uid, number, *counts)
        for uid, asked_at, number, *counts in rows
    ]


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
        return int(self._database.row("select count(*) from exchanges where user_id = ?", [user_id])[0])

    def move_chat(self, old_id: int, new_id: int) -> None:
        """Let the record of a group follow it when it becomes a supergroup.

        Messages there are numbered anew, so the old numbers, which lead nowhere now, are not taken for theirs.
        """
        ids = {"old": old_id, "new": new_id}
        with self._database.writing() as db:
            for statement in _MOVE_CHAT:
                db.execute(statement, ids)

    def forget(self, user_id: int) -> int:
        """Take a person out of the record: text and ids go, counts by the day stay; returns how many exchanges.

        What others were shown or asked that holds words of theirs goes too. The list of access stays.
        """
        person: dict[str, object] = {"user_id": user_id}
        with self._database.writing() as db:
            for statement in _FORGET_PERSON:
                db.execute(statement, person)
            forget_updates_of(db, user_id)
            count = _forget(db, "(user_id = :user_id or chat_id = :user_id)", person)
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
        before: dict[str, object] = {"before": timestamp(day)}
        with self._database.writing() as db:
            count = _forget(db, "asked_at < :before", before)
            db.execute("update refusals set chat_id = null, user_id = null where last_at < :before", before)
        if count:
            self._database.scrub()
            forget_verdicts(self._database)
        return count


def _forget(db: Database, condition: str, values: dict[str, object]) -> int:
    """Empty the exchanges of a condition, and delete the rows of other tables about them but thumbs.

    What was shown further of a question is emptied with it, whoever asked for more; of what followed it the reply is,
    which may say which of its words the question was read with. Returns how many exchanges meet the condition.
    """
    chosen = f"select id from exchanges where not forgotten and {condition}"  # noqa: S608
    (count,) = db.execute(f"select count(*) from ({chosen}) as chosen", values).fetchone()  # noqa: S608
    shown = _ids(db, _SHOWN_OF.format(chosen=chosen), values)
    db.execute(_FORGET_EFFECTS, {"ids": shown})
    db.execute(_EMPTY_REPLIES, {"ids": shown})
    while db.execute(_RELINK, {"ids": shown}).rowcount:  # what is shown further of a question stays a chain
        pass
    db.execute(f"{_FEEDBACK} where exchange_id in {_CHOSEN}", {"ids": shown})
    for table, column in _references(db):
        db.execute(f"delete from [{table}] where [{column}] in {_CHOSEN}", {"ids": shown})  # noqa: S608
    others = [
        f"[{column.name}] = null" for column in db.table("exchanges").columns if column.name not in COUNTED_COLUMNS
    ]
    db.execute(f"update exchanges set {', '.join([_EMPTIED, *others])} where id in {_CHOSEN}", {"ids": shown})  # noqa: S608
    db.execute(_FORGET_NAMES)
    return int(count)


def _ids(db: Database, query: str, values: dict[str, object]) -> str:
    return json.dumps([number for (number,) in db.execute(query, values)])


def _references(db: Database) -> Iterator[tuple[str, str]]:
    """All tables with rows about exchanges, and their column of the exchange, but the anonymous feedback."""
    for name in {*db.table_names()} - {"feedback"}:
        keys = (key for key in db.table(name).foreign_keys if key.other_table == "exchanges")
        yield from ((name, key.column) for key in keys if key.column)


_EXCHANGES_OF = (
    "user_id = :user_id and (chat_id = :chat_id or :chat_id is null)"
    " and not exists (select 1 from exchanges as later where later.replaces = exchanges.id)"
    " order by id desc limit :limit offset :skip"
)
_FORGOTTEN = (  # chat counts as what it was called before: of a forgotten question nobody knows which it was
    "select {uid}, asked_at, id, substr(asked_at, 1, 10), kind, replace(outcome, 'chat', 'abstained') from exchanges"
    " where forgotten"
)
_PEOPLE = "select distinct user_id from exchanges"
_AGAIN = (
    "(uid in (select json_extract(value, '$[0]') from json_each(:rows))"
    " or (id, substr(asked_at, 1, 10), kind, replace(outcome, 'chat', 'abstained')) in"
    " (select json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]'),"
    " json_extract(value, '$[4]') from json_each(:rows) where json_extract(value, '$[0]') is null))"
)
_CHOSEN = "(select value from json_each(:ids))"
_SHOWN_OF = (
    "with recursive chosen as ({chosen}), shown (id) as ("
    "select id from chosen where (select more_of from exchanges where id = chosen.id) is null"
    " union select e.id from exchanges as e join shown on e.more_of = shown.id where not e.forgotten)"
    " select id from chosen union select id from shown"
)
_FOLLOWERS = (
    "(with recursive followers (id) as (select value from json_each(:ids)"
    " union select e.id from followers join exchanges as e on e.follows = followers.id or e.more_of = followers.id)"
    " select id from followers)"
)
_FORGET_EFFECTS = (
    "delete from effects where name = 'exchange'"  # noqa: S608
    f" and update_id in (select update_id from exchanges where id in {_FOLLOWERS})"
)
_EMPTY_REPLIES = f"update exchanges set reply = '' where not forgotten and id in {_FOLLOWERS} and id not in {_CHOSEN}"  # noqa: S608
_RELINK = (
    "update exchanges set more_of = (select more_of from exchanges as shown where shown.id = exchanges.more_of)"  # noqa: S608
    f" where more_of in {_CHOSEN} and id not in {_CHOSEN}"
)
_MIDNIGHT = "substr({0}, 1, 10) || 'T00:00:00.000Z'"
_EMPTIED = f"question = '', reply = '', asked_at = {_MIDNIGHT.format('asked_at')}, forgotten = 1"
_FEEDBACK = f"update feedback set user_id = null, note = null, given_at = {_MIDNIGHT.format('given_at')}"  # noqa: S608
_FORGET_NAMES = (
    "delete from names where not exists (select 1 from exchanges where user_id = names.id)"
    " and not exists (select 1 from exchanges where chat_id = names.id)"
)
"""A name is kept for as long as an exchange is that needs it."""
_MOVE_CHAT = (
    (
        "insert into names (id, name) select :new, name from names where id = :old"
        " on conflict (id) do update set name = excluded.name"
    ),
    "delete from names where id = :old",
    "delete from sent_messages where exchange_id in (select id from exchanges where chat_id = :old)",
    "update exchanges set chat_id = :new, message_id = null, reply_message_id = null where chat_id = :old",
    "update drafts set chat_id = :new where chat_id = :old",
    "update refusals set chat_id = :new where chat_id = :old",
    "update asks set chat_id = :new where chat_id = :old",
    "update referrals set chat_id = :new, message_id = 0 where chat_id = :old",
    (
        "insert into waits (id, is_question, until) select :new, is_question, until from waits where id = :old"
        " on conflict do nothing"
    ),
    "delete from waits where id = :old",
)
_WATCHES_OF = ":user_id in (user_id, chat_id)"
_FORGET_PERSON = (
    f"{_FEEDBACK} where user_id = :user_id",
    "update refusals set user_id = null where user_id = :user_id",
    "update refusals set chat_id = null where chat_id = :user_id",
    "delete from asks where user_id = :user_id and (chat_id is null or chat_id = user_id)",
    "update asks set user_id = null where user_id = :user_id",  # for its group it still counts
    "delete from asks where chat_id = :user_id",
    "delete from waits where id = :user_id",
    "delete from drafts where :user_id in (user_id, chat_id)",
    "delete from languages where party_id = :user_id",
    "delete from ties where chat_id = :user_id",
    "update referrals set answerer_id = null, answerer = null where answerer_id = :user_id",
    "delete from requests_shown where chat_id = :user_id",
    f"delete from watch_matches where watch_id in (select id from watches where {_WATCHES_OF})",  # noqa: S608
    f"delete from watches where {_WATCHES_OF}",  # noqa: S608
)
