"""The bot as a process: the demo that needs no token, and the service that is told to stop."""

import asyncio
import os
import shutil
import signal
import socket
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

import bot.cli.serve
from bot.app import Office, open_access
from bot.cli.serve import report_start
from bot.emulator.web.server import Emulator
from bot.emulator.world.state import FIRST_PERSON
from bot.serving import open_for_questions
from bot.settings import SEEDS, Settings, read_settings
from retrieval.library import Library
from storage.database.connection import DeskDatabase
from storage.errors import UnavailableError
from tests.support.bots.served import ended, said, serve, served
from tests.support.desk import policydesk, policydesk_process, write
from tests.support.osa import ANSWERED, QUESTION, SOURCE

OWN = {"POLICYDESK_DATABASE": "", "POLICYDESK_ARTICLES": ""}
"""Nothing is set, so that the demo has a record and articles of its own."""


def test_the_demo_shows_an_answer_and_a_refusal_asked_through_telegram_and_keeps_its_own_record(tmp_path: Path) -> None:
    done = policydesk_process("demo", "--once", "--port", "18080", XDG_DATA_HOME=str(tmp_path), **OWN)
    assert done.returncode == 0, done.stderr
    differing = "The sources differ\nPhilippines, Malaysia, Bangladesh and Fiji · [1]"
    assert f"> Which countries were the first to receive OSA?\n{differing}" in done.stdout
    assert SOURCE in done.stdout
    assert "> Who won the football world cup in 2022?\nNothing in the articles answers this" in done.stdout
    record = tmp_path / "policydesk" / "demo.db"
    assert f"POLICYDESK_DATABASE={record} policydesk history" in done.stdout
    assert _asked(record) == 2


def _asked(record: Path) -> int:
    with closing(sqlite3.connect(record)) as connection:
        return int(
            connection.execute(
                "select count(distinct message_id) from exchanges where channel = 'telegram' and replaces is null"
            ).fetchone()[0]
        )


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CompletedProcess[str]]:
    """The demo run to its end in this process, again and again."""
    monkeypatch.setattr("bot.cli.options.DATA", tmp_path / "policydesk")
    for name in OWN:
        monkeypatch.delenv(name, raising=False)
    return iter(partial(policydesk, "demo", "--once", "--closed"), None)


def test_the_demo_answers_from_its_own_copy_of_the_articles_and_keeps_what_is_added_there(
    demo: Iterator[CompletedProcess[str]], tmp_path: Path
) -> None:
    own = tmp_path / "policydesk" / "demo-articles"
    write(own / "report", "The harbour\n\nSamoa opened a harbour in Apia on Monday.\n")
    for asked in (2, 4):
        assert next(demo).returncode == 0
        assert _asked(tmp_path / "policydesk" / "demo.db") == asked  # no message is taken for one of an earlier demo
    shipped = {path.name: path.read_bytes() for path in SEEDS.iterdir()}
    assert {path.name: path.read_bytes() for path in own.iterdir() if path.name in shipped} == shipped
    assert (own / "report.txt").exists()


def test_the_demo_goes_by_the_settings_and_its_record_is_reviewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Database and articles that are set are the demo's too, and those that `review --demo` shows; else its own."""
    monkeypatch.setattr("bot.cli.options.DATA", tmp_path / "policydesk")
    shown: list[Settings] = []
    monkeypatch.setattr("bot.review.server.serve_review", lambda settings, *_: shown.append(settings))
    articles = tmp_path / "ours"
    write(articles / "apia", "The harbour\n\nSamoa opened a harbour in Apia on Monday.\n")
    monkeypatch.setenv("POLICYDESK_DATABASE", str(tmp_path / "desk.db"))
    monkeypatch.setenv("POLICYDESK_ARTICLES", str(articles))
    done = policydesk("demo", "--once", "--closed")
    assert (done.returncode, _asked(tmp_path / "desk.db")) == (0, 2)
    assert "Nothing in the articles answers this" in done.stdout
    assert policydesk("review", "--demo").returncode == 0
    for name in OWN:
        monkeypatch.delenv(name)
    assert policydesk("review", "--demo").returncode == 0
    own = tmp_path / "policydesk"
    assert [(each.database, each.articles) for each in shown] == [
        (tmp_path / "desk.db", articles),
        (own / "demo.db", own / "demo-articles"),
    ]


