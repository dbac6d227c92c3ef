"""How much may be asked, and how fast the bot speaks: friendly to people, and within what Telegram allows."""

import asyncio
import datetime as dt
import itertools
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.ext import ExtBot

import bot.messages.sending
from bot.access.policy import Access
from bot.app import open_access
from bot.delivery.rate_limiter import RateLimiter
from bot.desk.desk import Desk
from bot.emulator.people.people import Group
from bot.emulator.web.server import Emulator
from bot.emulator.world.faults import InjectedFault
from bot.settings import read_settings
from storage.access.models import Attempt, AttemptKind, Role
from storage.access.rate_limits import RateCounter, RateLimits
from storage.database.connection import DeskDatabase
from tests.support.closed_desk import Clock, ClosedDesk, ask, closed_desk, serving
from tests.support.desk import policydesk
from tests.support.emulator_bots import request
from tests.support.osa import ANSWERED, QUESTION, check_answered

WAIT = "That is more than I can look up at once: please ask again in {} seconds."
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.fixture
async def open_desk(desk: Desk, database: DeskDatabase) -> AsyncIterator[ClosedDesk]:
    """A desk that everybody may ask, as much as the settings say when nothing is set."""
    async with closed_desk(desk, database, open=True) as ready:
        yield ready


def attempt(seconds: float, user_id: int = 5, chat_id: int = 5, kind: AttemptKind = AttemptKind.MESSAGE) -> Attempt:
    return Attempt(kind=kind, user_id=user_id, chat_id=chat_id, at=NOON + dt.timedelta(seconds=seconds))


# --- people


async def test_a_person_may_ask_ten_questions_a_minute_and_is_then_told_how_long_to_wait(
    open_desk: ClosedDesk,
) -> None:
    chat = open_desk.stranger()
    for _ in range(10):
        assert ANSWERED in await ask(chat)
    open_desk.clock.seconds += 15
    assert await ask(chat) == WAIT.format(45)
    assert open_desk.asked() == 10


async def test_it_is_said_once_and_whoever_waits_is_answered_again(open_desk: ClosedDesk) -> None:
    chat = open_desk.stranger()
    for _ in range(14):
        chat.say(QUESTION)
    open_desk.clock.seconds += 60
    await ask(chat)
    assert [reply.text for reply in chat.bot_messages if reply.text == WAIT.format(60)] == [WAIT.format(60)]
    assert len(chat.bot_messages) == 12
    assert open_desk.refusals() == [("message", "limit", chat.id, chat.id, 4)]


async def test_the_next_time_it_is_said_again(open_desk: ClosedDesk) -> None:
    chat = open_desk.stranger()
    for _ in range(2):
        for _ in range(10):
            assert ANSWERED in await ask(chat)
        assert await ask(chat) == WAIT.format(60)
        open_desk.clock.seconds += 60


async def test_others_are_not_held_up(open_desk: ClosedDesk) -> None:
    busy, other = open_desk.stranger("Binh"), open_desk.stranger("Chi")
    for _ in range(11):
        await ask(busy)
    assert ANSWERED in await ask(other)


async def test_what_a_person_asks_counts_in_all_chats_together(open_desk: ClosedDesk) -> None:
    binh = open_desk.telegram.person("Binh")
    private, group = open_desk.telegram.private_chat(binh), open_desk.telegram.group("Desk", [binh])
    for _ in range(5):
        await ask(private)
        await ask(group, f"/ask {QUESTION}")
    assert await ask(group, f"/ask {QUESTION}") == WAIT.format(60)


async def test_files_and_edits_count_as_questions_do_and_commands_do_not(desk: Desk, database: DeskDatabase) -> None:
    async with closed_desk(desk, database, open=True, limit_person=3) as ready:
        chat = ready.stranger()
        asked = chat.say(QUESTION)
        chat.edit(asked, "Who is Nobuo Kishi?")
        chat.send_document(b"words")
        for _ in range(4):
            assert "Articles" in await ask(chat, "/sources")
        assert await ask(chat) == WAIT.format(60)
        assert "How to ask" in await ask(chat, "/help")


