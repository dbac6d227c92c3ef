"""When too much waits, a question that comes is told so at once, and nothing that was promised an answer is."""

import asyncio
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from functools import partial

import httpx
import pytest
from aiolimiter import AsyncLimiter
from telegram.ext import AIORateLimiter

from bot.app import Office, open_desk, open_folder
from bot.delivery.backpressure import FULL
from bot.delivery.webhook import SECRET_HEADER
from bot.desk.answer_cache import Result
from bot.emulator.objects import Message
from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from bot.emulator.world.faults import FaultKind, InjectedFault
from bot.metrics import Metrics
from bot.settings import SEEDS, Settings, read_settings
from retrieval.library import Library
from storage.database.connection import DeskDatabase
from storage.delivery.inbox import Inbox
from tests.chaos.storm import free_port
from tests.support.desk import policydesk, serving
from tests.support.osa import ANSWERED, QUESTION

SECRET = "open-sesame"  # noqa: S105 - it opens nothing
BUSY = "I am busy: {} questions wait for an answer already. Please ask again in a moment."


@dataclass
class Held:
    """A desk whose searches are at a standstill until it is let go."""

    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    go_on: threading.Event = field(default_factory=threading.Event)

    def do(self, library: Library, work: Callable[[Library], Result]) -> Result:
        self.begun.release()
        assert self.go_on.wait(30)
        return work(library)

    async def stands(self) -> None:
        """Wait until a question is held."""
        with ThreadPoolExecutor(1) as own:  # the bot's own threads are held
            acquire = partial(self.begun.acquire, timeout=30)
            assert await asyncio.get_running_loop().run_in_executor(own, acquire)


@dataclass(frozen=True)
class Place:
    """A bot whose desk can be held, and what it records."""

    held: Held
    database: DeskDatabase
    metrics: Metrics
    office: Callable[..., Office]

    @asynccontextmanager
    async def serving(
        self, office: Office, telegram: Emulator | None = None, **given: object
    ) -> AsyncIterator[Emulator]:
        """As `serving`; the desk is let go before the end is waited for, whatever went wrong."""
        async with serving(office, None, telegram, **given) as served:
            try:
                yield served
            except BaseException:
                self.held.go_on.set()
                raise

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.database.path)) as connection:
            return connection.execute(query).fetchall()

    def refused(self) -> list[tuple[object, ...]]:
        return self.rows("select kind, chat_id, attempts from refusals where reason = 'busy' order by id")


@pytest.fixture
def place(seeds: Library, database: DeskDatabase) -> Iterator[Place]:
    held, metrics = Held(), Metrics()

    def office(**given: object) -> Office:
        settings = read_settings(**{"articles": SEEDS, "pace": False, "busy": 3, "grace": 0.1} | given)
        desk = open_desk(settings, seeds, database, run=held.do)
        return Office(settings, open_folder(settings), desk, database, metrics)

    yield Place(held, database, metrics, office)
    held.go_on.set()


def private(telegram: Emulator, name: str = "Aiko", language: str = "en") -> Conversation:
    return telegram.private_chat(telegram.person(name, language_code=language))


@asynccontextmanager
async def crowded(
    place: Place, limit_person: int = 100
) -> AsyncIterator[tuple[Emulator, list[tuple[Conversation, Message]]]]:
    """A bot with whom three questions of three chats wait, which is as many as it lets wait."""
    async with place.serving(place.office(), owners=(), limit_person=limit_person) as telegram:
        waiting = await _fill(telegram)
        try:
            yield telegram, waiting
        finally:
            place.held.go_on.set()


async def _fill(telegram: Emulator, count: int = 3) -> list[tuple[Conversation, Message]]:
    chats = [private(telegram, f"Person {number}") for number in range(count)]
    asked = [(chat, chat.say(QUESTION)) for chat in chats]
    await telegram.confirmation(asked[-1][1])
    return asked


async def text_of_reply(chat: Conversation, asked: Message) -> str:
    return (await chat.reply_to(asked)).text or ""


# --- a question that comes


async def test_a_question_that_comes_when_too_many_wait_is_told_so_before_those_are_answered(place: Place) -> None:
    async with crowded(place) as (telegram, waiting):
        late = private(telegram, "Chi")
        assert await text_of_reply(late, late.say(QUESTION)) == BUSY.format(3)
        assert [chat.bot_messages for chat, _ in waiting] == [[], [], []]
        place.held.go_on.set()
        for chat, asked in waiting:
            assert ANSWERED in await text_of_reply(chat, asked)
        assert ANSWERED in await text_of_reply(late, late.say(QUESTION))
    assert place.refused() == [("message", late.id, 1)]
    assert place.rows("select count(*) from exchanges") == [(4,)]
    assert b"policydesk_busy_total 1.0" in place.metrics.text()


