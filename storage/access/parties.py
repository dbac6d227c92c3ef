"""The list of access: requests to be let in, the owners' decisions, and the messages that showed requests."""

import datetime as dt
import secrets
from enum import Enum, auto
from typing import NamedTuple

from sqlite_utils import Database

from retrieval.models import Value
from storage.access.models import Attempt, Party, Role, Standing
from storage.database.connection import DeskDatabase
from storage.database.idempotency import note, recall
from storage.database.timestamps import timestamp

ONCE_EVERY = dt.timedelta(hours=1)
"""How often a party that is not let in is answered at most, and the owners are told of its request."""
SHOWN_AN_HOUR = 10
"""Requests the owners are shown in an hour; after these one line says that there are more."""
FORGOTTEN_AFTER = dt.timedelta(days=30)
"""How long a request waits for a decision."""

_FIRST, _ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ", "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_CHARS = 6
_COLUMNS = "id, name, standing, role, code, asked_at, decided_at, decided_by, removed_at"


class RequestNotice(Enum):
    """What the owners are told of a request; a crowd is one line for all requests above the limit."""

    NOTHING = auto()
    REQUEST = auto()
    CROWD = auto()


class AccessRequest(NamedTuple):
    """The request of a party to be let in: whether the party is answered, and the notice for the owners."""

    party: Party
    is_answered: bool
    showing: RequestNotice


class AccessDecision(Value):
    """A decision on a request, by whom, and by which Telegram update, where it was one."""

    standing: Standing
    role: Role = Role.ASKER
    by: str
    at: dt.datetime
    update_id: int | None = None


class ShownRequest(Value):
    """A message that showed a request to an owner."""

    chat_id: int
    message_id: int


class AccessBook:
    """The list of access in the database; one object may be shared between threads."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def party(self, party_id: int) -> Party | None:
        """The party of a user id, or of a group's chat id."""
        with self._database.reading() as db:
            return _find_party(db, "id = ?", party_id)

    def party_of(self, code: str) -> Party | None:
        """The party of a code, in capitals or not."""
        with self._database.reading() as db:
            return _find_party(db, "code = ?", code.upper())

    def parties(self) -> list[Party]:
        """All parties: requests that wait for a decision first, then the latest."""
        with self._database.reading() as db:
            rows = db.query(f"select {_COLUMNS} from parties order by standing <> 'asking', asked_at desc")  # noqa: S608
            return [Party.model_validate(row) for row in rows]

    def knock(self, attempt: Attempt) -> AccessRequest | None:
        """Note the attempt of a party that is not let in as a request; None where the attempt names nobody."""
        if attempt.party_id is None:
            return None
        with self._database.writing() as db:
            party = _asking(db, attempt.party_id, attempt.name, attempt.at)
            outcome = recall(db, attempt.update_id, "knock")
            if outcome is None:
                outcome = note(db, attempt.update_id, "knock", _knock(db, party, attempt.at))
            return _request(party, outcome)

    def decide(self, party_id: int, decision: AccessDecision, name: str = "") -> Party:
        """Decide on a party anew; a party that never asked is put on the list, and a name replaces its name."""
        with self._database.writing() as db:
            if _find_party(db, "id = ?", party_id) is None:
                _insert(db, party_id, name, decision.at)
            _settle(db, party_id, decision)
            return _rename(db, party_id, name)

    def decide_request(self, code: str, decision: AccessDecision) -> tuple[Party, bool] | None:
        """Decide on a request by its code; the first decision stands.

        Returns:
            The party and whether this decision made it what it is; None where there is no such request.
        """
        with self._database.writing() as db:
            party = _find_party(db, "code = ?", code)
            if party is None:
                return None
            is_new = recall(db, decision.update_id, "decided")
            if is_new is None:
                is_new = note(db, decision.update_id, "decided", _decide(db, party, decision))
            return _party(db, party.id), bool(is_new)

    def move(self, old_id: int, new_id: int) -> None:
        """Let access follow a group that became a supergroup; a decision on the new chat id stands."""
        with self._database.writing() as db:
            old, new = _find_party(db, "id = ?", old_id), _find_party(db, "id = ?", new_id)
            if old is None:
                return
            if new is not None and new.standing is not Standing.ASKING:
                db.execute("delete from parties where id = ?", [old_id])
                return
            db.execute("delete from parties where id = ?", [new_id])
            db.execute("update parties set id = ?, removed_at = null where id = ?", [new_id, old_id])

    def note_removal(self, chat_id: int, at: dt.datetime) -> None:
        """Note that the bot was removed from a group, which has to be let in anew."""
        self._database.execute("update parties set removed_at = ? where id = ?", [timestamp(at), chat_id])

    # What the owners were shown

    def note_shown(self, code: str, request: ShownRequest) -> None:
        """Note the message that showed a request to an owner."""
        with self._database.writing() as db:
            row = {"code": code, **request.model_dump()}
            db.execute(_NOTE_SHOWN, row)

    def take_shown(self, code: str) -> list[ShownRequest]:
        """Take out the messages that showed a request to owners."""
        with self._database.writing() as db:
            rows = list(db.query("select chat_id, message_id from requests_shown where code = ?", [code]))
            db.execute("delete from requests_shown where code = ?", [code])
        return [ShownRequest.model_validate(row) for row in rows]

    def is_shown(self, code: str) -> bool:
        """Whether a request was shown to the owners, if only as one of many."""
        row = self._database.row("select is_shown from parties where code = ?", [code])
        return row is not None and bool(row[0])

    def note_unseen(self, code: str) -> None:
        """Note that a request reached no owner: it is shown again at the next attempt an hour later."""
        self._database.execute("update parties set is_shown = 0 where code = ?", [code])


