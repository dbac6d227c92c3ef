"""The files that a bot works from are removed, moved or replaced under it; and a second bot comes to them."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import Office, open_access
from bot.emulator.people.conversation import Conversation
from bot.emulator.web.server import Emulator
from bot.feeds.job import FeedJob
from bot.operations.file_watch import PATIENCE, FileWatch
from bot.operations.retention import Retention
from bot.serving import build_bot, build_digests, build_reloader, build_watch_job
from bot.settings import Settings, read_settings
from storage.chats.upload_drafts import DraftBook
from storage.database.connection import DeskDatabase
from storage.database.serving_lock import is_served, serving_lock
from storage.errors import DatabaseError, DatabaseGoneError
from storage.record.exchanges import ExchangeLog
from storage.record.people import PeopleRecord
from tests.support.answers import exchange, filled
from tests.support.bots.served import ended, fork, said, served
from tests.support.desk import policydesk
from tests.support.osa import QUESTION

GONE = "is gone from its place"


def _remove(path: Path) -> None:
    path.unlink()


def _move(path: Path) -> None:
    path.rename(path.with_name("aside.db"))


def _replace(path: Path) -> None:
    shutil.copy(path, path.with_name("other.db"))
    path.with_name("other.db").replace(path)


def _move_folder(path: Path) -> None:
    path.parent.rename(path.parent.with_name("unmounted"))


def _remove_journal(path: Path) -> None:
    path.with_name(f"{path.name}-wal").unlink()


LOSSES = [_remove, _move, _replace, _move_folder, _remove_journal]


@pytest.mark.parametrize("lose", LOSSES)
def test_what_would_be_written_into_no_file_is_an_error(tmp_path: Path, lose: Callable[[Path], None]) -> None:
    """Nothing is said then, since everything that is said is on record first."""
    with closing(DeskDatabase(tmp_path / "data" / "desk.db")) as database:
        log = ExchangeLog(database)
        log.record(exchange("one"))
        lose(database.path)
        with pytest.raises(DatabaseGoneError, match=GONE):
            log.record(exchange("two"))
        with pytest.raises(DatabaseGoneError, match=GONE):
            log.history()
        (outcome,) = [None]
        with pytest.raises(DatabaseGoneError, match=GONE):
            (outcome,) = database.write_together([lambda: 1], synced=False)
        assert outcome is None


def test_a_database_that_comes_back_goes_on(tmp_path: Path) -> None:
    with closing(DeskDatabase(tmp_path / "desk.db")) as database:
        log = ExchangeLog(database)
        log.record(exchange("one"))
        database.path.rename(tmp_path / "aside")
        (tmp_path / "aside").rename(database.path)
        log.record(exchange("two"))
        assert [entry.question for entry in log.history()] == ["two", "one"]


async def test_a_bot_whose_database_is_gone_says_so_tells_the_owners_and_ends_to_be_started_again(
    settings: Settings,
) -> None:
    """With one line; what was asked meanwhile is answered once the database is back."""
    async with Emulator() as telegram:
        owner, chat = (telegram.private_chat(telegram.person(name)) for name in ("Olga", "Aiko"))
        bot = await fork(telegram, POLICYDESK_OWNERS=str(owner.id), POLICYDESK_GRACE="60")
        await chat.reply_to(chat.say(QUESTION), timeout=30)
        path = settings.database
        _move(path)
        asked = chat.say(f"{QUESTION} again")
        words = await asyncio.wait_for(ended(bot), 20)
        assert bot.returncode == 75
        assert [line for line in words.splitlines() if GONE in line] == words.splitlines()[-1:]
        assert GONE in ((await owner.next_reply()).text or "")
        assert len([m for m in chat.bot_messages if m.reply_to_message]) == 1
        await _check_that_nobody_starts_anew(telegram, path)
        path.with_name("aside.db").rename(path)
        async with served(telegram, POLICYDESK_OWNERS=str(owner.id)):
            await chat.reply_to(asked, timeout=30)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("select count(*) from exchanges").fetchone() == (2,)


async def _check_that_nobody_starts_anew(telegram: Emulator, path: Path) -> None:
    """Neither bot nor doctor takes the empty place for that of a new record."""
    again = await fork(telegram)
    assert GONE in await ended(again)
    assert again.returncode == 75
    assert not path.exists()  # noqa: ASYNC240 - a look at a local file
    doctor = policydesk("doctor", POLICYDESK_DATABASE=str(path), POLICYDESK_TELEGRAM_URL="http://127.0.0.1:9")
    assert f"wrong    database     {path} is gone" in doctor.stdout


async def test_of_another_file_that_is_gone_the_owners_are_told_once(
    folder: Callable[..., Path], office_of: Callable[..., Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers go on from what was read of the articles; of a moment without them, as when they are swapped, nothing."""
    monkeypatch.setattr("bot.operations.file_watch.LOOK_SECONDS", 0.001)
    root, told = folder(a="One\n\nTwo three four.\n"), asyncio.Queue[tuple[str, str]]()

    async def tell(notice: str, name: str) -> None:
        await told.put((notice, name))

    receiving = asyncio.create_task(asyncio.Event().wait())
    watch = FileWatch(office_of(root).database, [root, root / "never there"], tell)
    watching = asyncio.create_task(watch.run(receiving))  # type: ignore[arg-type]
    for _ in range(2):
        root.rename(root.with_name("aside"))
        assert await asyncio.wait_for(told.get(), 20) == ("file gone", "articles")
        await asyncio.sleep(0.001 * PATIENCE)
        root.with_name("aside").rename(root)
        await asyncio.sleep(0.05)
    assert told.empty()
    for task in (watching, receiving):
        task.cancel()
    await asyncio.gather(watching, receiving, return_exceptions=True)


