"""Log and verdicts belong together: no verdict ever stands on another question, whatever was put back."""

import datetime as dt
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.database.backups import UNKNOWN_IDS, back_up, restore
from storage.database.connection import DeskDatabase
from storage.database.migrations import MIGRATIONS
from storage.database.verdict_migrations import VERDICT_MIGRATIONS, verdicts_beside
from storage.errors import DatabaseError
from storage.record.exchanges import ExchangeLog
from storage.verdicts.book import VerdictBook, pair_verdicts, verdicts_on
from storage.verdicts.models import Ruling, SecondReview, Verdict
from tests.support.answers import exchange, filled
from tests.support.desk import policydesk

_ASKED = (
    "insert into exchanges (asked_at, channel, question, kind, outcome, confidence, reply, latency_ms, library)"
    " values (?, 'cli', 'Who?', 'who', 'answered', 0.5, 'Kishi.', 1.5, 'a')"
)
_JUDGED = (
    "insert into verdicts (exchange_id, reviewer, verdict, note, given_at)"
    " values (?, 'Ada', 'right', ?, '2026-11-22T05:00:00.000Z')"
)
NOW = dt.datetime(2026, 11, 22, 5, 0, tzinfo=dt.UTC)


def judge(log: Path, number: int, note: str) -> None:
    """Give a verdict as a reviewer does who sees the exchange."""
    with closing(DeskDatabase(log)) as database:
        found = ExchangeLog(database).find(number)
        assert found is not None
        with closing(VerdictBook(database)) as book:
            ruling, uid = Ruling.WRONG, found.uid
            book.give(
                Verdict(exchange_id=number, exchange_uid=uid, reviewer="A", verdict=ruling, note=note, given_at=NOW)
            )
            book.ask_second(SecondReview(exchange_id=number, exchange_uid=uid, asked_by="A", asked_at=NOW))


def notes(log: Path) -> list[str]:
    with closing(DeskDatabase(log)) as database:
        return [verdict.note for verdict in verdicts_on(database)]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = filled(tmp_path / "desk.db", "one", "two")
    judge(path, 2, "on two")
    return path


def later(log: Path) -> None:
    """What happens after a backup: another question, with a verdict."""
    filled(log, "three")
    judge(log, 3, "on three")


def test_log_and_verdicts_are_copied_and_put_back_together(log: Path, tmp_path: Path) -> None:
    """In one file; what was there is kept beside, of both."""
    made = back_up(log, tmp_path / "copy.db")
    assert (made.count("exchanges"), made.count("verdicts")) == (2, 1)
    later(log)
    restored = restore(tmp_path / "copy.db", log, NOW)
    assert (restored.inspection.count("exchanges"), restored.inspection.count("verdicts")) == (2, 1)
    assert notes(log) == ["on two"]
    assert restored.replaced_verdicts == tmp_path / "desk.verdicts.db.20261122T050000Z.replaced"
    with closing(sqlite3.connect(restored.replaced_verdicts)) as kept:
        assert kept.execute("select note from verdicts order by id").fetchall() == [("on two",), ("on three",)]
    with closing(sqlite3.connect(log)) as raw:
        assert "backup_verdicts" not in {name for (name,) in raw.execute("select name from sqlite_master")}
    assert b"on two" not in log.read_bytes()


def test_no_id_is_given_twice_after_a_backup_was_put_back(log: Path, tmp_path: Path) -> None:
    """Where the database before it is lost, far above whatever it may have given."""
    back_up(log, tmp_path / "copy.db")
    later(log)
    restore(tmp_path / "copy.db", log, NOW)
    filled(log, "four")
    back_up(log, tmp_path / "copy.db", force=True)
    restore(tmp_path / "copy.db", tmp_path / "elsewhere.db", NOW)
    filled(tmp_path / "elsewhere.db", "five")
    for path, last in ((log, 4), (tmp_path / "elsewhere.db", 4 + UNKNOWN_IDS + 1)):
        with closing(DeskDatabase(path)) as database:
            assert ExchangeLog(database).history()[0].id == last


