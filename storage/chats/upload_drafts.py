"""Upload drafts: documents that were read and wait for their sender's decision, across restarts, for a day."""

import datetime as dt
import json
import secrets
from collections.abc import Sequence

from retrieval.documents.models import Draft
from retrieval.models import Value
from storage.database.connection import DeskDatabase
from storage.database.timestamps import timestamp

WAITS = dt.timedelta(hours=24)
"""How long a draft waits."""
ID_BYTES = 9
"""Random bytes of a draft's id: nobody guesses the id of another chat's draft."""


class Repeat(Value):
    """An article that a draft repeats, as it was when its sender was told."""

    file: str
    sha256: str


class WaitingDraft(Value):
    """A document that waits for the decision of the person who sent it.

    Attributes:
        collection: Where the article goes; empty for the articles folder itself.
        repeats: The articles that it repeats, as far as the sender was told.
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
    """A random id for a draft."""
    return secrets.token_urlsafe(ID_BYTES)


class DraftBook:
    """Drafts in the database; may be shared between threads."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def put(self, waiting: WaitingDraft) -> None:
        """Keep a draft; of a draft kept before only the list of repeated articles changes."""
        row = {
            "id": waiting.id,
            "user_id": waiting.user_id,
            "chat_id": waiting.chat_id,
            "sent_at": timestamp(waiting.sent_at),
            "collection": waiting.collection,
            "shown": json.dumps([repeat.model_dump() for repeat in waiting.repeats]),
            "draft": _without_text(waiting.draft),
            "content": waiting.content,
        }
        self._database.execute(_PUT, row)

    def find(self, draft_id: str, now: dt.datetime) -> WaitingDraft | None:
        """The draft of an id; none where it was decided on, or has waited too long."""
        with self._database.reading() as db:
            row = next(db.query(_FIND, {"id": draft_id, "since": timestamp(now - WAITS)}), None)
        if row is None:
            return None
        repeats: Sequence[object] = json.loads(row.pop("shown"))
        draft = _with_text(row.pop("draft"), row["content"])
        return WaitingDraft.model_validate({**row, "repeats": repeats, "draft": draft})

    def remove(self, draft_id: str) -> None:
        """Delete a draft that was decided on."""
        self._database.execute("delete from drafts where id = ?", [draft_id])

    def count(self, user_id: int, now: dt.datetime) -> int:
        """Count the drafts that wait for a person."""
        found = self._database.row(_COUNT, {"user_id": user_id, "since": timestamp(now - WAITS)})
        return int(found[0])

    def sweep(self, now: dt.datetime) -> int:
        """Delete the drafts that have waited too long; returns how many."""
        return self._database.execute("delete from drafts where sent_at < ?", [timestamp(now - WAITS)])


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
