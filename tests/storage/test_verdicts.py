"""Verdicts of reviewers have a book of their own: only added to, the newest of each reviewer counts."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from storage.database.connection import DeskDatabase
from storage.database.verdict_migrations import verdicts_beside
from storage.errors import DatabaseError
from storage.record.exchanges import ExchangeLog
from storage.record.people import PeopleRecord
from storage.verdicts.book import VerdictBook
from storage.verdicts.models import BetterQuote, Ruling, SecondReview, Verdict
from tests.support.review_site import whale_exchange

pytestmark = pytest.mark.both_dialects
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
BETTER = BetterQuote(file="asia/oil.txt", start=10, end=31, quote="Oil ended at $66.")


def verdict(ruling: Ruling = Ruling.RIGHT, reviewer: str = "Ada", exchange_id: int = 1, note: str = "") -> Verdict:
    return Verdict(exchange_id=exchange_id, reviewer=reviewer, verdict=ruling, note=note, given_at=NOON)


@pytest.fixture
def book(database: DeskDatabase) -> Iterator[VerdictBook]:
    with closing(VerdictBook(database)) as opened:
        yield opened


def test_what_is_given_comes_back_equal(book: VerdictBook) -> None:
    """A verdict with a better quote and a note is kept as it was given."""
    given = verdict(Ruling.PARTLY, note="The figure is right, the year is not.").model_copy(update={"better": BETTER})
    book.give(given)
    assert book.of(1) == [given]


def test_the_newest_of_each_reviewer_counts(book: VerdictBook) -> None:
    """Who changes their mind is counted once; two reviewers are counted twice; nothing is overwritten."""
    for given in (verdict(), verdict(Ruling.WRONG, "Ben"), verdict(Ruling.WRONG), verdict(exchange_id=2)):
        book.give(given)
    assert book.of(1) == [verdict(Ruling.WRONG, "Ben"), verdict(Ruling.WRONG)]
    assert book.newest() == [verdict(Ruling.WRONG, "Ben"), verdict(Ruling.WRONG), verdict(exchange_id=2)]


def test_earlier_verdicts_stay_in_the_database(book: VerdictBook, database: DeskDatabase) -> None:
    """The book is only added to, so that it can be seen who said what before."""
    book.give(verdict())
    book.give(verdict(Ruling.WRONG))
    with closing(database.open_verdicts()) as raw, raw.reading() as db:
        assert db.execute("select verdict from verdicts order by id").fetchall() == [("right",), ("wrong",)]
        assert db.execute("select * from reviewed").fetchall() == [(1, 1, 1)]


def test_a_second_reviewer_is_asked_for_once(book: VerdictBook) -> None:
    """The first request stands, whoever asks again."""
    book.ask_second(SecondReview(exchange_id=1, asked_by="Ada", asked_at=NOON))
    book.ask_second(SecondReview(exchange_id=1, asked_by="Ben", asked_at=NOON))
    assert book.second_review(1) == SecondReview(exchange_id=1, asked_by="Ada", asked_at=NOON)
    assert book.second_review(2) is None


def test_what_the_log_forgot_is_forgotten_here(book: VerdictBook) -> None:
    """All that was said of a forgotten exchange is deleted, and nothing else."""
    for number in (1, 2):
        book.give(verdict(exchange_id=number, note="He asked of his own case."))
        book.ask_second(SecondReview(exchange_id=number, asked_by="Ada", asked_at=NOON))
    book.forget([1])
    assert (book.of(1), book.second_review(1)) == ([], None)
    assert [given.exchange_id for given in book.newest()] == [2]
    assert book.second_review(2)


def test_a_person_who_is_forgotten_is_forgotten_in_notes_too(log: ExchangeLog) -> None:
    """`/forget` takes out what reviewers wrote about somebody's questions, and leaves no trace of it in the file."""
    mine, yours = (log.record(exchange).id or 0 for exchange in (whale_exchange(chat=5), whale_exchange(chat=6)))
    with closing(VerdictBook(log.database)) as book:
        for number in (mine, yours):
            book.give(verdict(exchange_id=number, note=f"Secret-{number}-note"))
        PeopleRecord(log.database).forget(5)
        assert [given.exchange_id for given in book.newest()] == [yours]
    if not log.database.is_file:
        return
    path = verdicts_beside(log.database.path)
    files = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    assert (f"Secret-{mine}-note".encode() in files, f"Secret-{yours}-note".encode() in files) == (False, True)


def test_two_reviewers_at_once_lose_nothing(database: DeskDatabase) -> None:
    """Two programs write verdicts at the same time, and all are kept."""
    books = closing(VerdictBook(database)), closing(VerdictBook(database))
    with books[0] as one, books[1] as other, ThreadPoolExecutor(2) as threads:
        for number in range(20):
            threads.submit(one.give, verdict(exchange_id=number))
            threads.submit(other.give, verdict(reviewer="Ben", exchange_id=number))
        threads.shutdown()
        assert len(one.newest()) == 40


@pytest.mark.sqlite_only
def test_a_log_is_not_taken_for_a_book(database: DeskDatabase) -> None:
    """A database of something else is refused and stays as it was."""
    DeskDatabase(verdicts_beside(database.path)).close()
    with pytest.raises(DatabaseError, match="policydesk"):
        VerdictBook(database)


def test_the_book_stands_beside_the_log() -> None:
    """Its name is that of the log, with what it holds."""
    assert verdicts_beside(Path("a/desk.db")) == Path("a/desk.verdicts.db")