async def test_the_demo_takes_the_next_free_port_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "bot", "demo", "--port", str(port)]
        environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), **OWN}
        demo = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=DEVNULL, env=environment)
        assert demo.stdout is not None
        lines: list[str] = []
        while not lines or not lines[-1].startswith("Chat with it at"):
            lines.append((await demo.stdout.readline()).decode())
        async with httpx.AsyncClient() as browser:
            home = (await browser.get(f"{lines[-1].split()[4]}people/{FIRST_PERSON}")).json()
        assert [chat["title"] for chat in home["chats"]][1:] == ["Policy desk team"]
        assert [person["language_code"] for person in home["people"]] == ["en", "ja", "vi"]
        assert f"http://127.0.0.1:{port}/" not in lines[-1]
        demo.send_signal(signal.SIGINT)
        await demo.communicate()
    assert demo.returncode == 0


@pytest.mark.parametrize("engine", ["reference", "max-score"])
async def test_serve_answers_and_stops_cleanly_when_told_to(engine: str) -> None:
    async with Emulator() as emulator:
        bot = await serve(emulator, POLICYDESK_ENGINE=engine, POLICYDESK_SEARCHERS="1")
        chat = emulator.private_chat(emulator.person("Aiko"))
        reply = await chat.reply_to(chat.say(QUESTION), timeout=30)
        assert "Bangladesh and Fiji" in (reply.text or "")
        searchers = psutil.Process(bot.pid).children()
        assert bool(searchers) == (engine == "max-score")
        bot.send_signal(signal.SIGTERM)
        await ended(bot)
    assert bot.returncode == 0
    assert psutil.wait_procs(searchers, timeout=60)[1] == []


@pytest.mark.parametrize(
    ("setting", "lines"), [({}, 1), ({"owners": (1001,)}, 0), ({"open": True}, 0)], ids=["neither", "owners", "open"]
)
def test_serve_without_owners_on_a_closed_desk_says_in_one_line_what_to_do(
    setting: dict[str, object],
    lines: int,
    seeds: Library,
    database: DeskDatabase,
    caplog: pytest.LogCaptureFixture,
) -> None:
    report_start(read_settings(**setting), seeds, database)
    assert sum("POLICYDESK_OWNERS" in line and "POLICYDESK_OPEN=true" in line for line in caplog.messages) == lines


