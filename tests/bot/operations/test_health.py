"""Health, readiness and metrics over HTTP: whether the bot can do its work, and how much of it there was."""

import datetime as dt
import socket
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from starlette.applications import Starlette
from telegram import Bot

from bot.app import Office, open_access
from bot.emulator.people.conversation import Conversation
from bot.emulator.web.server import Emulator
from bot.emulator.world.faults import InjectedFault
from bot.metrics import Metrics
from bot.operations.health import RECENT_SECONDS, Health, serve_health
from bot.operations.webhook_check import WebhookCheck
from bot.serving import open_for_questions
from bot.settings import read_settings
from bot.transport.call_stats import CallStats
from retrieval.library import Library
from storage.database.connection import DeskDatabase
from storage.record.exchanges import ExchangeLog
from tests.support.bots.served import ended, fork
from tests.support.desk import door, office_with, policydesk
from tests.support.osa import QUESTION


class Desk(NamedTuple):
    """A running bot, its Telegram, and a client of its HTTP door."""

    telegram: Emulator
    http: httpx.AsyncClient
    metrics: Metrics

    async def sample(self, name: str, **labels: str) -> float:
        """One number of `/metrics`."""
        text = (await self.http.get("/metrics")).text
        wanted = [f'{label}="{value}"' for label, value in labels.items()]
        lines = [line for line in text.splitlines() if line.split("{")[0].split(" ")[0] == name]
        (line,) = [line for line in lines if all(label in line for label in wanted)]
        return float(line.rpartition(" ")[2])


@pytest.fixture
async def desk_open(seeds: Library, database: DeskDatabase) -> AsyncIterator[Desk]:
    metrics = Metrics()
    office = office_with(metrics, seeds, database)
    access = open_access(office.settings, database)
    async with (
        Emulator() as telegram,
        door(office) as client,
        open_for_questions(office, access, telegram.token, telegram.url),
    ):
        yield Desk(telegram, client, metrics)


def private(telegram: Emulator) -> Conversation:
    return telegram.private_chat(telegram.person("Aiko"))


async def test_a_bot_that_works_is_up_and_ready(desk_open: Desk) -> None:
    """Ready once updates were fetched; until then it says what is missing."""
    chat = private(desk_open.telegram)
    await chat.reply_to(chat.say(QUESTION))
    assert (await desk_open.http.get("/healthz")).text == "ok\n"
    ready = await desk_open.http.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"is_ready": True, "articles": 5, "database": "ok", "telegram": "ok"}


async def test_before_telegram_was_reached_the_bot_is_up_but_not_ready(seeds: Library, database: DeskDatabase) -> None:
    """The door is open while the bot still waits for Telegram."""
    async with door(office_with(Metrics(), seeds, database)) as client:
        assert (await client.get("/healthz")).status_code == 200
        answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["telegram"] == "no updates were fetched yet"
    assert (answer.json()["articles"], answer.json()["database"]) == (5, "ok")


@pytest.mark.parametrize(("seconds", "status"), [(RECENT_SECONDS, 200), (RECENT_SECONDS + 1, 503)])
async def test_a_bot_that_has_not_fetched_for_long_is_not_ready(
    seeds: Library, database: DeskDatabase, seconds: float, status: int
) -> None:
    """By the time since updates were last fetched, also where there were none."""
    now = [0.0]
    calls = CallStats(lambda _: None, lambda: now[0])
    calls.answered("getUpdates", 200)
    calls.answered("sendMessage", 200)
    now[0] = seconds
    calls.answered("getUpdates", 502)
    assert calls.since_fetch() == seconds
    office = office_with(Metrics(), seeds, database)
    assert office.metrics is not None
    health = Health(office, office.metrics, calls.since_fetch)
    answer = await _asked(health, "/readyz")
    health.close()
    assert answer.status_code == status