@pytest.mark.parametrize(
    ("language", "words"), [("ja", "3 件のご質問が回答を待っています"), ("vi", "đã có 3 câu hỏi chờ")]
)
async def test_it_is_told_in_the_askers_language(place: Place, language: str, words: str) -> None:
    async with crowded(place) as (telegram, _):
        late = private(telegram, "Chi", language)
        assert words in await text_of_reply(late, late.say(QUESTION))


async def test_what_was_turned_away_does_not_count_as_asked(place: Place) -> None:
    async with crowded(place, limit_person=1) as (telegram, waiting):
        late = private(telegram, "Chi")
        assert await text_of_reply(late, late.say(QUESTION)) == BUSY.format(3)
        place.held.go_on.set()
        for chat, asked in waiting:
            await chat.reply_to(asked)
        assert ANSWERED in await text_of_reply(late, late.say(QUESTION))


async def test_what_is_typed_behind_the_bots_name_is_offered_nothing_meanwhile(place: Place) -> None:
    async with crowded(place) as (telegram, _):
        late = private(telegram, "Chi")
        assert (await late.inline_answer(late.type_inline("OSA"))).results == ()
    assert place.refused() == [("inline query", None, 1)]


async def test_an_edit_asks_anew_and_is_told_so_too(place: Place) -> None:
    async with place.serving(place.office(), owners=()) as telegram:
        place.held.go_on.set()
        early = private(telegram, "Chi")
        asked = early.say(QUESTION)
        await early.reply_to(asked)
        place.held.go_on.clear()
        await _fill(telegram)
        early.edit(asked, "Who is Nobuo Kishi?")
        assert ((await early.next_reply(early.bot_messages[-1])).text) == BUSY.format(3)
        place.held.go_on.set()
    assert place.refused() == [("edit", early.id, 1)]


# --- what is not turned away


async def test_commands_are_answered_meanwhile_and_what_people_say_to_each_other_is_left_alone(place: Place) -> None:
    async with crowded(place) as (telegram, _):
        late = private(telegram, "Chi")
        assert "How to ask" in await text_of_reply(late, late.say("/help"))
        group = telegram.group("Desk", [telegram.person("Dung")])
        group.say("We talked about that.")
        await group.reply_to(group.say("/help"))
        assert len(group.bot_messages) == 1
    assert place.refused() == []


async def test_a_press_and_the_words_it_leads_to_are_taken_meanwhile(place: Place) -> None:
    async with place.serving(place.office(), owners=()) as telegram:
        place.held.go_on.set()
        early = private(telegram, "Chi")
        answer = await early.reply_to(early.say(QUESTION))
        await early.callback_answer(early.press(answer, "👎"))
        await early.callback_answer(early.press(early.message(answer), "Other …"))
        why = early.bot_messages[-1]
        place.held.go_on.clear()
        await _fill(telegram)
        more = early.press(early.message(answer), "More")
        words = early.say("It leaves out Samoa", reply_to=why)
        place.held.go_on.set()
        await early.callback_answer(more)
        assert "busy" not in await text_of_reply(early, words)
    assert place.refused() == []


async def test_an_owner_is_never_turned_away(place: Place) -> None:
    async with place.serving(place.office()) as telegram:
        owner = private(telegram, "Owner")
        await _fill(telegram)
        asked = owner.say(QUESTION)
        place.held.go_on.set()
        assert ANSWERED in await text_of_reply(owner, asked)
    assert place.refused() == []


async def test_who_may_not_ask_is_told_that_and_not_how_many_wait(place: Place) -> None:
    async with place.serving(place.office(), open=False) as telegram:
        owner = private(telegram, "Owner")
        for _ in range(3):
            last = owner.say(QUESTION)
        await telegram.confirmation(last)
        stranger = private(telegram, "Stranger")
        assert "busy" not in await text_of_reply(stranger, stranger.say(QUESTION))
        place.held.go_on.set()
    assert place.refused() == []


async def test_the_next_question_of_a_chat_waits_for_the_one_before_and_for_room(place: Place) -> None:
    async with crowded(place) as (telegram, waiting):
        chat, first = waiting[0]
        second = chat.say(f"{QUESTION} again")
        await telegram.confirmation(second)
        late = private(telegram, "Chi")
        await late.reply_to(late.say(QUESTION))
        assert chat.bot_messages == []
        place.held.go_on.set()
        assert ANSWERED in await text_of_reply(chat, second)
        assert chat.bot_messages[0].reply_to_message
        assert chat.bot_messages[0].reply_to_message.message_id == first.message_id


