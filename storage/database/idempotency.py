"""What may happen only once for an update, however often it is worked off: done and noted in one transaction."""

from collections.abc import Callable

from sqlite_utils import Database


def run_once(db: Database, update_id: int | None, name: str, act: Callable[[], str]) -> str:
    """Do something unless it was done for this update before."""
    if update_id is None:
        return act()
    noted = recalled(db, update_id, name)
    if noted is not None:
        return noted
    value = act()
    note(db, update_id, name, value)
    return value


def recalled(db: Database, update_id: int, name: str) -> str | None:
    """What came of something that was done for an update; None where it was not done."""
    row = db.execute("select value from effects where update_id = ? and name = ?", (update_id, name)).fetchone()
    return None if row is None else str(row[0])


def note(db: Database, update_id: int, name: str, value: str) -> None:
    """Note what came of something that is done for an update in the same transaction."""
    db.execute("insert or replace into effects (update_id, name, value) values (?, ?, ?)", (update_id, name, value))