@pytest.mark.parametrize("name", ["feeds", "retention", "watches", "digests"])
async def test_no_job_of_the_bot_says_besides_that_the_database_is_gone(
    name: str,
    folder: Callable[..., Path],
    office_of: Callable[..., Office],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    office = office_of(folder(a="One\n\nTwo three four.\n"))
    access = open_access(read_settings(owners=(1001,)), office.database)
    bot = build_bot(office, build_reloader(office), access, "1:x", "http://127.0.0.1:9")
    retention = Retention(PeopleRecord(office.database), DraftBook(office.database), bot.receiver.inbox, 30)
    job = {
        "feeds": FeedJob(office).run,
        "retention": retention.run,
        "watches": build_watch_job(office, bot).run,
        "digests": build_digests(office, access, bot).run,
    }[name]
    _move(office.database.path)

    async def end(_: float) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr("asyncio.sleep", end)
    with pytest.raises(asyncio.CancelledError):
        await job()
    assert [record.getMessage() for record in caplog.records if GONE in record.getMessage()] == []


# --- a second bot


@pytest.mark.parametrize("link", ["hard", "soft", "folder", "none"])
@pytest.mark.parametrize("is_removed", [False, True], ids=["", "lock removed"])
def test_a_second_bot_on_the_same_file_is_refused_by_whatever_name(tmp_path: Path, link: str, is_removed: bool) -> None:
    path, other = filled(tmp_path / "desk.db", "one"), tmp_path / "other" / "desk.db"
    (other.parent.symlink_to(tmp_path) if link == "folder" else other.parent.mkdir()) if link != "none" else None
    if link == "hard":
        os.link(path, other)
    elif link == "soft":
        other.symlink_to(path)
    elif link == "none":
        other = path
    with serving_lock(path):
        if is_removed:
            for lock in tmp_path.glob("*.serving"):
                lock.unlink()
        assert is_served(other)
        with pytest.raises(DatabaseError, match="Another policydesk serves from"), serving_lock(other):
            pass
    assert not is_served(other)
    with serving_lock(other):
        pass


async def test_a_second_process_is_refused_by_a_hard_link_without_the_lock_beside(
    settings: Settings, tmp_path: Path
) -> None:
    """Nor does any other command open a file by a second name while it is served from: its journal has the first."""
    async with Emulator() as telegram, served(telegram) as first:
        await said(first, "Ready as")
        other = tmp_path / "link" / "desk.db"
        other.parent.mkdir()
        os.link(settings.database, other)
        settings.database.with_name(f"{settings.database.name}.serving").unlink()
        for database in (other, settings.database):
            second = await fork(telegram, POLICYDESK_DATABASE=str(database))
            assert "a policydesk serves from" in (await ended(second)).replace("Another", "a")
            assert second.returncode == 2
        refused = policydesk("history", POLICYDESK_DATABASE=str(other))
        assert (refused.returncode, "another name of a database" in refused.stderr) == (2, True)
        chat: Conversation = telegram.private_chat(telegram.person("Aiko"))
        await chat.reply_to(chat.say(QUESTION), timeout=30)
