"""A question is answered once, whatever happens to the bot, to Telegram and to the network in between."""

import asyncio
import json
import signal
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path

import pytest

import bot.delivery.polling
import bot.delivery.receiver
import bot.delivery.webhook
import storage.database.connection
from bot.app import Office
from bot.delivery.sender import SingleFlight
from bot.emulator.objects import Message
from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from bot.emulator.world.faults import Disturbance, FaultKind, InjectedFault
from bot.emulator.world.update_queue import WebhookState
from bot.settings import SEEDS, Settings
from storage.database.connection import DeskDatabase
from storage.delivery.inbox import Inbox
from storage.delivery.outbox import Outbox
from storage.errors import UnavailableError
from storage.record.exchanges import ExchangeLog
from tests.chaos.storm import free_port
from tests.support.bots.served import ended, fork, kill, said, served
from tests.support.closed_desk import Clock
from tests.support.desk import policydesk, serving
from tests.support.osa import ANSWERED, QUESTION, check_answered


@pytest.fixture
def office(office_of: Callable[..., Office]) -> Office:
    return office_of(SEEDS)


def private(telegram: Emulator, name: str = "Aiko") -> Conversation:
    return telegram.private_chat(telegram.person(name))


def replies(chat: Conversation, asked: Message) -> list[str]:
    """What the bot replied to a message."""
    return [
        message.text or ""
        for message in chat.bot_messages
        if message.reply_to_message and message.reply_to_message.message_id == asked.message_id
    ]


async def settled(chat: Conversation) -> None:
    """Wait until all that was said so far is dealt with: a chat's messages are worked off in order."""
    await chat.reply_to(chat.say("/help"), timeout=30)


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


# --- the bot is killed


async def test_what_was_asked_of_a_bot_that_is_killed_is_answered_once_and_in_order(settings: Settings) -> None:
    async with Emulator() as telegram:
        chat = private(telegram)
        bot = await fork(telegram)
        telegram.faults.arrange("sendMessage", InjectedFault(kind="hang"))
        asked = [chat.say(f"{QUESTION} {number}") for number in range(5)]
        await telegram.confirmation(asked[-1], timeout=30)
        await telegram.call_of("sendMessage", timeout=30)
        await kill(bot)
        telegram.faults.release()
        assert chat.bot_messages == []
        async with served(telegram):
            await chat.reply_to(asked[-1], timeout=30)
    assert [len(replies(chat, message)) for message in asked] == [1] * 5
    quoted = [message.reply_to_message.message_id for message in chat.bot_messages if message.reply_to_message]
    assert quoted == [message.message_id for message in asked]
    assert rows(settings.database, "select count(*), sum(in_doubt) from exchanges") == [(5, 1)]


async def test_only_a_reply_that_was_on_its_way_may_stand_twice_and_history_says_so(settings: Settings) -> None:
    async with Emulator() as telegram:
        chat = private(telegram)
        bot = await fork(telegram)
        telegram.faults.arrange("sendMessage", InjectedFault(kind="hang", carried_out=True))
        first, second = chat.say(QUESTION), chat.say(f"{QUESTION} again")
        await chat.reply_to(first, timeout=30)
        await telegram.confirmation(second, timeout=30)
        await kill(bot)
        telegram.faults.release()
        async with served(telegram):
            await chat.reply_to(second, timeout=30)
    assert [len(replies(chat, message)) for message in (first, second)] == [2, 1]
    assert rows(settings.database, "select message_id, in_doubt from exchanges order by id") == [(1, 1), (2, 0)]
    listed = json.loads(policydesk("history", "--json").stdout)
    assert [entry["in_doubt"] for entry in listed] == [False, True]
    assert policydesk("history").stdout.count("reply may stand twice") == 1


async def test_one_reply_at_a_time_is_on_its_way_so_that_a_kill_doubles_no_more() -> None:
    way, first, second = SingleFlight(seconds=60), asyncio.Event(), asyncio.Event()

    async def say(begun: asyncio.Event, told: asyncio.Event) -> None:
        async with way.slot():
            begun.set()
            await told.wait()

    told = asyncio.Event()
    async with asyncio.TaskGroup() as chats:
        chats.create_task(say(first, told))
        await first.wait()
        chats.create_task(say(second, told))
        for _ in range(10):
            await asyncio.sleep(0)
        assert not second.is_set()
        told.set()
    assert second.is_set()


