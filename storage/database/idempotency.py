"""Idempotency keys: an effect of an update is noted in its own transaction, and found when the update comes again."""

from sqlite_utils import Database


def recall(db: Database, update_id: int | None, name: str) -> str | None:
    """Return the value noted for an update's effect; None where the effect is not noted, or the update not known."""
    if update_id is None:
        return None
    row = db.execute("select value from effects where update_id = ? and name = ?", (update_id, name)).fetchone()
    return None if row is None else str(row[0])


def note(db: Database, update_id: int | None, name: str, value: str) -> str:
    """Note the value of an update's effect, in the transaction of the effect; without an update nothing is noted."""
    if update_id is not None:
        db.execute(_NOTE, (update_id, name, value))
    return value


_NOTE = (
    "insert into effects (update_id, name, value) values (?, ?, ?)"
    " on conflict (update_id, name) do update set value = excluded.value"
)