async def test_owners_may_ask_as_much_as_they_like(desk: Desk, database: DeskDatabase) -> None:
    async with closed_desk(desk, database, limit_person=1, limit_chat=1) as ready:
        for _ in range(3):
            assert ANSWERED in await ask(ready.owner)


async def test_who_speaks_as_a_channel_or_as_the_group_may_ask_no_more_than_a_person(
    desk: Desk, database: DeskDatabase
) -> None:
    async with closed_desk(desk, database, open=True, limit_person=3) as ready:
        telegram, binh = ready.telegram, ready.telegram.person("Binh")
        group = telegram.group("Desk", [binh])
        news, sport = telegram.channel("News", [binh]), telegram.channel("Sport", [binh])
        for channel in (news, sport):
            for number in range(3):
                reply = await group.reply_to(group.say_as_channel(f"/ask {QUESTION}{'?' * number}", channel))
                assert ANSWERED in (reply.text or "")
            told = await group.reply_to(group.say_as_channel(f"/ask {QUESTION}", channel))
            assert told.text == WAIT.format(60)
        assert ANSWERED in await ask(group, f"/ask {QUESTION}")
        group.promote(binh, is_anonymous=True)
        for _ in range(3):
            assert ANSWERED in await ask(group, f"/ask {QUESTION}")
        assert await ask(group, f"/ask {QUESTION}") == WAIT.format(60)
        names = [name for (name,) in ready.rows("select distinct user_id from exchanges")]
    assert set(names) == {news.id, sport.id, binh.id, None}


# --- chats


def group_of(desk: ClosedDesk, people: int) -> Group:
    return desk.telegram.group("Desk", [desk.telegram.person(f"Person {number}") for number in range(people)])


async def test_a_chat_may_ask_eighteen_questions_a_minute(open_desk: ClosedDesk) -> None:
    group, other = group_of(open_desk, 3), group_of(open_desk, 1)
    members = [one.user for one in open_desk.telegram.world.rooms[group.id].members.values()][1:]
    for number in range(18):
        await check_answered(group, f"/ask {QUESTION}", members[number % 3])
    told = await group.reply_to(group.say(f"/ask {QUESTION}", members[0]))
    assert told.text == "This chat asks more than I can look up at once: please ask again in 60 seconds."
    assert ANSWERED in await ask(other, f"/ask {QUESTION}")


async def test_what_people_say_to_each_other_is_not_counted(desk: Desk, database: DeskDatabase) -> None:
    async with closed_desk(desk, database, open=True, limit_person=2, limit_chat=2) as ready:
        group = group_of(ready, 1)
        for number in range(20):
            group.say(f"We talked about that {number} times.")
        assert ANSWERED in await ask(group, f"/ask {QUESTION}")


# --- presses and inline queries


async def test_presses_use_up_no_questions_and_who_presses_too_often_is_told_once(
    desk: Desk, database: DeskDatabase
) -> None:
    async with closed_desk(desk, database, limit_person=2) as ready:
        chat, asker = ready.stranger("Binh"), ready.stranger("Chi")
        ready.shell().approve(str(asker.id), Role.ASKER)
        await ask(chat)
        shown = await ready.owner.next_reply()
        pressed = [ready.owner.press(shown, "Approve", by=asker.first()) for _ in range(14)]
        told = [(await ready.owner.callback_answer(press)).text or "" for press in pressed]
        assert [text.partition(" ")[0] for text in told] == ["Only"] * 12 + ["That", ""]
        for _ in range(2):
            assert ANSWERED in await ask(asker)
        assert await ask(asker) == WAIT.format(60)


async def test_too_many_inline_queries_are_answered_with_how_long_to_wait(desk: Desk, database: DeskDatabase) -> None:
    async with closed_desk(desk, database, open=True, limit_person=1) as ready:
        chat = ready.stranger()
        await ask(chat)
        offered = await chat.inline_answer(chat.type_inline("OSA"))
        assert (offered.results, offered.is_personal) == ((), True)
        assert offered.button
        assert offered.button.text == "Too many at once: go on in 60 s"