async def test_a_chat_whose_reply_hangs_holds_up_no_other(office: Office) -> None:
    async with serving(office) as telegram:
        chat, other = private(telegram), private(telegram, "Binh")
        telegram.faults.arrange("sendMessage", InjectedFault(kind="hang"), chat_id=chat.id)
        chat.say(QUESTION)
        await telegram.call_of("sendMessage")
        await check_answered(other)
        assert telegram.faults.hanging == 1
        telegram.faults.release()


async def test_what_was_not_worked_off_when_told_to_stop_is_answered_at_the_next_start() -> None:
    async with Emulator() as telegram:
        chat = private(telegram)
        bot = await fork(telegram, POLICYDESK_GRACE="0.1")
        await settled(chat)
        telegram.faults.arrange("sendMessage", InjectedFault(kind="hang"))
        asked = [chat.say(f"{QUESTION} {number}") for number in range(3)]
        await telegram.confirmation(asked[-1], timeout=30)
        bot.send_signal(signal.SIGTERM)
        assert "updates stay in the inbox" in await ended(bot)
        assert bot.returncode == 0
        telegram.faults.release()
        async with served(telegram):
            await chat.reply_to(asked[-1], timeout=30)
    assert [len(replies(chat, message)) for message in asked] == [1] * 3


async def test_what_was_taken_in_is_worked_off_when_told_to_stop(settings: Settings) -> None:
    async with Emulator() as telegram:
        chat = private(telegram)
        bot = await fork(telegram)
        await settled(chat)
        asked = [chat.say(f"{QUESTION} {number}") for number in range(8)]
        await telegram.confirmation(asked[-1], timeout=30)
        bot.send_signal(signal.SIGTERM)
        await ended(bot)
        assert [len(replies(chat, message)) for message in asked] == [1] * 8
    assert rows(settings.database, "select count(*) from inbox where state = 'waiting'") == [(0,)]


async def test_told_to_stop_while_telegram_cannot_be_reached_it_ends() -> None:
    async with Emulator() as telegram, telegram.unreachable():
        bot = await fork(telegram)
        await said(bot, "Telegram cannot be reached")
        bot.send_signal(signal.SIGTERM)
        assert await ended(bot) == ""
    assert bot.returncode == 0


# --- two bots


async def test_a_second_bot_on_the_same_database_says_so_and_ends() -> None:
    async with Emulator() as telegram, served(telegram) as first:
        await said(first, "Ready as")
        second = await fork(telegram)
        complaint = await ended(second)
        assert "Another policydesk serves from" in complaint
        assert "never awaited" not in complaint
        assert second.returncode == 2
        chat = private(telegram)
        await check_answered(chat)


async def test_a_second_bot_with_the_same_token_says_so_and_waits_and_the_first_goes_on(tmp_path: Path) -> None:
    async with Emulator() as telegram, served(telegram) as first:
        await said(first, "Ready as")
        await settled(private(telegram))
        async with served(telegram, POLICYDESK_DATABASE=str(tmp_path / "other.db")) as second:
            await said(second, "Another process")
            chat = private(telegram, "Binh")
            await check_answered(chat)
            assert second.returncode is None
    assert [process.returncode for process in (first, second)] == [0, 0]


@pytest.mark.usefixtures("_short_waits")
async def test_who_had_to_leave_the_updates_to_another_process_takes_them_when_that_has_ended(office: Office) -> None:
    async with serving(office) as telegram:
        telegram.faults.arrange("getUpdates", InjectedFault(kind="conflict"), times=7)
        await check_answered(private(telegram))


@pytest.fixture
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("YIELD_SECONDS", "DISPUTE_SECONDS", "WEBHOOK_SECONDS"):
        monkeypatch.setattr(bot.delivery.polling, name, 0.02)
    for name in ("LOOK_SECONDS", "BACKLOG_SECONDS"):
        monkeypatch.setattr(bot.delivery.webhook, name, 0.02)


