"""Every exchange is on record for good: it comes back equal, can be searched, and no database is ever written over."""

import datetime as dt
import os
import sqlite3
import stat
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlite_utils import Database

import storage.database.connection
from storage.database.connection import DeskDatabase
from storage.database.migrations import MIGRATIONS
from storage.errors import DatabaseError, SearchError
from storage.models import Exchange, LoggedExchange
from storage.record.exchanges import ExchangeLog
from storage.record.people import PeopleRecord
from tests.support.answers import exchange

pytestmark = pytest.mark.both_dialects

COLUMNS = {
    "exchanges": "id asked_at channel chat_id user_id message_id update_id question kind outcome confidence reply"
    " latency_ms library version thread_id follows replaces reply_message_id more_of forgotten in_doubt weights uid",
    "citations": "exchange_id number file line start end quote score sha256 title date publisher url original",
    "feedback": "id exchange_id user_id thumb reason note via given_at",
}


@pytest.fixture(autouse=True)
def _nobody_waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.database.connection, "BUSY_SECONDS", 0.05)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "policydesk.db"


@contextmanager
def opened(path: Path) -> Iterator[ExchangeLog]:
    """The log in a database file, for as long as the context is open."""
    with closing(DeskDatabase(path)) as database:
        yield ExchangeLog(database)


@pytest.fixture
def raw(log: ExchangeLog) -> Iterator[sqlite3.Connection]:
    """Another program's view of the log."""
    with closing(sqlite3.connect(log.database.path)) as connection:
        yield connection


def found(log: ExchangeLog, search: str) -> list[str]:
    return [logged.question for logged in log.history(search)]


# --- what is recorded comes back


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(question=TEXTS, reply=TEXTS, quotes=st.lists(TEXTS, max_size=3).map(tuple))
@example(question="\0", reply="a\0b", quotes=("\0",))
@example(question="🙂 'quoted' \"twice\"; drop table exchanges --", reply="Phạm\r\n\u2028", quotes=("%s ? :question",))
def test_what_is_recorded_comes_back_equal(
    log: ExchangeLog, question: str, reply: str, quotes: tuple[str, ...]
) -> None:
    given_ = log.record(exchange(question, reply, quotes))
    if type(log.database) is not DeskDatabase:  # PostgreSQL cannot hold the character NUL, which is replaced
        question, reply, *held = (
            text.replace("\0", "\N{REPLACEMENT CHARACTER}") for text in (question, reply, *quotes)
        )
        given_ = exchange(question, reply, tuple(held)).model_copy(update={"id": given_.id, "uid": given_.uid})
    (logged,) = log.history(limit=1)
    same = set(Exchange.model_fields) & set(LoggedExchange.model_fields)
    assert {name: getattr(logged, name) for name in same} == {name: getattr(given_, name) for name in same}
    assert (logged.question, logged.kind, logged.outcome, logged.confidence) == (question, "who", "answered", 0.75)
    kept = ("number", "file", "line", "start", "end", "quote", "score", "sha256")
    cited = given_.answer.citations
    assert [[getattr(c, n) for n in kept] for c in logged.citations] == [[getattr(c, n) for n in kept] for c in cited]


def test_the_newest_exchange_comes_first_and_only_as_many_as_asked_for(log: ExchangeLog) -> None:
    for number in range(5):
        log.record(exchange(f"Question {number}"))
    assert [logged.question for logged in log.history(limit=3)] == ["Question 4", "Question 3", "Question 2"]


def test_an_exchange_that_cannot_be_recorded_leaves_nothing_of_it(log: ExchangeLog) -> None:
    with pytest.raises(UnicodeEncodeError):
        log.record(exchange("Fine", quotes=("fine", "\ud800")))
    assert log.history() == []


