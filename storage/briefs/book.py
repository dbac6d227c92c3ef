"""Briefs: the plan of each by its exchange, which of them are saved, and the brief that each renews."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVarTuple

from prompts.composition.brief import BriefPlan
from storage.briefs.open_questions import UnansweredQuestion
from storage.database.connection import DeskDatabase
from storage.database.timestamps import timestamp

Arguments = TypeVarTuple("Arguments")


class BriefOnRecord(NamedTuple):
    """A brief as recorded: exchange, plan, open questions, the brief renewed, and the time of saving, if saved."""

    exchange_id: int
    made_at: dt.datetime
    plan: BriefPlan
    open_questions: tuple[UnansweredQuestion, ...]  # without those that were forgotten since
    renews: int | None
    saved_at: dt.datetime | None
    draft: BriefPlan  # with the choices made for the next document; the plan where none were made


class SavedBrief(NamedTuple):
    """A saved brief, by its exchange, as a list names it."""

    exchange_id: int
    topic: str
    saved_at: dt.datetime


class BriefBook:
    """Briefs in the database; may be shared between threads. They are forgotten with their exchange."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def add(
        self, exchange_id: int, plan: BriefPlan, questions: Sequence[UnansweredQuestion], renews: int | None = None
    ) -> None:
        """Keep the plan of a brief, once, and the open questions that it names by their exchanges."""
        with self._database.writing() as db:
            db.execute(_ADD, (exchange_id, plan.topic, plan.model_dump_json(), renews, exchange_id))
            rows = [(exchange_id, each.exchange_id, each.times, each.exchange_id) for each in questions]
            db.conn.executemany(_ADD_QUESTION, rows)

    def choose(
        self, exchange_id: int, change: Callable[[BriefPlan, *Arguments], BriefPlan], *arguments: *Arguments
    ) -> BriefPlan | None:
        """Change the choices for the next document of a brief; returns them, or none where there is no such brief."""
        with self._database.writing() as db:
            row = db.execute(
                "select coalesce(draft, plan) from briefs where exchange_id = ?", (exchange_id,)
            ).fetchone()
            if row is None:
                return None
            draft = change(BriefPlan.model_validate_json(row[0]), *arguments)
            db.execute("update briefs set draft = ? where exchange_id = ?", (draft.model_dump_json(), exchange_id))
        return draft

    def save(self, exchange_id: int, at: dt.datetime | None) -> None:
        """Save a brief, to be renewed later; None to save it no longer."""
        self._database.execute(
            "update briefs set saved_at = ? where exchange_id = ?", (at and timestamp(at), exchange_id)
        )

    def pass_on(self, earlier: int, later: int) -> None:
        """Have a brief that renews a saved one be saved in its stead."""
        with self._database.writing() as db:
            db.execute(_SAVE_INSTEAD, (earlier, later))
            db.execute("update briefs set saved_at = null where exchange_id = ?", (earlier,))

    def find(self, exchange_id: int) -> BriefOnRecord | None:
        """The brief of an exchange; none where there is none, or it was forgotten."""
        with self._database.reading() as db:
            row = db.execute(_FIND, (exchange_id,)).fetchone()
            asked = db.execute(_QUESTIONS, (exchange_id,)).fetchall()
        if row is None:
            return None
        saved_at = dt.datetime.fromisoformat(row[2]) if row[2] else None
        questions = tuple(UnansweredQuestion(*each) for each in asked)
        plan = BriefPlan.model_validate_json(row[0])
        draft = BriefPlan.model_validate_json(row[3]) if row[3] else plan
        made_at = dt.datetime.fromisoformat(row[4])
        return BriefOnRecord(exchange_id, made_at, plan, questions, row[1], saved_at, draft)

    def newest(self, limit: int = 30) -> list[SavedBrief]:
        """The newest briefs, saved or not, with the time at which each was made."""
        rows = self._database.rows(_NEWEST, (limit,))
        return [SavedBrief(number, topic, dt.datetime.fromisoformat(made_at)) for number, topic, made_at in rows]

    def saved(self, limit: int = 100) -> list[SavedBrief]:
        """The saved briefs, the last saved first."""
        rows = self._database.rows(_SAVED, (limit,))
        return [SavedBrief(number, topic, dt.datetime.fromisoformat(saved_at)) for number, topic, saved_at in rows]


_ADD = (
    "insert into briefs (exchange_id, topic, plan, renews)"
    " select ?, ?, ?, ? from exchanges where id = ? and not forgotten on conflict (exchange_id) do nothing"
)
_ADD_QUESTION = (
    "insert into brief_questions (exchange_id, asked_id, times)"
    " select ?, ?, ? from exchanges where id = ? and not forgotten on conflict (exchange_id, asked_id) do nothing"
)
_SAVE_INSTEAD = (
    "update briefs set saved_at = (select saved_at from briefs as earlier where earlier.exchange_id = ?)"
    " where exchange_id = ? and saved_at is null"
)
_FIND = (
    "select plan, renews, saved_at, draft, asked_at from briefs join exchanges on exchanges.id = exchange_id"
    " where exchange_id = ? and not forgotten"
)
_QUESTIONS = (
    "select asked_id, question, times from brief_questions join exchanges on exchanges.id = asked_id"
    " where exchange_id = ? and not forgotten order by times desc, asked_id desc"
)
_NEWEST = (
    "select exchange_id, topic, asked_at from briefs join exchanges on exchanges.id = exchange_id"
    " where not forgotten order by exchange_id desc limit ?"
)
_SAVED = (
    "select exchange_id, topic, saved_at from briefs where saved_at is not null"
    " order by saved_at desc, exchange_id desc limit ?"
)
