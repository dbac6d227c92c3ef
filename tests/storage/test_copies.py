"""A record moves between SQLite and PostgreSQL row by row, and a copy for review follows it."""

import datetime as dt
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Migrations

from storage.database.connection import DeskDatabase
from storage.database.migrations import MIGRATIONS
from storage.database.postgres.copying import FULL_TEXT, record_tables
from storage.database.verdict_migrations import VERDICT_MIGRATIONS
from storage.delivery.inbox import Inbox, IncomingUpdate
from storage.models import Thumb
from storage.record.exchanges import ExchangeLog
from storage.record.feedback import FeedbackBook
from storage.record.people import PeopleRecord
from storage.verdicts.book import VerdictBook
from storage.verdicts.models import Ruling, SecondReview, Verdict
from tests.support.answers import exchange
from tests.support.desk import policydesk
from tests.support.postgres import postgres_database

NOW = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)


def judge(database: DeskDatabase, number: int, reviewer: str = "Ada") -> None:
    """Give a verdict, ask for another and save a filter."""
    with closing(VerdictBook(database)) as book:
        book.give(Verdict(exchange_id=number, reviewer=reviewer, verdict=Ruling.WRONG, note="No.", given_at=NOW))
        book.ask_second(SecondReview(exchange_id=number, asked_by="Ada", asked_at=NOW))
        book.save_filter("Ada", "Wrong ones", "?verdict=wrong")


@pytest.fixture
def source(database: DeskDatabase) -> DeskDatabase:
    """A record with something in most tables, of a person who was forgotten too."""
    log = ExchangeLog(database)
    for person in (7, 8):
        for question in ("Who? ベトナム", "End\0"):
            asked = {"user_id": person, "chat_id": person, "user_name": f"Aiko {person}"}
            number = log.record(exchange(question, quotes=("a", "b")).model_copy(update=asked)).id
            FeedbackBook(database).press(number or 0, person, Thumb.UP)
    judge(database, 1)
    Inbox(database).put([IncomingUpdate(update_id=1, chat_id=7, user_id=7, content="{}")], NOW)
    PeopleRecord(database).forget(8)
    return database


Content = dict[str, list[tuple[str, ...]]]


def content(database: DeskDatabase) -> Content:
    """All rows of all tables, of the verdicts too, and the counts that the database keeps itself."""
    with closing(database.open_verdicts()) as book:
        tallies = ("tally_outcomes", "tally_latencies", "tally_sources")
        return _rows(database, MIGRATIONS, *tallies) | _rows(book, VERDICT_MIGRATIONS)


def _rows(database: DeskDatabase, migrations: Migrations, *more: str) -> Content:
    tables = [(table.name, ", ".join(f"[{name}]" for name in table.columns)) for table in record_tables(migrations)]
    tables += [(name, "*") for name in more]
    with database.reading() as db:
        return {
            name: sorted(
                tuple(str(value).replace("\0", "\ufffd") for value in row)
                for row in db.execute(f"select {columns} from {name}")  # noqa: S608 - our own names
                if not name.startswith("tally") or row[-1]
            )
            for name, columns in tables
        }


def test_a_record_moves_to_postgresql_and_back_and_each_row_is_the_same(
    source: DeskDatabase, postgres: str, tmp_path: Path
) -> None:
    there, back = tmp_path / "there", tmp_path / "back.db"
    with postgres_database(postgres, there) as target:
        target.end_serving()
        moved = policydesk("record", "move", str(source.path), postgres)
        assert (moved.returncode, moved.stderr) == (0, "")
        assert "Moved and verified" in moved.stdout
        assert content(target) == content(source)
        ExchangeLog(target).record(exchange("Next"))
        FeedbackBook(target).press(5, 9, Thumb.DOWN)
        judge(target, 1, "Ben")
        assert policydesk("record", "move", postgres, str(back)).returncode == 0
        with closing(DeskDatabase(back)) as again:
            assert content(again) == content(target)
            assert [found.question for found in ExchangeLog(again).history("ベトナム")] == ["Who? ベトナム"]


def test_a_copy_that_was_cut_short_goes_on(source: DeskDatabase, postgres: str, tmp_path: Path) -> None:
    with postgres_database(postgres, tmp_path / "there") as target:
        target.end_serving()
        policydesk("record", "move", str(source.path), postgres)
        with target.writing() as db:
            db.execute("delete from citations where number = 2")
            db.execute("update feedback set thumb = 'down'")
        again = policydesk("record", "move", str(source.path), postgres)
        assert "Moved and verified: 6 rows written" in again.stdout
        assert content(target) == content(source)


def test_a_copy_for_review_follows_the_record_and_forgets_with_it(postgres: str, tmp_path: Path) -> None:
    copy, address = tmp_path / "copy.db", {"POLICYDESK_DATABASE": postgres}
    with postgres_database(postgres, tmp_path / "there") as source:
        asked = {"user_id": 7, "chat_id": 7}
        ExchangeLog(source).record(exchange("Who signed xylophone?").model_copy(update=asked))
        judge(source, 1)
        assert policydesk("record", "ship", str(copy), **address).returncode == 0
        assert "xylophone" in policydesk("history", POLICYDESK_DATABASE=str(copy)).stdout
        PeopleRecord(source).forget(7)
        assert policydesk("record", "ship", str(copy), **address).returncode == 0
        with closing(DeskDatabase(copy)) as shipped:
            assert content(shipped) == content(source)
            with shipped.reading() as db:
                assert db.execute(f"select question from {FULL_TEXT}").fetchall() == [("",)]  # noqa: S608 - our own
        assert b"xylophone" not in copy.read_bytes()


def test_a_record_is_not_moved_while_a_bot_serves_from_it(
    database: DeskDatabase, postgres: str, tmp_path: Path
) -> None:
    with postgres_database(postgres, tmp_path / "there"):
        refused = policydesk("record", "move", str(database.path), postgres)
    assert refused.returncode == 2
    assert "A bot serves from the database: stop it first." in refused.stderr
