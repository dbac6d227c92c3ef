"""PostgreSQL says what SQLite says: the same searches, figures and notes; what differs is named here."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import NetworkError

from bot.delivery.current_update import CurrentUpdate, handling
from bot.delivery.group_commit import GroupCommit
from bot.delivery.sender import Answer, Sender
from bot.settings import read_settings
from storage.database.connection import DeskDatabase
from storage.delivery.in_flight import InFlightReplies
from storage.delivery.outbox import Outbox, ReplyKey
from storage.errors import DatabaseError, LeadershipLostError, SearchError
from storage.record.exchanges import ExchangeLog
from tests.storage.test_in_flight import ANSWER, opened
from tests.support.answers import exchange
from tests.support.desk import policydesk
from tests.support.postgres import postgres_database

TEXTS = (
    "Who signed the ship-locked deal?",
    "Signed, sealed: 3.5 ships and/or 20 boats (2024)",
    "Đà Nẵng đã gặp Phạm Minh Chính",
    "ベトナムとの署名式はいつ、日本のどこで行われましたか",
    "“Quoted” ships' crews' don't x_y e-mail@example.org",
    "Ships",
)
WORDS = (
    "ships",
    "signed",
    "who",
    "2024",
    "x",
    '"and or"',
    '"da nang"',
    "shi*",
    "日本",
    "署名式",
    "example",
    "boats",
    "3",
)
SEARCHES = st.recursive(
    st.sampled_from(WORDS),
    lambda inner: (
        st.tuples(inner, st.sampled_from([" ", " AND ", " OR ", " NOT "]), inner).map("".join)
        | inner.map("({})".format)
    ),
    max_leaves=5,
)
UNSURE = st.text(st.sampled_from('ab"():é ANDORT'), max_size=12)


@pytest.fixture
def other(postgres: str, tmp_path: Path) -> Iterator[DeskDatabase]:
    with postgres_database(postgres, tmp_path / "other") as opened:
        yield opened


@pytest.fixture
def logs(database: DeskDatabase, other: DeskDatabase) -> tuple[ExchangeLog, ExchangeLog]:
    """The same record on each."""
    both = ExchangeLog(database), ExchangeLog(other)
    for log in both:
        for question in TEXTS:
            log.record(exchange(question, "Ships of Aa." if "deal" in question else "Nothing."))
    return both


def said(log: ExchangeLog, search: str) -> list[str] | None:
    """What a search finds; none where it cannot be read."""
    try:
        return [found.question for found in log.history(search)]
    except SearchError:
        return None


@given(search=SEARCHES | UNSURE)
def test_a_search_finds_the_same_on_both(logs: tuple[ExchangeLog, ExchangeLog], search: str) -> None:
    on_file, on_server = (said(log, search) for log in logs)
    assert on_file == on_server, search


@pytest.mark.parametrize(
    "search",
    [
        "question : ships",
        "reply:ships",
        "question:(ships OR boats)",
        '"ships" + "of"',
        "question: sh*",
        "nobody : ships",
    ],
)
def test_a_search_in_one_column_finds_the_same_on_both(logs: tuple[ExchangeLog, ExchangeLog], search: str) -> None:
    on_file, on_server = (said(log, search) for log in logs)
    assert on_file == on_server


def test_the_counts_by_the_day_are_the_same_on_both(logs: tuple[ExchangeLog, ExchangeLog]) -> None:
    """The database keeps them itself, on each by triggers of its own."""
    for log in logs:
        for latency in (0.4, 99.7, 105.0, 255.0, 1_049.0, 12_345.6):
            log.record(exchange().model_copy(update={"latency_ms": latency}))
    tallies = ("outcomes", "chats", "latencies", "sources")
    found = [[_rows(log.database, f"select * from tally_{name} order by 1, 2") for name in tallies] for log in logs]  # noqa: S608
    assert found[0] == found[1]


def _rows(database: DeskDatabase, query: str) -> list[tuple[object, ...]]:
    with database.reading() as db:
        return list(db.execute(query).fetchall())


def test_a_reply_without_a_note_is_in_doubt_where_another_machine_may_have_sent_it(other: DeskDatabase) -> None:
    before = ExchangeLog(other).record(exchange().model_copy(update={"update_id": 5})).id
    other.end_serving()
    assert other.begin_serving()
    after = ExchangeLog(other).record(exchange().model_copy(update={"update_id": 6})).id
    assert [Outbox(other).recall(update, 1) for update in (5, 6)] == [None, None]
    assert _rows(other, "select id, in_doubt from exchanges order by id") == [(before, 1), (after, 0)]


def test_a_reply_that_was_refused_may_have_been_sent_since_by_another_machine(other: DeskDatabase) -> None:
    number = ExchangeLog(other).record(exchange().model_copy(update={"update_id": 5})).id
    Outbox(other).note_refusal(ReplyKey(5, 1, "sendMessage"))
    other.end_serving()
    assert other.begin_serving()
    assert Outbox(other).recall(5, 1) is None
    assert _rows(other, "select id, in_doubt from exchanges") == [(number, 1)]


class OutboxReader:
    """A Telegram that looks, at each reply, which ones the database has as sent."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database
        self.known: list[set[int]] = []

    async def __call__(self) -> Answer:
        with self._database.reading_afresh() as db:
            self.known.append({update for (update,) in db.execute("select update_id from outbox where state = 'sent'")})
        return {"message_id": 41}


