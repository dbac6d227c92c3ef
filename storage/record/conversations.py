"""Conversations in the log: the questions that a question may lean on, and the answer that an edit changes."""

import datetime as dt
from collections.abc import Sequence

from sqlite_utils import Database

from storage.database.connection import DeskDatabase
from storage.database.timestamps import timestamp
from storage.models import AskedQuestion, Thread

LATEST = 5
"""A person's latest questions that are looked at: thanks and greetings may stand between two of them."""
LONGEST = 8
"""How far a thread is followed back; the terms of what is older have lost their weight."""


class Conversations:
    """Conversations in the log, found by chat, topic, person and message; may be shared between threads."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def of_message(self, chat_id: int, message_id: int) -> Thread | None:
        """The thread up to the question that a message asks or replies to; None where none is on record."""
        with self._database.reading() as db:
            row = next(db.query(_OF_MESSAGE, {"chat_id": chat_id, "message_id": message_id}), None)
            return _thread(db, int(row["id"])) if row else None

    def recent(
        self, chat_id: int, thread_id: int | None, user_id: int, since: dt.datetime, message_id: int
    ) -> Sequence[Thread]:
        """A person's latest threads in a chat or topic since a time and before a message, the newest first."""
        place = {"chat_id": chat_id, "thread_id": thread_id, "user_id": user_id, "message_id": message_id}
        with self._database.reading() as db:
            rows = list(db.query(_RECENT, {**place, "since": timestamp(since), "most": LATEST}))
            return [_thread(db, int(row["id"])) for row in rows]

    def of(self, exchange_id: int) -> Thread:
        """The thread that an exchange ends."""
        with self._database.reading() as db:
            return _thread(db, exchange_id)

    def question_of(self, chat_id: int, message_id: int) -> AskedQuestion | None:
        """The last question of a message; None where it was no question."""
        with self._database.reading() as db:
            row = next(db.query(_ASKED, {"chat_id": chat_id, "message_id": message_id}), None)
        return AskedQuestion.model_validate(row) if row else None

    def note_reply(self, exchange_id: int, message_id: int) -> None:
        """Note the message that holds the reply of an exchange."""
        with self._database.writing(synced=False) as db:
            db.execute("update exchanges set reply_message_id = ? where id = ?", [message_id, exchange_id])


def _thread(db: Database, last: int) -> Thread:
    rows = list(db.query(_FOLLOWED, {"id": last, "longest": LONGEST}))
    if not rows:
        return Thread()
    questions = tuple(str(row["question"]) for row in reversed(rows))
    return Thread(last=last, asked_at=dt.datetime.fromisoformat(str(rows[0]["asked_at"])), questions=questions)


_OF_MESSAGE = (
    "select id from exchanges where chat_id = :chat_id and (message_id = :message_id or reply_message_id = :message_id)"
    " order by id desc limit 1"
)
_RECENT = (
    "select max(id) as id from exchanges where chat_id = :chat_id and thread_id is :thread_id and user_id = :user_id"
    " and asked_at >= :since and message_id < :message_id group by message_id order by message_id desc limit :most"
)
_ASKED = (
    "select id, question, reply_message_id from exchanges where chat_id = :chat_id and message_id = :message_id"
    " order by id desc limit 1"
)
_FOLLOWED = (
    "with recursive followed(id, asked_at, question, follows, place) as ("
    " select id, asked_at, question, follows, 1 from exchanges where id = :id"
    " union all select e.id, e.asked_at, e.question, e.follows, place + 1"
    " from exchanges e join followed on e.id = followed.follows where place < :longest"
    ") select asked_at, question from followed order by place"
)