def test_a_backup_from_before_there_were_verdicts_has_none(tmp_path: Path) -> None:
    path = filled(tmp_path / "desk.db", "one")
    back_up(path, tmp_path / "copy.db")
    judge(path, 1, "on one")
    assert restore(tmp_path / "copy.db", path, NOW).replaced_verdicts is not None
    assert not verdicts_beside(path).exists()


def test_verdicts_that_a_reviewer_has_open_are_not_replaced(log: Path, tmp_path: Path) -> None:
    """Nor is the log then: both or neither."""
    back_up(log, tmp_path / "copy.db")
    later(log)
    with closing(DeskDatabase(verdicts_beside(log), VERDICT_MIGRATIONS)), pytest.raises(DatabaseError, match="in use"):
        restore(tmp_path / "copy.db", log, NOW)
    assert notes(log) == ["on two", "on three"]


def test_damaged_verdicts_are_not_backed_up_or_put_back(log: Path, tmp_path: Path) -> None:
    back_up(log, tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as raw, raw:
        raw.execute("update backup_verdicts set content = substr(content, 1, length(content) - 5000)")
    with pytest.raises(DatabaseError, match=r"damaged|malformed"):
        restore(tmp_path / "copy.db", log, NOW)
    verdicts_beside(log).write_bytes(verdicts_beside(log).read_bytes()[:-9000])
    with pytest.raises(DatabaseError, match=r"damaged|malformed"):
        back_up(log, tmp_path / "other.db")
    assert not (tmp_path / "other.db").exists()


def test_a_log_that_was_put_back_alone_takes_no_verdict_of_another(log: Path, tmp_path: Path) -> None:
    """By hand, with the same numbers given again; a mismatch is said at start and by the doctor."""
    with closing(DeskDatabase(log)):
        pass
    shutil.copy(log, tmp_path / "by-hand.db")
    later(log)
    shutil.copy(tmp_path / "by-hand.db", log)
    with closing(DeskDatabase(log)) as database:
        assert ExchangeLog(database).record(exchange("another")).id == 3
    examined = policydesk("doctor", POLICYDESK_DATABASE=str(log), POLICYDESK_TELEGRAM_URL="http://127.0.0.1:9")
    assert f"look at  verdicts     1 in {verdicts_beside(log)} are on no exchange" in examined.stdout
    assert notes(log) == ["on two"]
    with closing(DeskDatabase(log)) as database:
        assert pair_verdicts(database) == 1
    with closing(sqlite3.connect(verdicts_beside(log))) as raw:
        assert raw.execute("select exchange_id, reviewers from reviewed").fetchall() == [(2, 1)]
        assert raw.execute("select exchange_id from second_reviews").fetchall() == [(2,)]


def test_verdicts_come_back_with_the_log_that_they_are_on(log: Path, tmp_path: Path) -> None:
    """Nothing is lost by putting the wrong one back."""
    shutil.copy(log, tmp_path / "before.db")
    later(log)
    shutil.copy(log, tmp_path / "after.db")
    for name, expected in (("before.db", ["on two"]), ("after.db", ["on two", "on three"])):
        shutil.copy(tmp_path / name, log)
        assert notes(log) == expected


def test_what_was_judged_before_exchanges_had_unique_ids_keeps_its_verdict_unless_asked_later(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    old = Database(path)
    MIGRATIONS.apply(old, stop_before="0014_uids")
    for day in ("01", "30"):
        old.execute(_ASKED, [f"2026-11-{day}T00:00:00.000Z"])
    old.conn.commit()
    old.close()
    shutil.copy(path, tmp_path / "twin.db")
    book = Database(verdicts_beside(path))
    VERDICT_MIGRATIONS.apply(book, stop_before="0002_uids")
    for number in (1, 2):
        book.execute(_JUDGED, [number, f"on {number}"])
    book.conn.commit()
    book.close()
    examined = policydesk("doctor", POLICYDESK_DATABASE=str(path), POLICYDESK_TELEGRAM_URL="http://127.0.0.1:9")
    assert "1 in " in examined.stdout
    for each in (path, tmp_path / "twin.db"):
        DeskDatabase(each).close()
    assert notes(path) == ["on 1"]
    uids = [
        sqlite3.connect(each).execute("select uid from exchanges").fetchall() for each in (path, tmp_path / "twin.db")
    ]
    assert uids[0] == uids[1]
    assert len(set(uids[0])) == 2