# --- restarts and clocks


async def test_a_restart_does_not_begin_anew(desk: Desk, database: DeskDatabase) -> None:
    answered = []
    async with Emulator(clock=Clock()) as telegram:
        chat = telegram.private_chat(telegram.person("Binh"))
        for _ in range(2):
            async with serving(telegram, desk, database, open_access(read_settings(open=True), database)):
                answered += [ANSWERED in await ask(chat) for _ in range(5)]
        async with serving(telegram, desk, database, open_access(read_settings(open=True), database)):
            assert await ask(chat) == WAIT.format(60)
    assert answered == [True] * 10


async def test_what_piled_up_while_the_bot_was_away_is_answered(desk: Desk, database: DeskDatabase) -> None:
    clock = Clock()
    async with Emulator(clock=clock) as telegram:
        chat = telegram.private_chat(telegram.person("Binh"))
        for _ in range(15):
            last = chat.say(QUESTION)
            clock.seconds += 10
        async with serving(telegram, desk, database, open_access(read_settings(open=True), database)):
            assert ANSWERED in ((await chat.reply_to(last)).text or "")
        assert len(chat.bot_messages) == 15


@pytest.mark.parametrize("back", [1, 30, 60, 61, 3600, 86_400 * 365])
async def test_a_clock_set_back_locks_nobody_out_for_longer_than_a_minute(open_desk: ClosedDesk, back: int) -> None:
    chat = open_desk.stranger()
    for _ in range(11):
        await ask(chat)
    open_desk.clock.seconds -= back
    chat.say(QUESTION)
    open_desk.clock.seconds += 60
    assert ANSWERED in await ask(chat)


