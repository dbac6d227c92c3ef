"""The list of access: who asked to be let in, how the owners decided, and what they were shown."""

import datetime as dt
import secrets
from enum import Enum, auto
from typing import NamedTuple

from sqlite_utils import Database

from retrieval.models import Value
from storage.access.models import Attempt, Party, Role, Standing
from storage.database.connection import DeskDatabase
from storage.database.idempotency import run_once
from storage.database.timestamps import stamp

ONCE_EVERY = dt.timedelta(hours=1)
"""How often somebody who is not let in is answered at most, and the owners are told of them."""
SHOWN_AN_HOUR = 10
"""How many requests the owners are shown in an hour; after these one line says that there are more."""
FORGOTTEN_AFTER = dt.timedelta(days=30)
"""How long a request waits that nobody decides on."""

_FIRST, _ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ", "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_CHARS = 6
_SHOWN = "id, name, standing, role, code, asked_at, decided_at, decided_by, removed_at"


class RequestNotice(Enum):
    """What the owners are to be told of a request."""

    NOTHING = auto()
    REQUEST = auto()
    CROWD = auto()


class AccessRequest(NamedTuple):
    """What follows from an attempt of somebody who is not let in."""

    party: Party
    is_answered: bool
    showing: RequestNotice


class AccessDecision(Value):
    """How a request is decided on, by whom, and by which Telegram update, where it was one."""

    standing: Standing
    role: Role = Role.ASKER
    by: str
    at: dt.datetime
    update_id: int | None = None


class ShownRequest(Value):
    """A message in which an owner was shown a request."""

    chat_id: int
    message_id: int


class AccessBook:
    """The list of access in the database; one object may be shared between threads."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def party(self, party_id: int) -> Party | None:
        """Somebody on the list, by user id or by a group's chat id."""
        with self._database.reading() as db:
            return _one(db, "id = ?", party_id)

    def party_of(self, code: str) -> Party | None:
        """Whoever has a code; capitals do not matter."""
        with self._database.reading() as db:
            return _one(db, "code = ?", code.upper())

    def parties(self) -> list[Party]:
        """Everybody on the list: those who wait for a decision first, then the latest."""
        with self._database.reading() as db:
            rows = db.query(f"select {_SHOWN} from parties order by standing <> 'asking', asked_at desc")  # noqa: S608
            return [Party.model_validate(row) for row in rows]

    def knock(self, attempt: Attempt) -> AccessRequest | None:
        """Note that somebody who is not let in wants to be."""
        if attempt.party_id is None:
            return None
        with self._database.writing() as db:
            party = _asking(db, attempt.party_id, attempt.name, attempt.at)
            follows = run_once(db, attempt.update_id, "knock", lambda: _follows(db, party, attempt.at))
            return _knock(party, follows)

    def decide(self, party_id: int, decision: AccessDecision, name: str = "") -> Party:
        """Decide on somebody, whatever was decided before; somebody who never asked is put on the list."""
        with self._database.writing() as db:
            if _one(db, "id = ?", party_id) is None:
                _insert(db, party_id, name, decision.at)
            _settle(db, party_id, decision)
            return _rename(db, party_id, name)

    def decide_request(self, code: str, decision: AccessDecision) -> tuple[Party, bool] | None:
        """Decide on a request that waits; the first decision stands."""
        with self._database.writing() as db:
            party = _one(db, "code = ?", code)
            if party is None:
                return None
            is_new = run_once(db, decision.update_id, "decided", lambda: _decided(db, party, decision))
            return _known(db, party.id), bool(is_new)

    def move(self, old_id: int, new_id: int) -> None:
        """Let access follow a group that became a supergroup; a decision on the new one stands."""
        with self._database.writing() as db:
            old, new = _one(db, "id = ?", old_id), _one(db, "id = ?", new_id)
            if old is None:
                return
            if new is not None and new.standing is not Standing.ASKING:
                db.execute("delete from parties where id = ?", [old_id])
                return
            db.execute("delete from parties where id = ?", [new_id])
            db.execute("update parties set id = ?, removed_at = null where id = ?", [new_id, old_id])

    def note_removal(self, chat_id: int, at: dt.datetime) -> None:
        """Note that the bot was removed from a group: if it comes back, it has to be let in again."""
        with self._database.writing() as db:
            db.execute("update parties set removed_at = ? where id = ?", [stamp(at), chat_id])

    # What the owners were shown

    def note_shown(self, code: str, shown: ShownRequest) -> None:
        """Note the message in which an owner was shown a request."""
        with self._database.writing() as db:
            row = {"code": code, **shown.model_dump()}
            db.table("requests_shown").insert(row, replace=True)

    def take_shown(self, code: str) -> list[ShownRequest]:
        """The messages in which owners were shown a request, each of them once."""
        with self._database.writing() as db:
            rows = list(db.query("select chat_id, message_id from requests_shown where code = ?", [code]))
            db.execute("delete from requests_shown where code = ?", [code])
        return [ShownRequest.model_validate(row) for row in rows]

    def note_unseen(self, code: str) -> None:
        """Note that no owner could be shown a request, so that it is shown when they ask again in an hour."""
        with self._database.writing() as db:
            db.execute("update parties set is_shown = 0 where code = ?", [code])


