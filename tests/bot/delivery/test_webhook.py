"""Updates that Telegram posts: taken from nobody else, on disk before it is told so, and in their order."""

import asyncio
import datetime as dt
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.delivery.receiver
import storage.database.connection
from bot.app import Office, open_access
from bot.delivery.group_commit import GroupCommit
from bot.delivery.update_order import UpdateOrder
from bot.delivery.webhook import BODY_BYTES, SECRET_HEADER
from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from bot.emulator.world.faults import Disturbance
from bot.serving import build_bot, build_reloader
from bot.settings import SEEDS, read_settings
from bot.telegram_app import running
from storage.database.connection import DeskDatabase
from storage.delivery.inbox import Inbox, IncomingUpdate, PendingUpdate
from tests.chaos.storm import free_port
from tests.support.desk import policydesk
from tests.support.osa import ANSWERED, QUESTION, check_answered

SECRET = "open-sesame"  # noqa: S105 - it opens nothing


@dataclass(frozen=True)
class Posted:
    """A bot that updates are posted to."""

    telegram: Emulator
    chat: Conversation
    url: str
    database: DeskDatabase

    async def post(self, body: bytes, secret: str | None = None) -> int:
        """Post something as anybody could, and give the status of the answer."""
        async with httpx.AsyncClient() as client:
            headers = httpx.Headers({SECRET_HEADER: secret or ""}, encoding="utf-8") if secret is not None else None
            return (await client.post(self.url, content=body, headers=headers)).status_code


@pytest.fixture
async def posted(office_of: Callable[..., Office]) -> AsyncIterator[Posted]:
    port = free_port()
    url = f"http://127.0.0.1:{port}/hook"
    office = office_of(SEEDS, webhook=url, webhook_secret=SECRET, webhook_listen=f"127.0.0.1:{port}", limit_chat=10_000)
    access = open_access(read_settings(open=True, limit_person=10_000, limit_chat=10_000), office.database)
    async with Emulator() as telegram:
        bot = build_bot(office, build_reloader(office), access, telegram.token, telegram.url)
        async with running(bot, office.desk):
            await telegram.call_of("setWebhook")
            yield Posted(telegram, telegram.private_chat(telegram.person("Aiko")), url, office.database)


async def test_what_is_posted_is_answered(posted: Posted) -> None:
    await check_answered(posted.chat)
    assert posted.telegram.calls_of("getUpdates") == []


@pytest.mark.parametrize("secret", [None, "", "open-sesame2", "OPEN-SESAME", "ö"])
async def test_without_the_secret_nothing_is_taken(posted: Posted, secret: str | None) -> None:
    assert await posted.post(b'{"update_id": 1}', secret) == 403
    assert Inbox(posted.database).numbers(0) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"update_id": "1"}', 400),
        (b'{"update_id": 99999999999999999999}', 400),
        (b"[" * 100_000, 400),
        (b"\xff", 400),
        (b" " * (BODY_BYTES + 1), 413),
        (b'{"update_id": 5}', 200),
    ],
    ids=["cut", "list", "text", "huge", "deep", "no-text", "long", "fine"],
)
async def test_what_is_no_update_is_refused(posted: Posted, body: bytes, status: int) -> None:
    assert await posted.post(body, SECRET) == status


async def test_updates_that_come_too_early_and_twice_are_answered_once_and_in_order(posted: Posted) -> None:
    posted.telegram.updates.disturb(Disturbance(repeat=0.5, reorder=0.5, seed=2))
    asked = [posted.chat.say(f"{QUESTION} {number}") for number in range(20)]
    await posted.chat.reply_to(asked[-1], timeout=30)
    await posted.chat.reply_to(posted.chat.say("/help"))
    quoted = [m.reply_to_message.message_id for m in posted.chat.bot_messages if m.reply_to_message]
    assert quoted[:20] == [message.message_id for message in asked]
    assert len(quoted) == 21