def _find_party(db: Database, condition: str, value: object) -> Party | None:
    row = next(db.query(f"select {_COLUMNS} from parties where {condition}", [value]), None)  # noqa: S608
    return None if row is None else Party.model_validate(row)


def _asking(db: Database, party_id: int, name: str, at: dt.datetime) -> Party:
    """The party of a request, put on the list where it is missing; a group that the bot had left asks anew."""
    party = _find_party(db, "id = ?", party_id)
    if party is None:
        db.execute(
            "delete from parties where standing = ? and asked_at < ?",
            [Standing.ASKING, timestamp(at - FORGOTTEN_AFTER)],
        )
        return _insert(db, party_id, name, at)
    if party.removed_at is not None and not party.is_barred:
        db.execute(
            "update parties set standing = :asking, role = :asker, decided_at = null, decided_by = '',"
            " removed_at = null, asked_at = :at, is_shown = case when standing = :asking then is_shown else 0 end"
            " where id = :id",
            {"asking": Standing.ASKING, "asker": Role.ASKER, "at": timestamp(at), "id": party_id},
        )
    return _rename(db, party_id, name)


def _insert(db: Database, party_id: int, name: str, at: dt.datetime) -> Party:
    row = {"id": party_id, "name": name, "standing": Standing.ASKING, "role": Role.ASKER, "code": _new_code(db)}
    db.execute(_INSERT, {**row, "asked_at": timestamp(at)})
    return _party(db, party_id)


def _rename(db: Database, party_id: int, name: str) -> Party:
    if name:
        db.execute("update parties set name = ? where id = ?", [name, party_id])
    return _party(db, party_id)


def _settle(db: Database, party_id: int, decision: AccessDecision) -> Party:
    db.execute(
        "update parties set standing = ?, role = ?, decided_by = ?, decided_at = ?, removed_at = null,"
        " answered_at = null where id = ?",
        [decision.standing, decision.role, decision.by, timestamp(decision.at), party_id],
    )
    return _party(db, party_id)


def _party(db: Database, party_id: int) -> Party:
    party = _find_party(db, "id = ?", party_id)
    assert party is not None  # noqa: S101 - written in the same transaction
    return party


def _new_code(db: Database) -> str:
    """A free code; a letter begins it, so that no code is taken for an id."""
    while True:
        code = secrets.choice(_FIRST) + "".join(secrets.choice(_ALPHABET) for _ in range(CODE_CHARS - 1))
        if _find_party(db, "code = ?", code) is None:
            return code


def _decide(db: Database, party: Party, decision: AccessDecision) -> str:
    """Decide on a request that waits; empty where it was decided on before."""
    if party.standing is not Standing.ASKING:
        return ""
    _settle(db, party.id, decision)
    return "new"


def _knock(db: Database, party: Party, at: dt.datetime) -> str:
    """Whether an attempt is answered, and the notice for the owners, as text to be noted."""
    is_answered = _is_due(db, party, "answered_at", at)
    return f"{'answered' if is_answered else 'ignored'} {_notice(db, party, at).name}"


def _request(party: Party, outcome: str) -> AccessRequest:
    answered, _, showing = outcome.partition(" ")
    return AccessRequest(party, answered == "answered", RequestNotice[showing])


def _is_due(db: Database, party: Party, column: str, at: dt.datetime) -> bool:
    """Whether an hourly act is due, and if so note its time; a time ahead of now, from a clock set back, is none."""
    changed = db.execute(
        f"update parties set {column} = :now where id = :id"  # noqa: S608
        f" and ({column} is null or {column} <= :before or {column} > :now)",
        {"id": party.id, "now": timestamp(at), "before": timestamp(at - ONCE_EVERY)},
    )
    return changed.rowcount > 0


def _notice(db: Database, party: Party, at: dt.datetime) -> RequestNotice:
    """The notice for the owners of a request that they were not shown yet."""
    (shown,) = db.execute(
        "select count(*) from parties where shown_at > ? and shown_at <= ?", [timestamp(at - ONCE_EVERY), timestamp(at)]
    ).fetchone()
    (is_shown,) = db.execute("select is_shown from parties where id = ?", [party.id]).fetchone()
    if party.standing is not Standing.ASKING or is_shown or shown > SHOWN_AN_HOUR:
        return RequestNotice.NOTHING
    if not _is_due(db, party, "shown_at", at):
        return RequestNotice.NOTHING
    db.execute("update parties set is_shown = 1 where id = ?", [party.id])
    return RequestNotice.REQUEST if shown < SHOWN_AN_HOUR else RequestNotice.CROWD


_NOTE_SHOWN = (
    "insert into requests_shown (code, chat_id, message_id) values (:code, :chat_id, :message_id)"
    " on conflict (chat_id, message_id) do update set code = excluded.code"
)
_INSERT = (
    "insert into parties (id, name, standing, role, code, asked_at, decided_by)"
    " values (:id, :name, :standing, :role, :code, :asked_at, '')"
)
