"""Telegram's numbers start anew after a week without updates, and are not all that tells one update from another."""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.delivery.polling
from bot.app import Office, open_access
from bot.delivery.update_order import UpdateOrder
from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from bot.emulator.world.faults import Disturbance
from bot.metrics import Metrics
from bot.serving import build_bot, build_reloader
from bot.settings import SEEDS, read_settings
from bot.telegram_app import running
from retrieval.library import Library
from storage.database.connection import DeskDatabase
from storage.delivery.inbox import Inbox, IncomingUpdate, PendingUpdate
from storage.record.exchanges import ExchangeLog
from tests.chaos.storm import free_port
from tests.support.desk import door, office_with, serving
from tests.support.osa import QUESTION, check_answered

NOW = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)


@pytest.fixture
def office(office_of: Callable[..., Office]) -> Office:
    return office_of(SEEDS)


def private(telegram: Emulator, name: str = "Binh") -> Conversation:
    return telegram.private_chat(telegram.person(name))


def update(number: int, words: str = "", chat_id: int = 1) -> IncomingUpdate:
    return IncomingUpdate(update_id=number, chat_id=chat_id, user_id=None, content=f'{{"words": "{words}"}}')


def quoted(chat: Conversation) -> list[int]:
    return [said.reply_to_message.message_id for said in chat.bot_messages if said.reply_to_message]


# --- by polling


@pytest.mark.parametrize(
    ("fall", "count"), [(900_000_000, 110), (20, 30), (3, 30)], ids=["far", "into those before", "by three"]
)
async def test_when_numbers_fall_every_question_is_answered_once_and_confirmed(
    office: Office, fall: int, count: int
) -> None:
    async with serving(office) as telegram:
        telegram.updates.start_anew(900_000_200)
        chat = private(telegram)
        asked = [chat.say(f"{QUESTION} {number}") for number in range(5)]
        await chat.reply_to(asked[-1], timeout=30)
        telegram.updates.start_anew(max(1, 900_000_205 - fall))
        asked += [chat.say(f"{QUESTION} {number}") for number in range(count)]
        await chat.reply_to(asked[-1], timeout=60)
        assert await telegram.world.bell.until(lambda: telegram.updates.waiting == 0 or None, 10)
        await check_answered(chat)
        assert await telegram.world.bell.until(lambda: telegram.updates.waiting == 0 or None, 10)
    assert quoted(chat)[:-1] == [message.message_id for message in asked]
    assert len(ExchangeLog(office.database).history(limit=999)) == len(asked) + 1


@pytest.mark.both_dialects
async def test_updates_that_come_twice_are_known_when_numbers_have_fallen(office: Office) -> None:
    async with serving(office) as telegram:
        telegram.updates.disturb(Disturbance(repeat=0.5, reorder=0.5, times=60, seed=4))
        telegram.updates.start_anew(500_000)
        chat, asked = private(telegram), []
        for first in (500_000, 7, 3, 500_001, 5):
            telegram.updates.start_anew(first)
            asked += [chat.say(f"{QUESTION} {number}") for number in range(8)]
            await chat.reply_to(asked[-1], timeout=30)
            assert await telegram.world.bell.until(lambda: telegram.updates.waiting == 0 or None, 10)
        await chat.reply_to(chat.say("/help"))
    assert quoted(chat)[:-1] == [message.message_id for message in asked]


async def test_a_queue_that_does_not_move_is_said_in_the_log_in_readyz_and_to_the_owners(
    seeds: Library, database: DeskDatabase, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bot.delivery.polling, "STALL_PAUSE", 0.01)
    metrics = Metrics()
    async with Emulator() as telegram:
        owner = private(telegram, "Olga")
        office = office_with(metrics, seeds, database, owners=(owner.id,))
        async with door(office) as client, serving(office, telegram=telegram):
            chat = private(telegram)
            await check_answered(chat)
            await _stuck(telegram, monkeypatch)
            chat.say(QUESTION)
            told = await owner.next_reply()
            assert "the same updates again and again" in (told.text or "")
            assert await _readiness(client) == (503, "Telegram hands out the same updates again and again")
            monkeypatch.undo()
            telegram.world.bell.ring()
            await check_answered(chat)
            assert (await _readiness(client))[0] == 200
            assert len(owner.bot_messages) == 1
    assert caplog.text.count("the same updates again and again") == 1