# --- how often it is told


async def test_a_group_is_told_once_until_a_question_of_it_was_taken_again(place: Place) -> None:
    async with crowded(place) as (telegram, waiting):
        people = [telegram.person(name) for name in ("Dung", "Emi", "Phuc")]
        group = telegram.group("Desk", people)
        for person in people:
            last = group.say(f"/ask {QUESTION}", person)
        await group.reply_to(group.say("/help", people[0]))
        assert [message.text for message in group.bot_messages[:-1]] == [BUSY.format(3)]
        place.held.go_on.set()
        for chat, asked in waiting:
            await chat.reply_to(asked)
        assert ANSWERED in await text_of_reply(group, group.say(f"/ask {QUESTION}", people[0]))
        place.held.go_on.clear()
        await _fill(telegram)
        assert await text_of_reply(group, group.say(f"/ask {QUESTION}", people[1])) == BUSY.format(3)
    assert last
    assert sum(int(str(attempts)) for _, _, attempts in place.refused()) == 4


async def test_who_asks_again_a_minute_later_is_told_again(place: Place) -> None:
    async with crowded(place) as (telegram, _):
        late = private(telegram, "Chi")
        assert await text_of_reply(late, late.say(QUESTION)) == BUSY.format(3)
        telegram.world.clock = lambda: time.time() + 61
        assert await text_of_reply(late, late.say(QUESTION)) == BUSY.format(3)


# --- what waited already


async def test_what_was_asked_while_the_bot_was_away_is_answered_however_much_it_is(place: Place) -> None:
    place.held.go_on.set()
    async with Emulator() as telegram:
        chats = [private(telegram, f"Person {number}") for number in range(8)]
        telegram.world.clock = lambda: time.time() - 60
        asked = [(chat, chat.say(QUESTION)) for chat in chats]
        async with place.serving(place.office(busy=1), owners=(), telegram=telegram):
            for chat, message in asked:
                assert ANSWERED in await text_of_reply(chat, message)
    assert place.refused() == []


async def test_of_a_backlog_nobody_is_turned_away_but_who_asks_while_it_is_worked_off_is(place: Place) -> None:
    async with Emulator() as telegram:
        chats = [private(telegram, f"Person {number}") for number in range(8)]
        telegram.world.clock = lambda: time.time() - 60
        asked = [(chat, chat.say(QUESTION)) for chat in chats]
        telegram.world.clock = time.time
        async with place.serving(place.office(), owners=(), telegram=telegram):
            await telegram.confirmation(asked[-1][1])
            late = private(telegram, "Chi")
            assert await text_of_reply(late, late.say(QUESTION)) == BUSY.format(8)
            place.held.go_on.set()
            for chat, message in asked:
                assert ANSWERED in await text_of_reply(chat, message)
    assert place.refused() == [("message", late.id, 1)]


async def test_what_stayed_in_the_inbox_is_answered_at_the_next_start_however_much_it_is(place: Place) -> None:
    async with Emulator() as telegram:
        async with place.serving(place.office(busy=10), owners=(), telegram=telegram):
            asked = await _fill(telegram, 8)
        place.held.go_on.set()
        async with place.serving(place.office(busy=1), owners=(), telegram=telegram):
            for chat, message in asked:
                assert ANSWERED in await text_of_reply(chat, message)
    assert place.refused() == []


async def test_who_was_turned_away_stays_so_when_the_bot_is_stopped_before_it_was_said(place: Place) -> None:
    async with Emulator() as telegram:
        late = private(telegram, "Chi")
        telegram.faults.arrange("sendMessage", InjectedFault(kind="hang"), chat_id=late.id)
        async with place.serving(place.office(), owners=(), telegram=telegram):
            waiting = await _fill(telegram)
            asked = late.say(QUESTION)
            await telegram.call_of("sendMessage")
            place.held.go_on.set()
            for chat, message in waiting:
                await chat.reply_to(message)
        telegram.faults.release()
        async with place.serving(place.office(), owners=(), telegram=telegram):
            assert await text_of_reply(late, asked) == BUSY.format(3)
    assert len(late.bot_messages) == 1
    assert place.rows("select count(*) from exchanges") == [(3,)]


# --- what is not taken at all


