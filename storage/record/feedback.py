"""Feedback on answers: each person's thumb counts once, and can be changed and withdrawn."""

import datetime as dt
from typing import Literal

from sqlite_utils import Database

from storage.database.connection import DeskDatabase
from storage.database.idempotency import note, recall
from storage.models import Feedback, FeedbackReason, Thumb

Via = Literal["button", "reaction"]


class FeedbackBook:
    """Feedback in the database; one object may be shared between threads."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def of(self, exchange_id: int, user_id: int) -> Feedback | None:
        """A person's feedback on an answer, as it stands now."""
        with self._database.reading() as db:
            return _current(db, exchange_id, user_id)

    def press(self, exchange_id: int, user_id: int, thumb: Thumb, update_id: int | None = None) -> Feedback | None:
        """Take a thumb by a button, or withdraw the same thumb given before; returns the feedback now."""
        with self._database.writing() as db:
            if recall(db, update_id, "thumb") is None:
                _turn(db, exchange_id, user_id, thumb)
                note(db, update_id, "thumb", thumb)
            return _current(db, exchange_id, user_id)

    def react(self, exchange_id: int, user_id: int, thumb: Thumb | None) -> None:
        """Take a thumb by a reaction; None, for a reaction taken back, withdraws a thumb that came by reaction."""
        with self._database.writing() as db:
            current = _current(db, exchange_id, user_id)
            if thumb is None and current and current.via == "reaction":
                db.execute(_DELETE, (exchange_id, user_id))
            elif thumb and (current is None or current.thumb is not thumb):
                _write(db, exchange_id, _feedback(user_id, thumb, "reaction"))

    def explain(self, exchange_id: int, user_id: int, reason: FeedbackReason, note: str | None = None) -> None:
        """Take the reason of a thumb down, and a note in the person's own words; a thumb not down becomes so."""
        with self._database.writing() as db:
            current = _current(db, exchange_id, user_id)
            via = current.via if current and current.thumb is Thumb.DOWN else "button"
            given = _feedback(user_id, Thumb.DOWN, via)
            _write(db, exchange_id, given.model_copy(update={"reason": reason, "note": note}))


def _feedback(user_id: int, thumb: Thumb, via: Via) -> Feedback:
    return Feedback(user_id=user_id, thumb=thumb, via=via, given_at=dt.datetime.now(dt.UTC))


def _current(db: Database, exchange_id: int, user_id: int) -> Feedback | None:
    found = next(iter(db.query(_SELECT, (exchange_id, user_id))), None)
    return Feedback.model_validate(found) if found else None


def _turn(db: Database, exchange_id: int, user_id: int, thumb: Thumb) -> None:
    """Take a thumb, or withdraw it where the person gave the same before."""
    current = _current(db, exchange_id, user_id)
    if current and current.thumb is thumb:
        db.execute(_DELETE, (exchange_id, user_id))
    else:
        _write(db, exchange_id, _feedback(user_id, thumb, "button"))


def _write(db: Database, exchange_id: int, feedback: Feedback) -> None:
    values = {**feedback.model_dump(mode="json"), "exchange_id": exchange_id}
    db.execute(_DELETE, (exchange_id, feedback.user_id))
    db.execute(_INSERT, values)


_COLUMNS = ", ".join(Feedback.model_fields)
_SELECT = f"select {_COLUMNS} from feedback where exchange_id = ? and user_id = ?"  # noqa: S608
_DELETE = "delete from feedback where exchange_id = ? and user_id = ?"
_VALUES = ", ".join(f":{name}" for name in Feedback.model_fields)
_INSERT = (
    f"insert into feedback (exchange_id, {_COLUMNS}) select :exchange_id, {_VALUES}"  # noqa: S608
    " where exists (select 1 from exchanges where id = :exchange_id and not forgotten)"
)