@pytest.mark.sqlite_only
def test_the_time_is_kept_in_utc_and_reads_as_iso_8601(log: ExchangeLog, raw: sqlite3.Connection) -> None:
    tokyo = dt.datetime(2025, 4, 28, 18, 30, 15, 125_000, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    log.record(exchange().model_copy(update={"asked_at": tokyo}))
    assert raw.execute("select asked_at from exchanges").fetchall() == [("2025-04-28T09:30:15.125Z",)]


# --- the schema and its settings are relied on from outside


@pytest.mark.parametrize("table", COLUMNS)
@pytest.mark.sqlite_only
def test_tables_and_columns_have_the_names_relied_on_from_outside(raw: sqlite3.Connection, table: str) -> None:
    columns = [row[1] for row in raw.execute(f"pragma table_info({table})")]
    assert columns == COLUMNS[table].split()


@pytest.mark.sqlite_only
def test_a_blank_database_gets_every_migration(log: ExchangeLog, raw: sqlite3.Connection) -> None:
    applied = raw.execute("select migration_set, name from _sqlite_migrations order by id").fetchall()
    assert applied[0] == ("policydesk", "0001_exchanges")
    assert [name for _, name in applied] == [migration.name for migration in MIGRATIONS.applied(log.database._db)]
    assert MIGRATIONS.pending(log.database._db) == []


def test_a_log_of_the_first_version_is_brought_up_to_date_with_all_that_is_in_it(path: Path) -> None:
    old = Database(path)
    MIGRATIONS.apply(old, stop_before="0005_people_and_collections")
    old.execute(
        "insert into exchanges (id, asked_at, channel, user_id, question, kind, outcome, confidence, reply,"
        " latency_ms, library, version)"
        " values (7, '2025-04-28T09:30:15.125Z', 'cli', 9, 'Who?', 'who', 'answered', 0.5, 'Kishi.', 1.5, 'a', '0.1')"
    )
    old.execute("insert into citations values (7, 1, 'a.txt', 1, 0, 1, 'q', 0.5)")
    old.conn.commit()
    old.close()
    with opened(path) as log:
        (exchange,) = log.history()
    assert (exchange.id, exchange.question, exchange.citations[0].sha256) == (7, "Who?", None)


@pytest.mark.sqlite_only
def test_opening_a_log_again_changes_nothing(log: ExchangeLog) -> None:
    log.record(exchange())
    before = log.history()
    with opened(log.database.path) as again:
        assert again.history() == before


@pytest.mark.sqlite_only
def test_the_log_is_written_ahead_and_synced_at_every_exchange(log: ExchangeLog) -> None:
    settings_ = [log.database._db.execute(f"pragma {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert settings_ == ["wal", 2]  # 2 is FULL


@pytest.mark.sqlite_only
def test_what_need_not_be_synced_is_written_all_the_same_and_the_next_exchange_is_synced_again(
    log: ExchangeLog, raw: sqlite3.Connection
) -> None:
    log.record(exchange())
    with log.database.writing(synced=False) as db:
        assert db.execute("pragma synchronous").fetchone() == (1,)  # 1 is NORMAL
        db.execute("update exchanges set question = 'Changed'")
    assert raw.execute("select question from exchanges").fetchall() == [("Changed",)]
    with pytest.raises(ZeroDivisionError), log.database.writing(synced=False):
        _ = 1 / 0
    assert log.database._db.execute("pragma synchronous").fetchone() == (2,)


@pytest.mark.sqlite_only
def test_a_citation_of_no_exchange_is_refused(log: ExchangeLog) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        log.database._db.execute(
            "insert into citations values (99, 1, 'a.txt', 1, 0, 1, 'q', 0.5, null, null, null, null, null, null)"
        )


# --- search


def test_words_of_question_and_reply_are_found_without_regard_to_case_and_diacritics(log: ExchangeLog) -> None:
    log.record(exchange("Who is Phạm Minh Chính?", "“The Prime Minister.”"))
    log.record(exchange("Who is Ishiba?", "“Another.”"))
    assert [found(log, word) for word in ("pham", "CHÍNH", "minister")] == [["Who is Phạm Minh Chính?"]] * 3
    assert found(log, "who") == ["Who is Ishiba?", "Who is Phạm Minh Chính?"]


def test_a_phrase_and_words_with_marks_are_found_in_double_quotes(log: ExchangeLog) -> None:
    log.record(exchange("What is two-plus-two?"))
    log.record(exchange("What is plus two?"))
    assert found(log, '"two-plus-two"') == ["What is two-plus-two?"]


@pytest.mark.sqlite_only
def test_what_another_program_changes_or_deletes_is_found_as_it_is_now(
    log: ExchangeLog, raw: sqlite3.Connection
) -> None:
    log.record(exchange("About Fiji"))
    log.record(exchange("About Samoa"))
    raw.execute("update exchanges set question = 'About Tonga' where id = 1")
    raw.execute("delete from exchanges where id = 2")
    raw.commit()
    assert [found(log, word) for word in ("fiji", "tonga", "samoa")] == [[], ["About Tonga"], []]


@pytest.mark.parametrize(
    "search", ['"', "who AND", "NEAR(", "two-plus-two", "ship-locked", "who's", "C++", "(", "*", "", " ", "\udcff"]
)
def test_a_search_that_cannot_be_read_is_told_so_and_the_log_goes_on(log: ExchangeLog, search: str) -> None:
    log.record(exchange("Who signed?"))
    with pytest.raises(SearchError, match=r"cannot be read .* in double quotes") as refused:
        log.history(search)
    assert "damaged" not in str(refused.value)
    assert found(log, "signed") == ["Who signed?"]


SIGNED = "ベトナムとの署名式はいつ、日本のどこで行われましたか"
MET = "Thủ tướng Việt Nam đã gặp Bộ trưởng ở Đà Nẵng"


TYPED = """
    ベトナム|署名式|日本|署|トナム|"署名式はいつ"|ベトナム 署名式|ベトナム　署名式|oil OR 署名式|署名*
    |question:署名式|ﾍﾞﾄﾅﾑ
    |ベトナムとの署名式|日本 NOT 韓国|"ベトナム" AND "日本"|ベトナム
"""


@pytest.mark.parametrize("search", [search.strip() for search in TYPED.split("|")])
def test_words_of_a_script_without_spaces_are_found(log: ExchangeLog, search: str) -> None:
    """Alone, as a part of a word, as phrases, and in whatever form they are typed."""
    log.record(exchange("Oil?"))
    log.record(exchange(SIGNED))
    log.record(exchange("日程はベトナ人が"))
    assert SIGNED in found(log, search)
    assert "日程はベトナ人が" not in found(log, search)


FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "search", ["Việt Nam", "viet nam", "Đà Nẵng", "da nang", '"da gap"', "ĐÃ", "nẵng", "bo truong"]
)
def test_vietnamese_is_found_with_its_marks_and_without(
    log: ExchangeLog, search: str, form: Literal["NFC", "NFD"]
) -> None:
    log.record(exchange("Oil?"))
    log.record(exchange(unicodedata.normalize("NFD" if form == "NFC" else "NFC", MET)))
    assert len(found(log, unicodedata.normalize(form, search))) == 1


def test_a_reply_in_japanese_is_found_too_and_found_no_longer_once_forgotten(log: ExchangeLog) -> None:
    recorded = log.record(exchange("When?", reply="署名式は月曜日に東京で行われた。"))
    assert found(log, "東京") == ["When?"]
    PeopleRecord(log.database).forget(recorded.user_id or 0)
    assert found(log, "東京") == []
    if log.database.path.exists():
        assert "署".encode() not in log.database.path.read_bytes()


def test_a_log_from_before_is_indexed_anew(path: Path) -> None:
    """What was forgotten stays out of it."""
    old = Database(path)
    MIGRATIONS.apply(old, stop_before="0015_search")
    for number, question, forgotten in ((7, SIGNED, 0), (8, MET, 0), (9, "署名式", 1)):
        old.execute(
            "insert into exchanges (id, asked_at, channel, question, kind, outcome, confidence, reply, latency_ms,"
            " library, version, forgotten)"
            " values (?, '2025-04-28', 'cli', ?, 'who', 'answered', 0.5, 'Kishi.', 1.5, 'a', '1', ?)",
            (number, question, forgotten),
        )
    old.conn.commit()
    old.close()
    with opened(path) as log:
        assert [found(log, search) for search in ("署名式", "da nang", "kishi")] == [[SIGNED], [MET], [MET, SIGNED]]


def test_greetings_of_a_log_from_before_are_chat(path: Path) -> None:
    """They were abstentions; the counts by the day and the names of those who may ask are brought along."""
    old = Database(path)
    MIGRATIONS.apply(old, stop_before="0022_names")
    for question, outcome in (("Hello!", "abstained"), ("thanks", "abstained"), ("Who are you?", "abstained"),
                              ("Who sells lithium?", "abstained"), ("Hello", "answered")):  # fmt: skip
        old.execute(
            "insert into exchanges (asked_at, channel, user_id, question, kind, outcome, confidence, reply, latency_ms,"
            " library, version) values ('2025-04-28', 'telegram', 7, ?, 'who', ?, 0.5, '', 1.5, 'a', '1')",
            (question, outcome),
        )
    for person in (7, 8):
        party = {"id": person, "name": f"Aiko {person}", "standing": "asking", "role": "asker", "code": f"A{person}"}
        old.table("parties").insert({**party, "asked_at": "2025-04-28", "decided_by": ""})
    old.conn.commit()
    old.close()
    with opened(path) as log, log.database.reading() as db:
        outcomes = [outcome for (outcome,) in db.execute("select outcome from exchanges order by id")]
        assert outcomes == ["chat", "chat", "chat", "abstained", "answered"]
        tallies = db.execute("select outcome, exchanges from tally_outcomes where exchanges > 0 order by outcome")
        assert tallies.fetchall() == [("abstained", 1), ("answered", 1), ("chat", 3)]
        assert db.execute("select id, name from names").fetchall() == [(7, "Aiko 7")]


# --- databases that cannot be used: one line with the cure, and not a byte changed


def refuse(path: Path) -> str:
    """What opening the log says; the file is as it was."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(DatabaseError) as refused:
        DeskDatabase(path)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert "\n" not in str(refused.value)
    assert str(path) in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("content", [b"Dear diary,\n", b"PK\x03\x04" * 1000, b"\0" * 8192, b"SQLite format 3"])
def test_a_file_that_is_no_database_is_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert refuse(path).endswith("name another file with POLICYDESK_DATABASE. It was not touched.")


@pytest.mark.parametrize(("start", "end"), [(16, 100), (100, 2000), (4096, 12000)])
def test_a_damaged_database_is_left_alone_and_a_backup_advised(path: Path, start: int, end: int) -> None:
    with opened(path) as log:
        log.record(exchange())
    content = path.read_bytes()
    path.write_bytes(content[:start] + b"\xff" * (end - start) + content[end:])
    assert "is damaged" in (said := refuse(path))
    assert "restore it from a backup" in said


def test_a_database_cut_short_is_left_alone(path: Path) -> None:
    with opened(path) as log:
        log.record(exchange())
    path.write_bytes(path.read_bytes()[:9000])
    assert "is damaged" in refuse(path)


@pytest.mark.parametrize("made", ["create table notes (text)", "create view one as select 1"])
def test_a_database_of_another_program_is_left_alone(path: Path, made: str) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute(made)
    assert "is a database of another program: name another file" in refuse(path)


def test_an_empty_file_becomes_a_log(path: Path) -> None:
    path.touch()
    with opened(path) as log:
        assert log.history() == []


def test_a_database_of_a_newer_version_is_left_alone(path: Path) -> None:
    DeskDatabase(path).close()
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("insert into _sqlite_migrations values (99, 'policydesk', '9999_moods', '2030-01-01')")
        newer.commit()
    assert "written by a newer version of policydesk (it has 9999_moods): upgrade policydesk" in refuse(path)


def test_a_folder_in_place_of_the_file_is_told_so(path: Path) -> None:
    path.mkdir()
    assert "is a folder: name a file with POLICYDESK_DATABASE" in refuse(path)


@pytest.mark.sqlite_only
def test_a_full_disk_is_told_as_such(log: ExchangeLog) -> None:
    log.database._db.execute("pragma max_page_count = 1")  # SQLite says 'full' as it does when the disk is
    with pytest.raises(DatabaseError, match="because the disk is full: free some space"):
        log.record(exchange(reply="long " * 10_000))
    assert log.history() == []


def test_a_file_in_place_of_the_folder_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be opened" in refuse(tmp_path / "file" / "policydesk.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_may_not_be_written_is_told_so(path: Path) -> None:
    DeskDatabase(path).close()
    path.chmod(0o400)
    assert "cannot be written: give the bot's user the right" in refuse(path)


def test_a_database_locked_by_another_program_is_told_so_and_works_when_released(path: Path) -> None:
    DeskDatabase(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin exclusive")
        assert "is in use by another program: wait for it to finish, or stop it" in refuse(path)
        other.execute("rollback")
    DeskDatabase(path).close()


@pytest.mark.sqlite_only
def test_an_exchange_that_must_wait_too_long_is_an_error_and_the_next_is_recorded(
    log: ExchangeLog, raw: sqlite3.Connection
) -> None:
    raw.execute("begin immediate")
    with pytest.raises(DatabaseError, match="in use by another program"):
        log.record(exchange("Lost"))
    raw.rollback()
    log.record(exchange("Kept"))
    assert [logged.question for logged in log.history()] == ["Kept"]


# --- many at once


def test_threads_that_record_at_once_lose_nothing(log: ExchangeLog) -> None:
    with ThreadPoolExecutor(8) as threads:
        numbers = list(threads.map(lambda n: log.record(exchange(f"Question {n}", quotes=("a", "b"))).id, range(100)))
    logged = log.history(limit=1000)
    assert sorted(filter(None, numbers)) == list(range(1, 101))
    assert {entry.question for entry in logged} == {f"Question {n}" for n in range(100)}
    assert all(len(entry.citations) == 2 for entry in logged)


def test_several_programs_may_open_a_new_log_at_the_same_moment(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.database.connection, "BUSY_SECONDS", 10)
    with ThreadPoolExecutor(6) as threads:
        for database in list(threads.map(DeskDatabase, [path] * 6)):
            ExchangeLog(database).record(exchange())
            database.close()
    with opened(path) as log:
        assert len(log.history()) == 6


@pytest.mark.sqlite_only
def test_another_process_reads_while_this_one_writes(log: ExchangeLog) -> None:
    log.record(exchange())
    with log.database._db.atomic():
        log.database._db.execute("update exchanges set question = 'Half written'")
        query = "sqlite3.connect(sys.argv[1]).execute('select question from exchanges').fetchall()"
        code = f"import sqlite3, sys; print({query})"
        read = subprocess.run(
            [sys.executable, "-c", code, log.database.path], capture_output=True, text=True, check=True
        )
    assert read.stdout == "[('Who signed?',)]\n"


@pytest.mark.sqlite_only
def test_a_recorded_exchange_is_seen_by_another_connection_at_once(log: ExchangeLog, raw: sqlite3.Connection) -> None:
    log.record(exchange("Seen at once"))
    assert raw.execute("select question from exchanges").fetchall() == [("Seen at once",)]


def test_a_new_database_is_for_its_owner_only(tmp_path: Path) -> None:
    """It tells who asked what; one that is there keeps the rights it was given."""
    path = tmp_path / "private.db"
    with closing(DeskDatabase(path)) as database:
        ExchangeLog(database).record(exchange())
        assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.glob("private.db*")} == {0o600}
    path.chmod(0o640)
    DeskDatabase(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_database_opened_twice_loses_nothing(path: Path) -> None:
    """What a process writes is there for others, though it opened the file a second time and others came and went.

    To close any handle of a file lets go of all locks that its process holds on it; another program would then take
    itself for the last one, and delete the journal that is in use.
    """
    look = (
        "import sys, pathlib, storage.database.connection as d, contextlib\n"
        "with contextlib.closing(d.DeskDatabase(pathlib.Path(sys.argv[1]))) as database, database.reading() as db:\n"
        "    print(db.execute('select count(*) from exchanges').fetchone()[0])"
    )
    with opened(path) as log:
        log.record(exchange())
        with opened(path):
            pass
        for count in (2, 3, 4):
            log.record(exchange())
            seen = subprocess.run([sys.executable, "-c", look, path], check=True, capture_output=True, timeout=60)
            assert int(seen.stdout) == count