async def test_past_a_bound_updates_are_left_with_telegram_until_there_is_room(place: Place) -> None:
    async with Emulator() as telegram:
        telegram.world.clock = lambda: time.time() - 60
        chats = [private(telegram, f"Person {number}") for number in range(FULL)]
        asked = [(chat, chat.say(QUESTION)) for chat in chats]
        async with place.serving(place.office(busy=1), owners=(), telegram=telegram):
            await place.held.stands()
            chat = private(telegram, "Chi")
            late = chat.say(QUESTION)
            await place.held.stands()
            assert len(telegram.calls_of("getUpdates")) == 1
            assert Inbox(place.database).backlog().count == FULL
            place.held.go_on.set()
            for one, message in asked:
                assert ANSWERED in await text_of_reply(one, message)
            assert ANSWERED in await text_of_reply(chat, late)


async def test_past_a_bound_what_is_posted_is_left_with_telegram_until_there_is_room(place: Place) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/hook"
    office = place.office(busy=1, webhook=url, webhook_secret=SECRET, webhook_listen=f"127.0.0.1:{port}")
    async with (
        Emulator() as telegram,
        AsyncExitStack() as stack,
        httpx.AsyncClient(headers={SECRET_HEADER: SECRET}) as client,
    ):
        telegram.world.clock = lambda: time.time() - 60
        chats = [private(telegram, f"Person {number}") for number in range(FULL)]
        asked = [(chat, chat.say(QUESTION)) for chat in chats]
        await stack.enter_async_context(place.serving(office, owners=(), telegram=telegram))
        await telegram.confirmation(asked[-1][1])
        assert (await client.post(url, json={"update_id": 1_000_000})).status_code == 503
        place.held.go_on.set()
        for chat, message in asked:
            assert ANSWERED in await text_of_reply(chat, message)
        await asked[0][0].reply_to(asked[0][0].say("/help"))
        assert (await client.post(url, json={"update_id": 1_000_000})).status_code == 200


async def test_posted_questions_are_turned_away_like_fetched_ones(place: Place) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/hook"
    office = place.office(webhook=url, webhook_secret=SECRET, webhook_listen=f"127.0.0.1:{port}")
    async with place.serving(office, owners=()) as telegram:
        await telegram.call_of("setWebhook")
        waiting = await _fill(telegram)
        late = private(telegram, "Chi")
        assert await text_of_reply(late, late.say(QUESTION)) == BUSY.format(3)
        place.held.go_on.set()
        for chat, asked in waiting:
            assert ANSWERED in await text_of_reply(chat, asked)


def test_how_many_may_wait_is_a_setting(settings: Settings) -> None:
    assert settings.busy == 300
    assert "POLICYDESK_BUSY" in policydesk("config", POLICYDESK_BUSY="0").stderr


# --- chats that must wait


@pytest.mark.parametrize("kind", ["flood", "server_error"])
async def test_forty_chats_that_telegram_has_wait_hold_up_no_other(
    office_of: Callable[..., Office], kind: FaultKind
) -> None:
    fault = InjectedFault(kind=kind, retry_after=600)
    async with serving(office_of(SEEDS, grace=0)) as telegram:
        chats = [telegram.private_chat(telegram.person(f"Person {number}")) for number in range(40)]
        for chat in chats:
            telegram.faults.arrange("sendMessage", fault, times=99, chat_id=chat.id)
            chat.say(QUESTION)
        assert await telegram.world.bell.until(lambda: len(telegram.faults.events) >= 33 or None, 30)
        healthy = telegram.private_chat(telegram.person("Binh"))
        await healthy.reply_to(healthy.say(QUESTION), timeout=3)


async def test_forty_groups_that_have_said_enough_for_a_minute_hold_up_no_other(
    office_of: Callable[..., Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    limiters: defaultdict[object, AsyncLimiter] = defaultdict(lambda: AsyncLimiter(1, 600))
    monkeypatch.setattr(AIORateLimiter, "_get_group_limiter", lambda _, group: limiters[group])
    async with serving(office_of(SEEDS, grace=0, pace=True)) as telegram:
        groups = [telegram.group(f"Group {number}", [telegram.person("Aiko")]) for number in range(40)]
        for group in groups:
            await group.reply_to(group.say(f"/ask {QUESTION}"))
        for group in groups:
            group.say(f"/ask {QUESTION}")
        assert await telegram.world.bell.until(lambda: telegram.updates.waiting == 0 or None, 10)
        healthy = telegram.private_chat(telegram.person("Binh"))
        await healthy.reply_to(healthy.say(QUESTION), timeout=5)