@pytest.fixture
def slow_receipts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits on disk is looked through all the time, and twice before the writer of an update goes on."""
    monkeypatch.setattr(bot.delivery.receiver, "LOOK_SECONDS", 0.001)
    pending, write, looks = Inbox.pending, GroupCommit.write, [0]

    def count(inbox: Inbox) -> list[PendingUpdate]:
        looks[0] += 1
        return pending(inbox)

    async def dawdle(group_commit: GroupCommit, act: Callable[..., object], *given: object, synced: bool) -> object:
        written, before = await write(group_commit, act, *given, synced=synced), looks[0]
        while act.__name__ == "put" and looks[0] < before + 3:  # noqa: ASYNC110 - looks are made on a thread
            await asyncio.sleep(0)
        return written

    def write_slowly(
        group_commit: GroupCommit, act: Callable[..., object], *given: object, synced: bool = False
    ) -> object:
        return asyncio.ensure_future(dawdle(group_commit, act, *given, synced=synced))

    monkeypatch.setattr(Inbox, "pending", count)
    monkeypatch.setattr(GroupCommit, "write", write_slowly)


@pytest.mark.usefixtures("slow_receipts")
async def test_what_is_just_being_kept_is_not_taken_for_what_another_program_had_wait_again(posted: Posted) -> None:
    posted.telegram.updates.disturb(Disturbance(repeat=0, reorder=0.5, seed=2))
    asked = [posted.chat.say("/help") for _ in range(10)]
    await posted.chat.reply_to(asked[-1], timeout=30)
    await posted.chat.reply_to(posted.chat.say("/help"))
    quoted = [m.reply_to_message.message_id for m in posted.chat.bot_messages if m.reply_to_message]
    assert quoted[:10] == [message.message_id for message in asked]


async def test_what_cannot_be_kept_is_left_with_telegram(posted: Posted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.database.connection, "BUSY_SECONDS", 0.05)
    with posted.database.reading() as db:
        db.execute("pragma busy_timeout = 50")
    with closing(sqlite3.connect(posted.database.path, isolation_level=None)) as other:
        other.execute("begin immediate")
        asked = posted.chat.say(QUESTION)
        updates = posted.telegram.updates
        assert await posted.telegram.world.bell.until(lambda: updates.failure, 20)
        assert updates.failure is not None
        assert "503" in updates.failure[1]
        other.execute("rollback")
    assert ANSWERED in ((await posted.chat.reply_to(asked, timeout=20)).text or "")


def test_a_webhook_that_cannot_be_used_is_refused() -> None:
    for setting, value in [
        ("POLICYDESK_WEBHOOK", "bot.example.org"),
        ("POLICYDESK_WEBHOOK_SECRET", "open sesame"),
        ("POLICYDESK_WEBHOOK_LISTEN", "8443"),
    ]:
        done = policydesk("config", **{setting: value})
        assert (done.returncode, setting in done.stderr) == (2, True)
        assert "open sesame" not in done.stderr


# --- in their order


@dataclass
class Taken:
    """What was handed on."""

    numbers: list[int] = field(default_factory=list)

    def take(self, turns: object) -> None:
        self.numbers += [turn.update_id for turn in turns]  # type: ignore[attr-defined]


@given(st.permutations(range(100, 120)))
def test_whatever_the_order_they_come_in_they_are_handed_on_in_theirs(numbers: list[int]) -> None:
    async def run() -> list[int]:
        taken = Taken()
        sequence = UpdateOrder(taken.take)
        sequence.add([PendingUpdate(99, 1)])
        for number in numbers:
            sequence.add([PendingUpdate(number, 1)])
        sequence.close()
        return taken.numbers

    assert asyncio.run(run()) == list(range(99, 120))


async def test_a_number_that_never_comes_is_not_waited_for_for_ever() -> None:
    came = asyncio.Event()

    class Ringing(Taken):
        def take(self, turns: object) -> None:
            super().take(turns)
            if 7 in self.numbers:
                came.set()

    taken = Ringing()
    sequence = UpdateOrder(taken.take, seconds=0.01)
    sequence.add([PendingUpdate(3, 1)])
    sequence.add([PendingUpdate(7, 1), PendingUpdate(6, 1)])
    assert taken.numbers == [3]
    await asyncio.wait_for(came.wait(), 5)
    assert taken.numbers == [3, 6, 7]
    assert all(earlier < later for earlier, later in pairwise(taken.numbers))


async def test_after_a_restart_those_that_came_too_early_wait_on(database: DeskDatabase) -> None:
    inbox, taken = Inbox(database), Taken()
    arrivals = [IncomingUpdate(update_id=number, chat_id=1, user_id=None, content="{}") for number in (1, 2, 3, 6)]
    inbox.put(arrivals, dt.datetime.now(dt.UTC))
    inbox.finish(2)
    sequence = UpdateOrder(taken.take)
    sequence.resume(inbox.numbers(1), inbox.pending())
    assert taken.numbers == [1, 3]
    sequence.add([PendingUpdate(4, 1), PendingUpdate(5, 1)])
    sequence.close()
    assert taken.numbers == [1, 3, 4, 5, 6]


async def test_after_a_restart_with_nothing_left_the_first_that_comes_too_early_waits_too(
    database: DeskDatabase,
) -> None:
    inbox, taken = Inbox(database), Taken()
    inbox.put([IncomingUpdate(update_id=4, chat_id=1, user_id=None, content="{}")], dt.datetime.now(dt.UTC))
    inbox.finish(4)
    sequence = UpdateOrder(taken.take)
    sequence.resume(inbox.numbers(inbox.last()), inbox.pending())
    sequence.add([PendingUpdate(6, 1)])
    assert taken.numbers == []
    sequence.add([PendingUpdate(5, 1)])
    sequence.close()
    assert taken.numbers == [5, 6]


async def test_after_a_restart_one_that_came_too_early_waits_for_those_between_it_and_the_last(
    database: DeskDatabase,
) -> None:
    inbox, taken = Inbox(database), Taken()
    arrivals = [IncomingUpdate(update_id=number, chat_id=1, user_id=None, content="{}") for number in (1, 2, 5)]
    inbox.put(arrivals, dt.datetime.now(dt.UTC))
    for number in (1, 2):
        inbox.finish(number)
    sequence = UpdateOrder(taken.take)
    sequence.resume(inbox.numbers(inbox.before(5) or 5), inbox.pending())
    assert taken.numbers == []
    sequence.add([PendingUpdate(3, 1), PendingUpdate(4, 1)])
    sequence.close()
    assert taken.numbers == [3, 4, 5]


async def test_a_number_is_not_given_up_while_what_is_posted_is_refused_or_on_its_way_to_the_disk() -> None:
    taken = Taken()
    sequence = UpdateOrder(taken.take, seconds=0.05)

    async def refuse_late() -> None:
        with sequence.arriving():
            await asyncio.wait_for(
                asyncio.Event().wait(), 0.15
            )  # three times as long as a missing number is waited for

    sequence.add([PendingUpdate(1, 1), PendingUpdate(3, 1)])
    with pytest.raises(TimeoutError):
        await refuse_late()
    sequence.add([PendingUpdate(2, 1)])  # posted again before the time is up anew
    sequence.close()
    assert taken.numbers == [1, 2, 3]
