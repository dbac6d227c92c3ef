"""Prints how fast policydesk starts and answers, beside a peer in the same run; asserts nothing.

The machines this runs on are shared, so only the ratios mean something.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

from bot.emulator.objects import Message
from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from tests.benchmarks.questions import cost
from tests.support.osa import QUESTION
from tests.support.scripts.afternoon import Afternoon, script

ROUNDS = 7
SERVE = ("bot", "serve")
UNLIMITED = {
    "POLICYDESK_OPEN": "true",
    "POLICYDESK_LIMIT_PERSON": "1000000",
    "POLICYDESK_LIMIT_CHAT": "1000000",
    "POLICYDESK_BUSY": "1000000",
    "POLICYDESK_PACE": "false",
}
"""Everybody may ask, as fast as they like: what is measured is the bot, not its manners."""
CHATS, QUESTIONS_EACH = 20, 20
JUDGED = Path(__file__).parent.parent / "judgments" / "questions.jsonl"
PEER_IMPORTS = "import numpy, rank_bm25, pydantic, sqlite_utils, jinja2"


def main() -> None:
    """Run every benchmark."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["POLICYDESK_DATABASE"] = str(Path(folder) / "bench.db")
        cost()
        cold_start()
        asyncio.run(throughput())
        asyncio.run(afternoon())


def cold_start() -> None:
    """Wall time of `policydesk ask` on the five articles beside importing the libraries it cannot do without."""
    pairs = [
        (_seconds([sys.executable, "-c", PEER_IMPORTS]), _seconds([sys.executable, "-m", "bot", "ask", QUESTION]))
        for _ in range(ROUNDS)
    ]
    peer, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    print(f"start of `ask`: {ours:.2f} s; importing the libraries: {peer:.2f} s; ratio {ratio:.2f} (to reach: 2.5)")


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


class Burst(NamedTuple):
    """What became of many questions that were asked at once.

    Attributes:
        rate: Replies a second.
        p95: Seconds within which 95 of 100 questions were replied to.
        busy: Milliseconds of the processor that the bot spent on each.
        memory: Its resident memory afterwards, in MB.
    """

    rate: float
    p95: float
    busy: float
    memory: float


async def throughput() -> None:
    """Questions a second through the real bot, beside a bare echo bot on the same local Telegram."""
    pairs = [
        (await _burst([sys.executable, "-m", "tests.benchmarks.echo"]), await _burst([sys.executable, "-m", *SERVE]))
        for _ in range(5)
    ]
    echo, ours = (_median(column) for column in zip(*pairs, strict=True))
    rate = statistics.median(ours.rate / echo.rate for echo, ours in pairs)
    p95 = statistics.median(ours.p95 / echo.p95 for echo, ours in pairs)
    print("100 different questions, each asked four times, all at once in twenty chats:")
    print(f"questions a second: {ours.rate:.0f}; echo bot: {echo.rate:.0f}; ratio {rate:.2f} (to reach: 0.5)")
    print(f"95th percentile of waiting: {ours.p95:.2f} s; echo bot {echo.p95:.2f} s; ratio {p95:.1f} (to reach: 2)")
    print(f"processor time a question: {ours.busy:.1f} ms; echo bot {echo.busy:.1f} ms")
    print(f"resident memory of `serve` on the five articles: {ours.memory:.0f} MB (to reach: under 120 MB)")


def _median(bursts: Sequence[Burst]) -> Burst:
    return Burst(*map(statistics.median, zip(*bursts, strict=True)))


async def afternoon() -> None:
    """How long the people of a busy group wait for their answers."""
    async with Emulator() as emulator, running([sys.executable, "-m", *SERVE], emulator):
        said = await Afternoon(emulator).play(script())
    seconds = [exchange.seconds for exchange in said]
    p50, p95 = (statistics.quantiles(seconds, n=100)[n - 1] for n in (50, 95))
    print(f"a group's afternoon of 400 messages, {len(said)} of them questions: answered after {p50:.2f} s (median),")
    print(f"{p95:.2f} s (95th percentile; to reach: 1.5)")


async def _burst(command: list[str]) -> Burst:
    """Have a bot, in a process of its own, asked many questions at once."""
    async with Emulator() as emulator, running(command, emulator) as bot:
        chats = [emulator.private_chat(emulator.person(f"Person {n}")) for n in range(CHATS)]
        await chats[0].reply_to(chats[0].say(QUESTION), timeout=60)
        process = psutil.Process(bot.pid)
        before, start = sum(process.cpu_times()[:2]), time.perf_counter()
        asked = [(chat, [chat.say(question) for question in _questions(n)]) for n, chat in enumerate(chats)]
        waits = await asyncio.gather(*(_waits(chat, messages, start) for chat, messages in asked))
        seconds = [wait for waited in waits for wait in waited]
        return Burst(
            rate=len(seconds) / max(seconds),
            p95=statistics.quantiles(seconds, n=100)[94],
            busy=(sum(process.cpu_times()[:2]) - before) / len(seconds) * 1000,
            memory=process.memory_info().rss / 1e6,
        )


async def _waits(chat: Conversation, asked: Sequence[Message], start: float) -> list[float]:
    """After how many seconds each message was replied to."""
    seconds = []
    for message in asked:
        await chat.reply_to(message, timeout=120)
        seconds.append(time.perf_counter() - start)
    return seconds


@asynccontextmanager
async def running(command: list[str], emulator: Emulator, **settings: str) -> AsyncIterator["subprocess.Popen[bytes]"]:
    """A bot on a local Telegram, in a process of its own."""
    environment = {
        "POLICYDESK_TELEGRAM_TOKEN": emulator.token,
        "POLICYDESK_TELEGRAM_URL": emulator.url,
        "POLICYDESK_LOG_LEVEL": "ERROR",
        **UNLIMITED,
        **settings,
    }
    bot = subprocess.Popen(command, env={**os.environ, **environment})  # noqa: ASYNC220 - the bot runs beside us
    try:
        yield bot
    finally:
        bot.terminate()
        await asyncio.to_thread(bot.wait)


def _questions(chat: int) -> list[str]:
    """What one chat asks: judged questions, in each chat others."""
    lines = JUDGED.read_text(encoding="utf-8").splitlines()
    return [json.loads(lines[(chat * 7 + n) % len(lines)])["question"] for n in range(QUESTIONS_EACH)]


if __name__ == "__main__":
    main()
