"""Backup, restore and retain: a copy counts once it is verified, and nothing is lost by putting one back."""

import asyncio
import datetime as dt
import os
import signal
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from bot.emulator.web.server import Emulator
from bot.settings import Settings
from prompts.languages import Language
from storage.chats.language_choices import LanguageChoices
from storage.database.backups import back_up, restore
from storage.database.connection import DeskDatabase
from storage.database.inspection import inspect
from storage.database.verdict_migrations import VERDICT_MIGRATIONS
from storage.errors import DatabaseError
from storage.models import Exchange
from storage.record.exchanges import ExchangeLog
from storage.record.people import PeopleRecord
from tests.support.answers import exchange, filled
from tests.support.bots.served import ended, fork
from tests.support.desk import policydesk
from tests.support.osa import QUESTION

NOW = dt.datetime(2026, 11, 22, 5, 0, tzinfo=dt.UTC)


def questions(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("select question from exchanges order by id")]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return filled(tmp_path / "desk.db", "one", "two")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


# --- backup


def test_a_backup_is_one_whole_file_for_its_owner_only(source: Path, tmp_path: Path) -> None:
    """It needs nothing beside it, and can be read from a folder that cannot be written."""
    target = tmp_path / "copy.db"
    assert back_up(source, target).count("exchanges") == 2
    assert questions(target) == ["one", "two"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert names(tmp_path) == ["copy.db", "desk.db"]
    with closing(sqlite3.connect(target)) as connection:
        assert connection.execute("pragma journal_mode").fetchone() == ("delete",)


def test_a_backup_made_while_the_database_is_written_holds_one_moment(source: Path, tmp_path: Path) -> None:
    """What waits in the journal is in it; what is not committed is not."""
    with closing(DeskDatabase(source)) as database:
        ExchangeLog(database).record(exchange("three"))
        with database.writing() as db:
            db.execute("delete from citations")
            db.execute("delete from exchanges")
            back_up(source, tmp_path / "copy.db")
    assert questions(tmp_path / "copy.db") == ["one", "two", "three"]


def test_a_file_that_is_there_is_not_replaced_unless_forced(source: Path, tmp_path: Path) -> None:
    """Nor is it touched by a backup that fails half-way."""
    target = tmp_path / "copy.db"
    back_up(source, target)
    filled(source, "three")
    with pytest.raises(DatabaseError, match=r"copy\.db is there already: .*--force"):
        back_up(source, target)
    assert questions(target) == ["one", "two"]
    back_up(source, target, force=True)
    assert questions(target) == ["one", "two", "three"]


def test_only_a_backup_is_replaced_forced_or_not(source: Path, tmp_path: Path) -> None:
    """No file of somebody's, no database that is, was or is about to be answered from, and nothing beside one."""
    copy = tmp_path / "copy.db"
    back_up(source, copy)
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    filled(tmp_path / "other.db", "theirs")
    DeskDatabase(tmp_path / "other.verdicts.db", VERDICT_MIGRATIONS).close()
    _foreign(tmp_path / "songs.db")
    (tmp_path / "empty").touch()
    os.link(source, tmp_path / "hard.db")
    (tmp_path / "soft.db").symlink_to(source)
    restore(copy, tmp_path / "put-back.db", NOW)
    kept = restore(copy, tmp_path / "put-back.db", NOW).replaced
    assert kept is not None
    os.mkfifo(tmp_path / "pipe")
    for name in ("desk.db.departures", "desk.reviewers.json", "desk.verdicts.db"):
        (tmp_path / name).write_text("ours", encoding="utf-8")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.is_file() and file != copy}
    for name in {*before, "pipe"}:
        with pytest.raises(DatabaseError, match=r"is no backup|belongs to the database"):
            back_up(source, tmp_path / name, force=True)
    assert {name: (tmp_path / name).read_bytes() for name in before} == before