async def _stuck(telegram: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have Telegram take no confirmation."""
    monkeypatch.setattr(type(telegram.updates), "confirm", lambda *_: None)


async def _readiness(client: httpx.AsyncClient) -> tuple[int, str]:
    answer = await client.get("/readyz")
    return answer.status_code, answer.json()["telegram"]


# --- by webhook


class Taken:
    """What was handed on."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.came = asyncio.Event()

    def take(self, updates: Iterable[PendingUpdate]) -> None:
        self.numbers += [update.update_id for update in updates]
        self.came.set()


@given(st.permutations(range(5, 12)), st.integers(0, 7))
def test_posted_updates_whose_numbers_have_fallen_are_handed_on_in_their_order(new: list[int], known: int) -> None:
    async def run() -> list[int]:
        taken = Taken()
        order = UpdateOrder(taken.take, seconds=0)
        order.add([PendingUpdate(number, 1) for number in range(900, 900 + known + 1)])
        taken.came.clear()
        order.add([PendingUpdate(number, 1) for number in new])
        await asyncio.wait_for(taken.came.wait(), 5)
        await asyncio.sleep(0)
        order.add([PendingUpdate(12, 1)])
        order.close()
        return taken.numbers[known + 1 :]

    assert asyncio.run(run()) == list(range(5, 13))


async def test_one_that_comes_late_after_a_gap_is_not_taken_for_the_first_of_other_numbers() -> None:
    taken = Taken()
    order = UpdateOrder(taken.take, seconds=0.01)
    order.add([PendingUpdate(3, 1)])
    taken.came.clear()
    order.add([PendingUpdate(6, 1)])
    await asyncio.wait_for(taken.came.wait(), 5)
    order.add([PendingUpdate(4, 1)])
    order.add([PendingUpdate(7, 1)])
    order.close()
    assert taken.numbers == [3, 6, 4, 7]


async def test_posted_questions_are_answered_when_numbers_fall(office_of: Callable[..., Office]) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/hook"
    limits = {"limit_person": 9_999, "limit_chat": 9_999}
    office = office_of(SEEDS, webhook=url, webhook_secret="s", webhook_listen=f"127.0.0.1:{port}", **limits)  # noqa: S106
    access = open_access(read_settings(open=True, **limits), office.database)
    async with Emulator() as telegram:
        bot_ = build_bot(office, build_reloader(office), access, telegram.token, telegram.url)
        async with running(bot_, office.desk):
            await telegram.call_of("setWebhook")
            chat, asked = private(telegram), []
            for first in (500_000, 499_998, 3):
                telegram.updates.start_anew(first)
                asked += [chat.say(f"{QUESTION} {number}") for number in range(4)]
                await chat.reply_to(asked[-1], timeout=30)
                assert await telegram.world.bell.until(lambda: telegram.updates.waiting == 0 or None, 10)
    assert quoted(chat) == [message.message_id for message in asked]


# --- the inbox


@pytest.mark.both_dialects
def test_an_update_is_known_by_its_number_and_its_content(database: DeskDatabase) -> None:
    inbox = Inbox(database)
    first = inbox.put([update(7, "who?"), update(8, "when?")], NOW)
    inbox.finish(7)
    assert inbox.put([update(7, "who?"), update(8, "when?")], NOW) == []
    (again,) = inbox.put([update(7, "where?")], NOW)
    assert again.update_id not in {7, 8}
    assert (again.number, again.content) == (7, update(7, "where?").content)
    assert inbox.put([update(7, "where?"), update(7, "who?")], NOW) == []
    inbox.finish(again.update_id)
    assert inbox.put([update(7, "where?"), update(7, "who?")], NOW) == []
    (third,) = inbox.put([update(7, "why?")], NOW + dt.timedelta(seconds=1))
    assert len({*(one.update_id for one in first), again.update_id, third.update_id}) == 4
    assert inbox.last() == 7
    assert [pending.place for pending in inbox.pending()] == [8, 7]


@pytest.mark.both_dialects
def test_what_waits_waits_in_the_order_in_which_it_came_though_numbers_fall(database: DeskDatabase) -> None:
    inbox = Inbox(database)
    for numbers in ((901, 900), (3, 2), (900, 1)):
        inbox.put([update(number, str(numbers)) for number in numbers], NOW)
    assert [pending.place for pending in inbox.pending()] == [900, 901, 2, 3, 1, 900]


@pytest.mark.both_dialects
def test_done_updates_are_forgotten_after_two_days_and_their_numbers_may_come_again(database: DeskDatabase) -> None:
    inbox = Inbox(database)
    inbox.put([update(7, "who?")], NOW)
    inbox.finish(7)
    inbox.sweep(NOW + dt.timedelta(hours=49))
    assert [again.update_id for again in inbox.put([update(7, "who?")], NOW)] == [7]