async def test_a_reply_is_known_to_all_machines_before_the_next_is_sent_whatever_else_is_written(
    other: DeskDatabase, postgres: str
) -> None:
    import psycopg  # noqa: PLC0415 - needs the extra

    telegram, sender = OutboxReader(other), Sender(Outbox(other), opened(other.path), GroupCommit(other))

    async def say(update_id: int) -> None:
        with handling(CurrentUpdate(update_id, is_new=True)):
            await sender.say(telegram, ANSWER.method, chat_id=update_id)

    with closing(psycopg.connect(postgres)) as writer:
        writer.execute("select pg_advisory_xact_lock(730000)")
        await asyncio.gather(*map(say, (1, 2, 3)))
    assert telegram.known == [set(), {1}, {1, 2}]
    assert InFlightReplies(other.path).open() == []


async def test_a_reply_on_its_way_is_broken_off_when_another_machine_may_lead(
    other: DeskDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def hang() -> Answer:
        begun.set()
        try:
            return await asyncio.Future()
        finally:
            ended.set()

    async def lose_the_lead() -> None:
        await begun.wait()
        await asyncio.to_thread(other.end_serving)

    monkeypatch.setattr("bot.delivery.sender.ATTEMPTS", 1)
    sender = Sender(Outbox(other), opened(other.path), GroupCommit(other))
    with handling(CurrentUpdate(ANSWER.update_id, is_new=True)), pytest.raises(NetworkError):
        await asyncio.gather(sender.say(hang, ANSWER.method, chat_id=5), lose_the_lead())
    assert ended.is_set()
    assert _rows(other, "select state from outbox") == [("sending",)]


def test_one_of_two_machines_leads_and_the_other_takes_over(other: DeskDatabase, postgres: str, tmp_path: Path) -> None:
    from storage.database.postgres.database import PostgresDatabase  # noqa: PLC0415 - needs the extra

    with closing(PostgresDatabase(postgres, tmp_path / "second" / "desk.db")) as second:
        assert not second.begin_serving()
        assert (other.is_leading(), second.is_leading()) == (True, False)
        assert "stands by" in (second.standby_note() or "")
        other.end_serving()
        assert second.begin_serving()
        assert (other.is_leading(), second.is_leading()) == (False, True)


def test_a_session_that_was_lost_goes_on_unless_another_machine_has_led(
    other: DeskDatabase, postgres: str, tmp_path: Path
) -> None:
    """Whoever is cut off writes nothing more, once another machine has the lead."""
    from storage.database.postgres.database import PostgresDatabase  # noqa: PLC0415 - needs the extra

    _cut_off(other, postgres)
    ExchangeLog(other).record(exchange("Goes on"))
    assert other.is_leading()
    with closing(PostgresDatabase(postgres, tmp_path / "second" / "desk.db")) as second, other._lock:
        _cut_off(other, postgres)
        assert second.begin_serving()
        for _ in range(2):  # whoever tries again does so as somebody who has lost the lead
            with pytest.raises(LeadershipLostError):
                ExchangeLog(other).record(exchange("Too late"))
        with pytest.raises(LeadershipLostError):
            other.check_place()
        assert not other.is_leading()
        assert [found.question for found in ExchangeLog(second).history()] == ["Goes on"]


def _cut_off(database: DeskDatabase, address: str) -> None:
    """End the session of a database as the server does with one that was cut off."""
    import psycopg  # noqa: PLC0415 - needs the extra

    with database._lock:  # so that its beat does not come in between
        with database.writing() as db:
            (pid,) = db.execute("select pg_backend_pid()").fetchone()
        with closing(psycopg.connect(address, autocommit=True)) as server:
            server.execute("select pg_terminate_backend(%s, 5000)", [pid])
        with pytest.raises(DatabaseError), database.writing():
            pass


def test_whoever_reads_waits_for_nobody_who_writes(other: DeskDatabase, postgres: str) -> None:
    import psycopg  # noqa: PLC0415 - needs the extra

    def read() -> int:
        with other.reading() as db:
            return int(next(db.execute("select count(*) from ties"))[0])

    with closing(psycopg.connect(postgres)) as writer, ThreadPoolExecutor() as threads:
        writer.execute("select pg_advisory_xact_lock(730000)")
        waiting = threads.submit(ExchangeLog(other).record, exchange("Waits"))
        assert threads.submit(read).result(timeout=5) == 0
        assert not waiting.done()
        writer.rollback()
        assert waiting.result(timeout=5).id
    with other.writing() as db:
        db.execute("insert into ties (chat_id, topic_id, collection) values (1, 0, '')")
        assert read() == 1


def test_settings_take_the_address_for_the_database_and_mask_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYDESK_DATABASE", "postgresql://desk:opensesame@one,two/desk?target_session_attrs=any")
    monkeypatch.setenv("POLICYDESK_TELEGRAM_TOKEN", "1:a")
    settings = read_settings()
    assert settings.server is not None
    assert "opensesame" not in str(settings.server)
    assert "opensesame" in settings.secrets()
    assert settings.database.name == "policydesk.db"
    shown = policydesk("config").stdout
    assert "opensesame" not in shown
    assert "one,two/desk" in shown


def test_notes_go_on_after_one_that_the_server_refused(other: DeskDatabase) -> None:
    """Such as for a full disk, or a lock that another session held for too long."""
    assert other.notes is not None
    box, key = Outbox(other), ReplyKey(1, 1, "sendMessage")
    for _ in range(2):
        with pytest.raises(DatabaseError, match="division by zero"), other.notes.writing(synced=False) as db:
            db.execute("select 1 / 0")
    assert other.notes.write_together([partial(box.note_sent, key, 7)], synced=False) == [None]
    assert box.recall(1, 1) == (7,)


def test_a_server_that_is_not_there_is_one_line_with_the_cure(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    ended = policydesk("history", POLICYDESK_DATABASE=f"postgresql://nobody@/desk?host={tmp_path}")
    assert ended.returncode == 2
    assert "check that PostgreSQL runs and that POLICYDESK_DATABASE leads there" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_nothing_of_postgresql_is_loaded_where_it_is_not_asked_for() -> None:
    look = "import sys, bot.serving, bot.cli.history, bot.app; sys.exit('psycopg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0