def test_a_damaged_database_is_not_backed_up(source: Path, tmp_path: Path) -> None:
    """A copy that is not whole would be found out when it is needed; the good copy from before stands."""
    target = tmp_path / "copy.db"
    back_up(source, target)
    content = bytearray(source.read_bytes())
    for page in range(4096 * 3, len(content), 4096 * 5):
        content[page : page + 200] = b"\xa5" * 200
    source.write_bytes(bytes(content))
    with pytest.raises(DatabaseError, match=r"damaged|malformed"):
        back_up(source, target, force=True)
    assert questions(target) == ["one", "two"]
    assert names(tmp_path) == ["copy.db", "desk.db"]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("desk.db", "belongs to the database itself"),
        ("desk.db-wal", "belongs to the database itself"),
        ("folder", "is a folder"),
        ("missing/copy.db", "cannot be written"),
    ],
)
def test_a_place_that_cannot_hold_a_backup_is_named(source: Path, tmp_path: Path, target: str, said: str) -> None:
    """Not even --force writes over the database."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(DatabaseError, match=said):
        back_up(source, tmp_path / target, force=True)
    assert questions(source) == ["one", "two"]


def test_there_is_nothing_to_back_up_where_there_is_no_database(tmp_path: Path) -> None:
    """None is made for the sake of copying it."""
    with pytest.raises(DatabaseError, match="There is no database"):
        back_up(tmp_path / "desk.db", tmp_path / "copy.db")
    assert names(tmp_path) == []


# --- restore


def test_a_backup_is_put_back_and_what_was_there_is_kept_beside(source: Path, tmp_path: Path) -> None:
    """With all that was in its journal."""
    copy = tmp_path / "copy.db"
    back_up(source, copy)
    filled(source, "three")
    restored = restore(copy, source, NOW)
    assert restored.inspection.count("exchanges") == 2
    assert restored.replaced == tmp_path / "desk.db.20261122T050000Z.replaced"
    assert questions(source) == ["one", "two"]
    assert questions(restored.replaced) == ["one", "two", "three"]
    assert names(tmp_path) == ["copy.db", "desk.db", "desk.db.20261122T050000Z.replaced"]
    assert filled(source, "four")
    assert questions(copy) == ["one", "two"]


def test_a_backup_is_put_back_where_nothing_is(source: Path, tmp_path: Path) -> None:
    """A new machine has no database, nor its folder."""
    target = tmp_path / "new" / "desk.db"
    assert restore(source, target, NOW).replaced is None
    assert questions(target) == ["one", "two"]


def test_who_was_forgotten_since_the_backup_is_forgotten_in_it_too(settings: Settings, tmp_path: Path) -> None:
    """Their other traces as well, and nobody else's."""
    with closing(DeskDatabase(settings.database)) as database:
        log, languages = ExchangeLog(database), LanguageChoices(database)
        for person, question in ((1, "one"), (2, "two"), (1, "three")):
            log.record(exchange(question).model_copy(update={"user_id": person}))
        for person in (1, 2):
            languages.choose(person, Language.JAPANESE)
    assert policydesk("backup", str(tmp_path / "copy.db")).returncode == 0
    with closing(DeskDatabase(settings.database)) as database:
        assert PeopleRecord(database).forget(1) == 2
    restored = policydesk("restore", str(tmp_path / "copy.db"))
    assert "Forgotten again: 2 questions" in restored.stdout
    assert questions(settings.database) == ["", "two", ""]
    with closing(sqlite3.connect(settings.database)) as connection:
        assert connection.execute("select user_id from exchanges order by id").fetchall() == [(None,), (2,), (None,)]
        assert connection.execute("select party_id from languages").fetchall() == [(2,)]


def test_a_damaged_database_can_be_replaced_and_is_kept(source: Path, tmp_path: Path) -> None:
    """This is what backups are for; somebody may still get something out of the damaged one."""
    target = tmp_path / "broken.db"
    target.write_bytes(b"\xff" * 5000)
    (tmp_path / "broken.db-wal").write_bytes(b"log")
    restored = restore(source, target, NOW)
    assert questions(target) == ["one", "two"]
    assert restored.replaced is not None
    assert restored.replaced.read_bytes() == b"\xff" * 5000
    assert restored.replaced.with_name(restored.replaced.name + "-wal").read_bytes() == b"log"


def _foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table songs (id)")


def _newer(path: Path) -> None:
    filled(path, "from the future")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("insert into _sqlite_migrations (migration_set, name) values ('policydesk', '9999_later')")


def _text(path: Path) -> None:
    path.write_text("no database at all, though longer than a header", encoding="utf-8")


def _cut(path: Path) -> None:
    filled(path, "whole")
    path.write_bytes(path.read_bytes()[:-9000])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_foreign, "is no database of policydesk"),
        (_newer, r"newer version of policydesk \(it has 9999_later\)"),
        (_text, "cannot be used: file is not a database"),
        (_cut, "damaged|malformed"),
    ],
)
def test_what_is_no_usable_backup_of_ours_is_refused_and_nothing_changes(
    source: Path, tmp_path: Path, make: object, said: str
) -> None:
    """It is verified before anything is moved."""
    assert callable(make)
    make(tmp_path / "strange.db")
    with pytest.raises(DatabaseError, match=said):
        restore(tmp_path / "strange.db", source, NOW)
    assert questions(source) == ["one", "two"]