async def _asked(health: Health, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(Starlette(routes=health.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        return await client.get(path)


async def test_a_database_that_cannot_be_written_is_said_without_its_path(
    seeds: Library, database: DeskDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may ask over HTTP need not learn where things are on the machine."""
    monkeypatch.setattr("storage.database.connection.BUSY_SECONDS", 0.05)
    with database.reading() as db:
        db.execute("pragma busy_timeout = 50")
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("begin immediate")
        async with door(office_with(Metrics(), seeds, database)) as client:
            answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert "cannot be written" in answer.json()["database"]
    assert str(database.path) not in answer.text


def _full(database: DeskDatabase) -> None:
    with database.reading() as db:
        db.execute("pragma max_page_count = 1").fetchone()
        db.execute("pragma cache_size = 1")


def _read_only(database: DeskDatabase) -> None:
    with database.reading() as db:
        db.execute("pragma query_only = 1")


def _damaged(database: DeskDatabase) -> None:
    """Pages on the disk are, though the bot still has them in memory."""
    database.empty_journal()
    size = database.path.stat().st_size
    with database.path.open("r+b") as file:
        for page in range(4096, size, 4096):
            file.seek(page)
            file.write(b"\xa5" * 200)


def _removed(database: DeskDatabase) -> None:
    database.path.unlink()


@pytest.mark.parametrize("spoil", [_full, _read_only, _damaged, _removed])
async def test_a_bot_that_could_not_record_the_next_question_is_not_ready(
    seeds: Library, database: DeskDatabase, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[DeskDatabase], None]
) -> None:
    """Readiness does what an answer takes, and leaves nothing of it on record."""
    monkeypatch.setattr("bot.operations.health.CHECK_SECONDS", 0)
    metrics = Metrics()
    metrics.calls.answered("getUpdates", 200)
    health = Health(office_with(metrics, seeds, database), metrics, metrics.calls.since_fetch)
    before = await _asked(health, "/readyz")
    assert (before.status_code, before.json()["database"]) == (200, "ok")
    assert ExchangeLog(database).history() == []
    spoil(database)
    after = await _asked(health, "/readyz")
    health.close()
    assert after.status_code == 503
    assert str(database.path) not in after.text


async def test_without_articles_or_their_folder_the_bot_is_not_ready(
    folder: Callable[..., Path], office_of: Callable[..., Office]
) -> None:
    root, metrics = folder(a="One\n\nTwo three four five.\n"), Metrics()
    metrics.calls.answered("getUpdates", 200)
    health = Health(office_of(root), metrics, metrics.calls.since_fetch)
    assert (await _asked(health, "/readyz")).status_code == 200
    root.rename(root.with_name("unmounted"))
    answer = await _asked(health, "/readyz")
    health.close()
    assert (answer.status_code, "folder of articles is gone" in answer.json()["library"]) == (503, True)


async def test_a_webhook_is_ready_when_telegram_itself_says_that_it_is(seeds: Library, database: DeskDatabase) -> None:
    """By `getWebhookInfo`: where updates are posted, and the last error in posting them."""
    metrics, url = Metrics(), "http://127.0.0.1:9/telegram"
    health = Health(office_with(metrics, seeds, database), metrics, metrics.calls.since_fetch)

    async def telegram_says() -> str:
        return str((await _asked(health, "/readyz")).json()["telegram"])

    async with Emulator() as telegram, Bot(telegram.token, f"{telegram.url}/bot") as bot:
        check = WebhookCheck(bot, url, metrics.calls)
        await bot.set_webhook(url)
        metrics.calls.answered("setWebhook", 200)
        assert "not checked" in await telegram_says()
        await check.once()
        assert await telegram_says() == "ok"
        chat = private(telegram)
        chat.say(QUESTION)
        assert await telegram.world.bell.until(lambda: telegram.updates.failure or None, 20)
        await check.once()
        assert "1 updates wait, since Telegram could not post them: " in await telegram_says()
        await bot.set_webhook("http://127.0.0.1:9/elsewhere")
        await check.once()
        assert "somewhere else" in await telegram_says()
    health.close()


async def test_questions_are_counted_by_channel_and_outcome_with_their_latency(desk_open: Desk) -> None:
    """What has not happened yet is 0, not missing."""
    assert await desk_open.sample("policydesk_questions_total", channel="inline", outcome="answered") == 0
    chat = private(desk_open.telegram)
    await chat.reply_to(chat.say(QUESTION))
    await chat.reply_to(chat.say("Who won the football world cup in 2022?"))
    assert await desk_open.sample("policydesk_questions_total", channel="telegram", outcome="answered") == 1
    assert await desk_open.sample("policydesk_questions_total", channel="telegram", outcome="abstained") == 1
    assert await desk_open.sample("policydesk_answer_seconds_count") == 2
    assert await desk_open.sample("policydesk_library_articles") == 5
    assert 0 <= await desk_open.sample("policydesk_library_age_seconds") < 600


async def test_calls_to_telegram_that_fail_are_counted_by_kind(desk_open: Desk) -> None:
    """Also those that succeed when they are made again, of which nobody hears otherwise."""
    chat = private(desk_open.telegram)
    desk_open.telegram.faults.arrange("sendMessage", InjectedFault(kind="flood", retry_after=0))
    desk_open.telegram.faults.arrange("sendMessage", InjectedFault(kind="close"))
    await chat.reply_to(chat.say(QUESTION))
    assert await desk_open.sample("policydesk_telegram_errors_total", kind="http_429") == 1
    assert await desk_open.sample("policydesk_telegram_errors_total", kind="network") == 1


async def test_what_waits_and_what_could_not_be_sent_is_shown(seeds: Library, database: DeskDatabase) -> None:
    """Depth and age of the inbox, and failures of the outbox, by whoever knows them."""

    @dataclass(frozen=True)
    class Waiting:
        count: int
        oldest: dt.datetime | None

    now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    metrics = Metrics(lambda: now)
    backlog = [Waiting(0, None), Waiting(3, now - dt.timedelta(seconds=90))]
    metrics.watch_inbox(lambda: backlog[-1])
    metrics.watch_outbox(lambda: 7)
    async with door(office_with(metrics, seeds, database)) as client:
        desk = Desk(Emulator(), client, metrics)
        assert await desk.sample("policydesk_inbox_updates") == 3
        assert await desk.sample("policydesk_inbox_age_seconds") == 90
        assert await desk.sample("policydesk_outbox_failures") == 7
        backlog.pop()
        assert await desk.sample("policydesk_inbox_age_seconds") == 0


async def test_the_bots_own_inbox_and_outbox_are_shown(desk_open: Desk) -> None:
    chat = desk_open.telegram.private_chat(desk_open.telegram.person("Aiko"))
    desk_open.telegram.faults.arrange("sendMessage", InjectedFault(kind="blocked"))
    chat.say(QUESTION)
    await chat.reply_to(chat.say(QUESTION))
    assert await desk_open.sample("policydesk_outbox_failures") == 1
    assert await desk_open.sample("policydesk_inbox_age_seconds") < 60


async def test_there_is_no_door_unless_it_is_asked_for(seeds: Library, database: DeskDatabase) -> None:
    """It is off by default."""
    assert read_settings().http is None
    async with serve_health(office_with(Metrics(), seeds, database, http=None)) as port:
        assert port is None


@pytest.mark.parametrize("address", ["0.0.0.0:8086", "192.0.2.1:8086", "[::]:8086", "desk.example:8086"])
def test_an_address_that_other_machines_reach_takes_a_second_setting(address: str) -> None:
    """A slip does not open a door to the network."""
    done = policydesk("config", POLICYDESK_HTTP=address)
    assert done.returncode == 2
    assert "POLICYDESK_HTTP: should be an address of this machine only" in done.stderr
    assert "POLICYDESK_HTTP_PUBLIC=true" in done.stderr
    assert policydesk("config", POLICYDESK_HTTP=address, POLICYDESK_HTTP_PUBLIC="true").returncode == 0


async def test_a_taken_address_ends_the_start_with_one_line() -> None:
    """Nobody is served by a bot that cannot be watched as wanted."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        bot = await fork(None, POLICYDESK_HTTP=address, POLICYDESK_TELEGRAM_TOKEN="1:x")  # noqa: S106 - opens nothing
        said = await ended(bot)
    assert bot.returncode == 2
    assert f"policydesk: Nothing can listen on {address}" in said