def test_of_many_at_the_same_moment_no_more_pass_than_are_allowed(database: DeskDatabase) -> None:
    book, passed = RateCounter(database, RateLimits(person=10, chat=100)), []
    threads = [threading.Thread(target=lambda: passed.append(book.take(attempt(0)) is None)) for _ in range(25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert passed.count(True) == 10


def test_the_log_is_synced_as_before_once_something_was_counted(database: DeskDatabase) -> None:
    RateCounter(database, RateLimits(person=10, chat=10)).take(attempt(0))
    with database.reading() as db:
        assert db.execute("pragma synchronous").fetchone() == (2,)  # FULL


def test_what_was_counted_is_dropped_after_a_day(database: DeskDatabase) -> None:
    book = RateCounter(database, RateLimits(person=10, chat=10))
    for seconds in (0, 86_399, 86_401):
        book.take(attempt(seconds))
    with database.reading() as db:
        assert [row["at"] for row in db.query("select at from asks")] == [
            "2026-11-23T11:59:59.000Z",
            "2026-11-23T12:00:01.000Z",
        ]


@settings(max_examples=15)
@given(st.lists(st.integers(-90, 30), max_size=30), st.integers(1, 5), st.integers(1, 5))
def test_whoever_waits_as_long_as_they_were_told_is_let_through(pauses: list[int], person: int, chat: int) -> None:
    with TemporaryDirectory() as folder, closing(DeskDatabase(Path(folder) / "limits.db")) as database:
        book, now = RateCounter(database, RateLimits(person, chat)), 0
        for pause in pauses:
            now += pause
            wait = book.take(attempt(now))
            if wait is not None:
                assert 1 <= wait.seconds <= 60
                now += wait.seconds
                assert book.take(attempt(now)) is None


@settings(max_examples=15)
@given(st.lists(st.integers(0, 30), max_size=30), st.integers(1, 5), st.integers(1, 5))
def test_no_minute_holds_more_than_is_allowed(pauses: list[int], person: int, chat: int) -> None:
    with TemporaryDirectory() as folder, closing(DeskDatabase(Path(folder) / "limits.db")) as database:
        book, moments = RateCounter(database, RateLimits(person, chat)), list(itertools.accumulate(pauses))
        passed = [now for now in moments if book.take(attempt(now)) is None]
        assert all(sum(now - 60 < at <= now for at in passed) <= min(person, chat) for now in passed)


def test_limits_are_settings() -> None:
    shown = policydesk("config", POLICYDESK_LIMIT_PERSON="3", POLICYDESK_LIMIT_CHAT="4").stdout
    assert {"POLICYDESK_LIMIT_PERSON 3", "POLICYDESK_LIMIT_CHAT 4"} <= {
        " ".join(line.split()[:2]) for line in shown.splitlines()
    }
    assert "POLICYDESK_LIMIT_CHAT" in policydesk("config", POLICYDESK_LIMIT_CHAT="0").stderr


# --- what the bot sends


@pytest.fixture
async def paced() -> AsyncIterator[tuple[Emulator, ExtBot[int]]]:
    """A bot that keeps its pace, and does what the test tells it."""
    async with Emulator() as telegram:
        bot = ExtBot(
            telegram.token,
            base_url=telegram.base_url,
            request=request(),
            get_updates_request=request(),
            rate_limiter=RateLimiter(),
        )
        async with bot:
            yield telegram, bot


async def test_typing_and_reactions_use_up_nothing_of_a_groups_twenty_a_minute(
    paced: tuple[Emulator, ExtBot[int]],
) -> None:
    telegram, bot = paced
    group = telegram.group("Desk", [telegram.person("Aiko")])
    asked = group.say("Who signed?")
    for _ in range(20):
        await bot.send_chat_action(group.id, "typing")
        await bot.set_message_reaction(group.id, asked.message_id, "👍")
        await bot.send_message(group.id, "An answer")
    assert len(group.bot_messages) == 20


async def test_what_is_said_in_a_group_beyond_twenty_a_minute_waits_and_others_do_not(
    paced: tuple[Emulator, ExtBot[int]],
) -> None:
    telegram, bot = paced
    group, private = telegram.group("Desk", [telegram.person("Aiko")]), telegram.private_chat(telegram.person("Binh"))
    for _ in range(20):
        await bot.send_message(group.id, "An answer")
    late = asyncio.create_task(bot.send_message(group.id, "One more"))
    await bot.send_message(private.id, "An answer elsewhere")
    assert not late.done()
    late.cancel()
    assert len(group.bot_messages) == 20


async def test_an_answer_that_came_too_soon_for_telegram_is_sent_when_it_says(
    desk: Desk, database: DeskDatabase, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PTB_TIMEDELTA")
    async with Emulator() as telegram, serving(telegram, desk, database, access):
        chat = telegram.private_chat(telegram.person("Aiko"))
        telegram.faults.arrange("sendMessage", InjectedFault(kind="flood", retry_after=1), times=2)
        assert ANSWERED in await ask(chat)
        assert len(telegram.faults.events) == 2
        assert len(chat.bot_messages) == 1


@pytest.mark.usefixtures("commands_offered")
async def test_the_bot_starts_though_telegram_has_it_wait(desk: Desk, database: DeskDatabase, access: Access) -> None:
    async with Emulator() as telegram:
        for method in ("getMe", "setMyCommands", "getUpdates"):
            telegram.faults.arrange(method, InjectedFault(kind="flood", retry_after=1))
        async with serving(telegram, desk, database, access):
            assert ANSWERED in await ask(telegram.private_chat(telegram.person("Aiko")))


async def test_typing_that_came_too_soon_holds_nothing_up(
    desk: Desk, database: DeskDatabase, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.messages.sending, "TYPING_AFTER", 0)
    async with Emulator() as telegram, serving(telegram, desk, database, access):
        telegram.faults.arrange("sendChatAction", InjectedFault(kind="flood", retry_after=600))
        assert ANSWERED in await ask(telegram.private_chat(telegram.person("Aiko")))
