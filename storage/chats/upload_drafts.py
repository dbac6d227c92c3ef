"""Documents that were read and wait for their sender to decide; they outlive a restart, but not for long."""

import datetime as dt
import json
import secrets
from collections.abc import Sequence

from retrieval.documents.models import Draft
from retrieval.models import Value
from storage.database.connection import DeskDatabase
from storage.database.timestamps import stamp

KEPT = dt.timedelta(hours=24)
"""How long a draft waits."""
ID_BYTES = 9
"""How many random bytes name a draft: nobody guesses that of another chat."""


class Repeat(Value):
    """An article that a draft repeats, as it was when the sender was told of it."""

    file: str
    sha256: str


class WaitingDraft(Value):
    """A document that was read and not yet decided on.

    Attributes:
        id: What names it in the buttons.
        user_id: Who sent it, and decides.
        chat_id: Where it was sent.
        sent_at: When.
        collection: Where it goes; empty for the articles folder itself.
        repeats: The articles that it repeats, as far as the sender was told.
        draft: What was read.
        content: The document's bytes.
    """

    id: str
    user_id: int
    chat_id: int
    sent_at: dt.datetime
    collection: str
    repeats: tuple[Repeat, ...]
    draft: Draft
    content: bytes


def new_draft_id() -> str:
    """An id for a draft."""
    return secrets.token_urlsafe(ID_BYTES)


class DraftBook:
    """Drafts in the database; may be shared between threads."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def put(self, waiting: WaitingDraft) -> None:
        """Write a draft down, or what its sender was told of one that is there."""
        row = {
            "id": waiting.id,
            "user_id": waiting.user_id,
            "chat_id": waiting.chat_id,
            "sent_at": stamp(waiting.sent_at),
            "collection": waiting.collection,
            "shown": json.dumps([repeat.model_dump() for repeat in waiting.repeats]),
            "draft": _without_text(waiting.draft),
            "content": waiting.content,
        }
        with self._database.writing() as db:
            db.execute(_PUT, row)

    def find(self, draft_id: str, now: dt.datetime) -> WaitingDraft | None:
        """A draft that still waits."""
        with self._database.reading() as db:
            row = next(db.query(_FIND, {"id": draft_id, "since": stamp(now - KEPT)}), None)
        if row is None:
            return None
        repeats: Sequence[object] = json.loads(row.pop("shown"))
        draft = _with_text(row.pop("draft"), row["content"])
        return WaitingDraft.model_validate({**row, "repeats": repeats, "draft": draft})

    def remove(self, draft_id: str) -> None:
        """Forget a draft: it was decided on."""
        with self._database.writing() as db:
            db.execute("delete from drafts where id = ?", [draft_id])

    def count(self, user_id: int, now: dt.datetime) -> int:
        """How many drafts wait for somebody."""
        with self._database.reading() as db:
            found = db.execute(_COUNT, {"user_id": user_id, "since": stamp(now - KEPT)}).fetchone()
        return int(found[0])

    def sweep(self, now: dt.datetime) -> int:
        """Forget the drafts that have waited too long."""
        with self._database.writing() as db:
            return db.execute("delete from drafts where sent_at < ?", [stamp(now - KEPT)]).rowcount


def _without_text(draft: Draft) -> str:
    """A draft as JSON, without its text where that is the document itself."""
    return draft.model_dump_json(exclude={"text"} if draft.unit is None else set())


def _with_text(draft: str, content: bytes) -> Draft:
    fields = json.loads(draft)
    return Draft.model_validate({"text": content.decode(), **fields} if fields["unit"] is None else fields)


_PUT = (
    "insert into drafts (id, user_id, chat_id, sent_at, collection, shown, draft, content)"
    " values (:id, :user_id, :chat_id, :sent_at, :collection, :shown, :draft, :content)"
    " on conflict (id) do update set shown = excluded.shown"
)
_FIND = "select * from drafts where id = :id and sent_at >= :since"
_COUNT = "select count(*) from drafts where user_id = :user_id and sent_at >= :since"