def test_the_database_of_another_program_is_not_replaced(source: Path, tmp_path: Path) -> None:
    """A wrong POLICYDESK_DATABASE does not cost somebody their songs."""
    _foreign(tmp_path / "songs.db")
    with pytest.raises(DatabaseError, match="database of another program"):
        restore(source, tmp_path / "songs.db", NOW)
    assert names(tmp_path) == ["desk.db", "songs.db"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_restored_database_belongs_to_whom_the_one_before_belonged(source: Path, tmp_path: Path) -> None:
    """Root restores what the bot's own user is to write."""
    copy = tmp_path / "copy.db"
    back_up(source, copy)
    os.chown(source, 4242, 4343)
    source.chmod(0o640)
    restore(copy, source, NOW)
    status = source.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (4242, 4343, 0o640)


def test_a_database_is_not_replaced_by_itself(source: Path, tmp_path: Path) -> None:
    """Nor through a link."""
    (tmp_path / "link.db").symlink_to(source)
    with pytest.raises(DatabaseError, match="is the database itself"):
        restore(tmp_path / "link.db", source, NOW)


def test_a_database_that_somebody_has_open_is_not_replaced(source: Path, tmp_path: Path) -> None:
    """SQLite itself knows, whoever it is and whatever they do with it at the moment."""
    copy = tmp_path / "copy.db"
    back_up(source, copy)
    with closing(DeskDatabase(source)) as database:
        with pytest.raises(DatabaseError, match="in use: stop `policydesk serve`"):
            restore(copy, source, NOW)
        ExchangeLog(database).record(exchange("three"))
    assert questions(source) == ["one", "two", "three"]


def test_a_backup_of_an_older_version_is_brought_up_to_date_when_it_is_opened(source: Path, tmp_path: Path) -> None:
    """Restoring leaves it as it is; the next start migrates it."""
    with closing(sqlite3.connect(source)) as connection, connection:
        connection.execute("drop table ties")
        connection.execute("delete from _sqlite_migrations where name = '0005_people_and_collections'")
    restored = restore(source, tmp_path / "new.db", NOW)
    assert "0005_people_and_collections" in restored.inspection.pending


# --- the commands


async def test_backup_and_restore_around_a_running_bot(source: Path, tmp_path: Path) -> None:
    """The copy is made while the bot answers; it is put back only when the bot has stopped."""
    settings = {"POLICYDESK_DATABASE": str(source)}
    copy = tmp_path / "copy.db"
    async with Emulator() as emulator:
        bot = await fork(emulator, **settings)
        chat = emulator.private_chat(emulator.person("Aiko"))
        await chat.reply_to(chat.say(QUESTION), timeout=30)
        done = await _run("backup", str(copy), **settings)
        assert done == (0, f"Backed up to {copy} and verified: 3 exchanges, 0 people and groups.\n", "")
        code, _, error = await _run("restore", str(copy), **settings)
        assert (code, "in use: stop `policydesk serve`" in error) == (2, True)
        bot.send_signal(signal.SIGTERM)
        await ended(bot)
    code, said, _ = await _run("restore", str(copy), **settings)
    assert code == 0
    assert said.startswith(f"Restored to {source} and verified: 3 exchanges")
    assert "is kept as" in said
    assert inspect(source).count("exchanges") == 3


async def _run(*arguments: str, **environment: str) -> tuple[int, str, str]:
    done = await asyncio.to_thread(policydesk, *arguments, **environment)
    return done.returncode, done.stdout, done.stderr


def _aged(question: str, days: int) -> Exchange:
    return exchange(question).model_copy(update={"asked_at": dt.datetime.now(dt.UTC) - dt.timedelta(days=days)})


@pytest.mark.parametrize(
    ("arguments", "environment", "left", "said"),
    [
        (["--days", "30"], {}, ["new"], "Forgotten: 2 questions older than 30 days."),
        ([], {}, ["new", "old"], "Forgotten: 1 question older than 365 days."),
        ([], {"POLICYDESK_KEEP_DAYS": "never"}, ["new", "old", "ancient"], "kept for ever"),
    ],
    ids=["days", "default", "never"],
)
def test_retain_forgets_at_once_what_is_older(
    log: ExchangeLog, arguments: list[str], environment: dict[str, str], left: list[str], said: str
) -> None:
    """By the days given, else by the setting, which is a year."""
    for entry in (_aged("ancient", 400), _aged("old", 40), _aged("new", 1)):
        log.record(entry)
    done = policydesk("retain", *arguments, **environment)
    assert done.returncode == 0, done.stderr
    assert said in done.stdout
    assert [entry.question for entry in log.history()] == left


def test_retain_takes_a_day_at_least() -> None:
    """Nobody empties the record by a slip."""
    assert policydesk("retain", "--days", "0").returncode == 2