@pytest.mark.usefixtures("demo")
def test_the_demo_has_no_limit_for_whoever_asks_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither for its owner nor for the other people on its page; elsewhere it is ten questions a minute."""
    replies: list[str] = []

    async def ask_often(office: Office, *_: object, **__: object) -> None:
        access = open_access(office.settings, office.database, FIRST_PERSON)
        async with Emulator() as telegram, open_for_questions(office, access, telegram.token, telegram.url):
            for person in (telegram.person("You"), telegram.person("Minh")):
                chat = telegram.private_chat(person)
                replies.extend([(await chat.reply_to(chat.say(f"zebra {n}?"))).text or "" for n in range(12)])

    monkeypatch.setattr("bot.demo.demo", ask_often)
    assert policydesk("demo").returncode == 0
    assert {reply.partition(":")[0] for reply in replies} == {"Nothing in the articles answers this"}


def test_the_demo_may_be_closed_and_its_person_is_the_owner(demo: Iterator[CompletedProcess[str]]) -> None:
    assert "> Which countries were the first to receive OSA?\nThe sources differ" in next(demo).stdout


async def test_serve_waits_for_a_telegram_that_is_not_there_yet() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    settings = {"POLICYDESK_TELEGRAM_TOKEN": "1:later", "POLICYDESK_TELEGRAM_URL": f"http://127.0.0.1:{port}"}
    bot = await serve(None, **settings)
    await said(bot, "Telegram cannot be reached")
    async with Emulator(port, token="1:later") as emulator:  # noqa: S106 - it opens nothing
        chat = emulator.private_chat(emulator.person("Aiko"))
        assert (await chat.reply_to(chat.say("/help"), timeout=30)).text
        bot.terminate()
        await ended(bot)
    assert bot.returncode == 0


async def test_serve_waits_for_articles_that_are_not_there_yet(tmp_path: Path) -> None:
    root = tmp_path / "mounted-later"
    async with Emulator() as telegram:
        bot = await serve(telegram, POLICYDESK_ARTICLES=str(root))
        assert str(root) in await said(bot, "Waiting until that is over")
        shutil.copytree(SEEDS, root)
        chat = telegram.private_chat(telegram.person("Aiko"))
        assert ANSWERED in ((await chat.reply_to(chat.say(QUESTION), timeout=60)).text or "")
        bot.terminate()
        await ended(bot)
    assert bot.returncode == 0


async def test_serve_that_waits_ends_when_it_is_told_to(tmp_path: Path) -> None:
    async with Emulator() as telegram:
        bot = await serve(telegram, POLICYDESK_ARTICLES=str(tmp_path / "never"))
        await said(bot, "Waiting until that is over")
        bot.terminate()
        await ended(bot)
    assert bot.returncode == 0


@pytest.mark.parametrize("busy", [UnavailableError("The database is in use."), UnavailableError("The disk is full.")])
def test_what_passes_by_itself_is_waited_for_with_one_line(monkeypatch: pytest.MonkeyPatch, busy: Exception) -> None:
    tries = iter([busy, busy, busy, None])

    def serve_once(_: object) -> None:
        if (error := next(tries)) is not None:
            raise error

    monkeypatch.setattr(bot.cli.serve, "_serve_once", serve_once)
    monkeypatch.setattr(bot.cli.serve, "AGAIN_SECONDS", 0.01)
    done = policydesk("serve", POLICYDESK_TELEGRAM_TOKEN="1:x")  # noqa: S106 - it opens nothing
    assert done.returncode == 0
    assert done.stderr.count(f"{busy} Waiting until that is over.") == 1
    assert next(tries, "none left") == "none left"


def test_the_shipped_articles_are_the_five_and_untouched() -> None:
    sizes = {path.name: path.stat().st_size for path in SEEDS.glob("*.txt")}
    assert sorted(sizes.values()) == [2318, 2815, 2913, 3893, 4427]


@asynccontextmanager
async def _proxy(real: str, named: str) -> AsyncIterator[str]:
    """A proxy that knows one server: whoever asks for it under one address is led to another."""
    place = urlsplit(real)

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65536):
            writer.write(chunk.replace(f"POST {named}/".encode(), b"POST /"))
        writer.close()

    async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, questions = await asyncio.open_connection(place.hostname, place.port)
        await asyncio.gather(carry(reader, questions), carry(answers, writer))

    async with await asyncio.start_server(lead, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_where_a_proxy_is_set_telegram_is_reached_through_it() -> None:
    nobody = "http://127.0.0.1:9"
    async with (
        Emulator() as telegram,
        _proxy(telegram.url, nobody) as proxy,
        served(telegram, POLICYDESK_TELEGRAM_URL=nobody, HTTP_PROXY=proxy, NO_PROXY=""),
    ):
        chat = telegram.private_chat(telegram.person("Aiko"))
        answer = await chat.reply_to(chat.say("Which countries were the first to receive OSA?"), timeout=30)
    assert "Philippines" in (answer.text or "")