def _one(db: Database, condition: str, value: object) -> Party | None:
    row = next(db.query(f"select {_SHOWN} from parties where {condition}", [value]), None)  # noqa: S608
    return None if row is None else Party.model_validate(row)


def _asking(db: Database, party_id: int, name: str, at: dt.datetime) -> Party:
    """Whoever asks, put on the list where they are not on it; a group the bot had left asks anew."""
    party = _one(db, "id = ?", party_id)
    if party is None:
        db.execute(
            "delete from parties where standing = ? and asked_at < ?", [Standing.ASKING, stamp(at - FORGOTTEN_AFTER)]
        )
        return _insert(db, party_id, name, at)
    if party.removed_at is not None and not party.is_barred:
        db.execute(
            "update parties set standing = :asking, role = :asker, decided_at = null, decided_by = '',"
            " removed_at = null, asked_at = :at, is_shown = is_shown and standing = :asking where id = :id",
            {"asking": Standing.ASKING, "asker": Role.ASKER, "at": stamp(at), "id": party_id},
        )
    return _rename(db, party_id, name)


def _insert(db: Database, party_id: int, name: str, at: dt.datetime) -> Party:
    row = {"id": party_id, "name": name, "standing": Standing.ASKING, "role": Role.ASKER, "code": _new_code(db)}
    db.table("parties").insert({**row, "asked_at": stamp(at), "decided_by": ""})
    return _known(db, party_id)


def _rename(db: Database, party_id: int, name: str) -> Party:
    if name:
        db.execute("update parties set name = ? where id = ?", [name, party_id])
    return _known(db, party_id)


def _settle(db: Database, party_id: int, decision: AccessDecision) -> Party:
    db.execute(
        "update parties set standing = ?, role = ?, decided_by = ?, decided_at = ?, removed_at = null,"
        " answered_at = null where id = ?",
        [decision.standing, decision.role, decision.by, stamp(decision.at), party_id],
    )
    return _known(db, party_id)


def _known(db: Database, party_id: int) -> Party:
    party = _one(db, "id = ?", party_id)
    assert party is not None  # noqa: S101 - written in the same transaction
    return party


def _new_code(db: Database) -> str:
    """A code that nobody has; it begins with a letter, so that it is never taken for an id."""
    while True:
        code = secrets.choice(_FIRST) + "".join(secrets.choice(_ALPHABET) for _ in range(CODE_CHARS - 1))
        if _one(db, "code = ?", code) is None:
            return code


def _decided(db: Database, party: Party, decision: AccessDecision) -> str:
    """Decide on a request unless that was done; says whether it was."""
    if party.standing is not Standing.ASKING:
        return ""
    _settle(db, party.id, decision)
    return "new"


def _follows(db: Database, party: Party, at: dt.datetime) -> str:
    """What follows from an attempt, written down: whether it is answered, and what the owners are to be told."""
    is_answered = _is_due(db, party, "answered_at", at)
    return f"{'answered' if is_answered else 'ignored'} {_showing(db, party, at).name}"


def _knock(party: Party, follows: str) -> AccessRequest:
    answered, _, showing = follows.partition(" ")
    return AccessRequest(party, answered == "answered", RequestNotice[showing])


def _is_due(db: Database, party: Party, column: str, at: dt.datetime) -> bool:
    """Whether something that is done once an hour is due, and if so note that it is done.

    What lies ahead of the moment was noted before the clock was set back, and does not count.
    """
    changed = db.execute(
        f"update parties set {column} = :now where id = :id"  # noqa: S608
        f" and ({column} is null or {column} <= :before or {column} > :now)",
        {"id": party.id, "now": stamp(at), "before": stamp(at - ONCE_EVERY)},
    )
    return changed.rowcount > 0


def _showing(db: Database, party: Party, at: dt.datetime) -> RequestNotice:
    """What the owners are told of a request that they were not shown yet."""
    (shown,) = db.execute(
        "select count(*) from parties where shown_at > ? and shown_at <= ?", [stamp(at - ONCE_EVERY), stamp(at)]
    ).fetchone()
    (is_shown,) = db.execute("select is_shown from parties where id = ?", [party.id]).fetchone()
    if party.standing is not Standing.ASKING or is_shown or shown > SHOWN_AN_HOUR:
        return RequestNotice.NOTHING
    if not _is_due(db, party, "shown_at", at):
        return RequestNotice.NOTHING
    db.execute("update parties set is_shown = 1 where id = ?", [party.id])
    return RequestNotice.REQUEST if shown < SHOWN_AN_HOUR else RequestNotice.CROWD