@pytest.mark.usefixtures("_short_waits")
async def test_a_webhook_that_somebody_else_sets_is_named_and_waited_for(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        await settled(chat)
        telegram.updates.set_webhook(WebhookState(url="http://127.0.0.1:9/elsewhere?key=secret"))
        asked = chat.say(QUESTION)
        await telegram.world.bell.until(lambda: len(telegram.calls_of("getWebhookInfo")) > 3 or None, 10)
        assert chat.bot_messages[1:] == []
        telegram.updates.set_webhook(None)
        assert ANSWERED in ((await chat.reply_to(asked, timeout=20)).text or "")
    lines = [record.getMessage() for record in caplog.records if "somebody else has set" in record.getMessage()]
    assert len(lines) == 1
    assert "http://127.0.0.1:9/elsewhere" in lines[0]
    assert "secret" not in lines[0]
    assert "Another process fetches" not in caplog.text


@pytest.mark.usefixtures("_short_waits")
async def test_a_webhook_that_was_taken_away_or_set_elsewhere_for_a_while_is_set_again(
    office_of: Callable[..., Office],
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/hook"
    office = office_of(SEEDS, webhook=url, webhook_secret="s", webhook_listen=f"127.0.0.1:{port}")  # noqa: S106
    async with serving(office) as telegram:
        await telegram.call_of("setWebhook")
        chat = private(telegram)
        await settled(chat)
        telegram.updates.set_webhook(WebhookState(url="http://127.0.0.1:9/elsewhere"))
        asked = chat.say(QUESTION)
        await telegram.call_of("getWebhookInfo")
        telegram.updates.set_webhook(None)
        assert ANSWERED in ((await chat.reply_to(asked, timeout=20)).text or "")


# --- Telegram and the network


@pytest.mark.parametrize("kind", ["server_error", "bad_gateway", "close", "reset", "malformed", "flood"])
async def test_an_answer_that_telegram_does_not_take_at_first_is_sent_again_in_its_order(
    office: Office, kind: FaultKind
) -> None:
    async with serving(office) as telegram:
        chat, other = private(telegram), private(telegram, "Binh")
        telegram.faults.arrange("sendMessage", InjectedFault(kind=kind, retry_after=1), times=2, chat_id=chat.id)
        asked = [chat.say(f"{QUESTION} {number}") for number in range(3)]
        await other.reply_to(other.say(QUESTION))
        await chat.reply_to(asked[-1])
        quoted = [message.reply_to_message.message_id for message in chat.bot_messages if message.reply_to_message]
    assert quoted == [message.message_id for message in asked]


@pytest.mark.usefixtures("_short_waits")
@pytest.mark.parametrize("kind", ["server_error", "bad_gateway", "close", "reset", "malformed", "conflict"])
async def test_updates_that_cannot_be_fetched_are_fetched_again(office: Office, kind: FaultKind) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        telegram.faults.arrange("getUpdates", InjectedFault(kind=kind), times=2)
        asked = chat.say(QUESTION)
        assert ANSWERED in ((await chat.reply_to(asked)).text or "")
        await settled(chat)
    assert len(replies(chat, asked)) == 1


async def test_a_telegram_that_is_gone_for_a_while_loses_nothing(office: Office) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        await settled(chat)
        async with telegram.unreachable():
            asked = chat.say(QUESTION)
        assert ANSWERED in ((await chat.reply_to(asked)).text or "")


@pytest.mark.both_dialects
async def test_updates_that_come_twice_and_in_another_order_are_answered_once_and_in_theirs(office: Office) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        telegram.updates.disturb(Disturbance(repeat=1, reorder=1, times=40, seed=3))
        asked = [chat.say(f"{QUESTION} {number}") for number in range(10)]
        await chat.reply_to(asked[-1])
        await settled(chat)
        quoted = [message.reply_to_message.message_id for message in chat.bot_messages if message.reply_to_message]
    assert quoted[:10] == [message.message_id for message in asked]
    assert len(ExchangeLog(office.database).history(limit=100)) == 10


@pytest.fixture
def unheard_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second write of updates stands, but its end is not heard of; and nobody looks at the inbox by and by."""
    monkeypatch.setattr(bot.delivery.receiver, "LOOK_SECONDS", 1_000)
    write_together, writes = DeskDatabase.write_together, count(1)

    def lose_answer(database: DeskDatabase, acts: Sequence[partial[object]], *, synced: bool) -> list[object]:
        outcomes = write_together(database, acts, synced=synced)
        if any(act.func.__name__ == "put" for act in acts) and next(writes) == 2:
            raise UnavailableError("The server was lost.")
        return outcomes

    monkeypatch.setattr(DeskDatabase, "write_together", lose_answer)


@pytest.mark.usefixtures("unheard_write")
@pytest.mark.parametrize("way", ["polled", "posted"])
async def test_what_stands_in_the_inbox_though_nobody_heard_so_is_answered_once_and_in_its_order(
    office_of: Callable[..., Office], way: str
) -> None:
    """As where a database server fails over just while an update is written."""
    port = free_port()
    place = {"webhook": f"http://127.0.0.1:{port}/", "webhook_secret": "a", "webhook_listen": f"127.0.0.1:{port}"}
    async with serving(office_of(SEEDS, **(place if way == "posted" else {}))) as telegram:
        chat = private(telegram)
        await settled(chat)
        asked = [chat.say(f"{QUESTION} {number}") for number in range(4)]
        await chat.reply_to(asked[-1], timeout=30)
        await settled(chat)
        quoted = [message.reply_to_message.message_id for message in chat.bot_messages if message.reply_to_message]
    assert quoted[1:5] == [message.message_id for message in asked]
    assert len(quoted) == 6


@pytest.mark.parametrize(("kind", "reason"), [("blocked", "Forbidden"), ("chat_not_found", "Chat not found")])
async def test_who_cannot_be_told_holds_nobody_up_and_is_not_told_again(
    office: Office, kind: FaultKind, reason: str
) -> None:
    async with serving(office) as telegram:
        gone, chat = private(telegram), private(telegram, "Binh")
        telegram.faults.arrange("sendMessage", InjectedFault(kind=kind), chat_id=gone.id)
        first, second = gone.say(QUESTION), gone.say(f"{QUESTION} again")
        await check_answered(chat)
        await gone.reply_to(second)
    assert replies(gone, first) == []
    assert Outbox(office.database).failures() == 1
    states = rows(office.database.path, "select reason from outbox where state = 'failed'")
    assert reason.lower() in str(states[0][0]).lower()
    assert Inbox(office.database).backlog().count == 0


async def test_an_edit_whose_answer_was_deleted_is_done(office: Office) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        asked = chat.say(QUESTION)
        await chat.reply_to(asked)
        telegram.faults.arrange("editMessageText", InjectedFault(kind="message_not_found"))
        chat.edit(asked, "Who is Nobuo Kishi?")
        await settled(chat)
    assert rows(office.database.path, "select state, reason from outbox where method = 'editMessageText'") == [
        ("failed", "Message to edit not found")
    ]
    assert Inbox(office.database).list_set_aside() == []


# --- updates that cannot be worked off


async def test_an_update_that_cannot_be_read_is_set_aside_holds_nobody_up_and_the_owners_are_told_once(
    office: Office,
) -> None:
    async with serving(office) as telegram:
        owner, chat = private(telegram, "Owner"), private(telegram, "Binh")
        number = telegram.updates.put_strange({"message": "not one"})
        await check_answered(chat)
        told = await owner.next_reply()
        await settled(chat)
        assert len(owner.bot_messages) == 1
    assert f"policydesk inbox retry {number}" in (told.text or "")
    assert [entry.update_id for entry in Inbox(office.database).list_set_aside()] == [number]


async def test_an_update_of_an_unknown_kind_is_passed_over(office: Office) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        telegram.updates.put_strange({"telepathy": {"from": {"id": chat.id}}})
        await settled(chat)
    assert Inbox(office.database).list_set_aside() == []
    assert Inbox(office.database).backlog().count == 0


@pytest.mark.both_dialects
async def test_an_update_that_was_set_aside_may_be_tried_again_or_given_up(office: Office) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        numbers = [telegram.updates.put_strange({"message": text}) for text in ("zebra", "not one")]
        await settled(chat)
        await telegram.call_of("sendMessage")
    shown = policydesk("inbox", "list").stdout
    assert all(str(number) in shown for number in numbers)
    assert "zebra" not in shown
    assert [
        entry["update_id"] for entry in json.loads(policydesk("inbox", "list", "--json").stdout)["set_aside"]
    ] == numbers
    assert policydesk("inbox", "drop", str(numbers[0])).returncode == 0
    assert policydesk("inbox", "retry", str(numbers[1])).returncode == 0
    inbox = Inbox(office.database)
    assert inbox.list_set_aside() == []
    assert [turn.update_id for turn in inbox.pending()] == [numbers[1]]
    again = policydesk("inbox", "drop", "7")
    assert (again.returncode, "policydesk inbox list" in again.stderr) == (2, True)


# --- the database


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.database.connection, "BUSY_SECONDS", 0.05)


async def _refused_then_answered(
    telegram: Emulator, chat: Conversation, path: Path, caplog: pytest.LogCaptureFixture, repair: Callable[[], object]
) -> None:
    """Nothing is confirmed while nothing can be kept; then it is answered, and it is on record."""
    asked = chat.say(QUESTION)
    before = len(telegram.calls_of("getUpdates"))
    assert await telegram.world.bell.until(lambda: len(telegram.calls_of("getUpdates")) >= before + 2 or None, 20)
    assert not telegram.updates.is_confirmed(telegram.world.update_about(asked) or 0)
    assert chat.bot_messages == []
    repair()
    assert ANSWERED in ((await chat.reply_to(asked, timeout=20)).text or "")
    asked_in_all = len(chat.messages) - len(chat.bot_messages)
    assert rows(path, "select count(*) from exchanges") == [(asked_in_all,)]
    assert "Updates cannot be fetched" in caplog.text


@pytest.mark.usefixtures("_impatient")
async def test_while_another_program_locks_the_database_nothing_is_confirmed_and_nothing_lost(
    office_of: Callable[..., Office], caplog: pytest.LogCaptureFixture
) -> None:
    office = office_of(SEEDS)
    with closing(sqlite3.connect(office.database.path, isolation_level=None)) as other:
        async with serving(office) as telegram:
            other.execute("begin immediate")
            await _refused_then_answered(
                telegram, private(telegram), office.database.path, caplog, lambda: other.execute("rollback")
            )
    assert "is in use by another program" in caplog.text


async def test_a_full_disk_is_said_and_loses_nothing(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    def limit(pages: int) -> None:
        with office.database.reading() as db:
            db.execute(f"pragma max_page_count = {pages}").fetchone()

    async with serving(office) as telegram:
        limit(1)
        chat = private(telegram)
        chat.say("x" * 4000)  # does not fit into what is left of the last pages
        await _refused_then_answered(telegram, chat, office.database.path, caplog, lambda: limit(1_000_000))
    assert "disk is full: free some space" in caplog.text


async def test_a_database_that_becomes_read_only_is_said_and_loses_nothing(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    def protect(*, on: bool) -> None:
        with office.database.reading() as db:
            db.execute(f"pragma query_only = {int(on)}")

    async with serving(office) as telegram:
        protect(on=True)
        await _refused_then_answered(
            telegram, private(telegram), office.database.path, caplog, lambda: protect(on=False)
        )
    assert "give the bot's user the right to write" in caplog.text


async def test_a_journal_of_twenty_megabytes_slows_nobody_out_and_is_written_back(office: Office) -> None:
    """A program that reads for long keeps the journal (WAL) from being written back."""
    path = office.database.path
    journal = path.with_name(f"{path.name}-wal")
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from exchanges").fetchone()
        with office.database.writing(synced=False) as db:
            db.execute("create table filler (content blob)")
            db.execute("insert into filler values (zeroblob(20000000))")
        assert journal.stat().st_size > 20_000_000
        async with serving(office) as telegram:
            chat = private(telegram)
            await check_answered(chat)
        reader.execute("rollback")
    Inbox(office.database).sweep(Clock().now())
    assert journal.stat().st_size == 0
    assert rows(path, "pragma integrity_check") == [("ok",)]
    assert rows(path, "select count(*) from exchanges") == [(1,)]


# --- age


@pytest.mark.parametrize(
    ("seconds", "words"), [(590, None), (660, "Asked 11 minutes ago"), (7 * 3600, "Asked 7 hours")]
)
async def test_an_answer_that_comes_late_says_how_old_the_question_is(
    office: Office, database: DeskDatabase, seconds: int, words: str | None
) -> None:
    async with Emulator() as telegram:
        telegram.world.clock = lambda: time.time() - seconds
        chat = private(telegram)
        asked = chat.say(QUESTION)
        telegram.world.clock = time.time
        async with serving(office, telegram=telegram):
            reply = (await chat.reply_to(asked)).text or ""
    assert reply.startswith(words) if words else "ago" not in reply
    assert ANSWERED in reply
    assert (ExchangeLog(database).history()[0].reply).startswith(words or "")
