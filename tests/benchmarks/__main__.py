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
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from bot.emulator.server import Emulator
from tests.afternoon import Afternoon, script
from tests.benchmarks.questions import cost

ROUNDS = 7
UNLIMITED = {
    "POLICYDESK_OPEN": "true",
    "POLICYDESK_LIMIT_PERSON": "1000000",
    "POLICYDESK_LIMIT_CHAT": "1000000",
    "POLICYDESK_PACE": "false",
}
"""Everybody may ask, as fast as they like: what is measured is the bot, not its manners."""
CHATS, QUESTIONS_EACH = 20, 20
QUESTION = "Which countries were the first to receive OSA?"
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


async def throughput() -> None:
    """Questions a second through the real bot, beside a bare echo bot on the same local Telegram."""
    rates: dict[str, list[float]] = {"echo": [], "policydesk": []}
    memory = 0.0
    for _ in range(5):
        rates["echo"].append((await _rate([sys.executable, "-m", "tests.benchmarks.echo"]))[0])
        rate, memory = await _rate([sys.executable, "-m", "bot", "serve"])
        rates["policydesk"].append(rate)
    echo, ours = (statistics.median(rates[name]) for name in ("echo", "policydesk"))
    ratio = statistics.median(b / a for a, b in zip(rates["echo"], rates["policydesk"], strict=True))
    print("100 different questions, each asked four times:")
    print(f"questions a second: {ours:.0f}; echo bot: {echo:.0f}; ratio {ratio:.2f} (to reach: 0.5)")
    print(f"resident memory of `serve` on the five articles: {memory:.0f} MB (to reach: under 120 MB)")


async def afternoon() -> None:
    """How long the people of a busy group wait for their answers."""
    command = [sys.executable, "-m", "bot", "serve"]
    async with Emulator() as emulator, _running(command, emulator):
        said = await Afternoon(emulator).play(script())
    seconds = [exchange.seconds for exchange in said]
    p50, p95 = (statistics.quantiles(seconds, n=100)[n - 1] for n in (50, 95))
    print(f"a group's afternoon of 400 messages, {len(said)} of them questions: answered after {p50:.2f} s (median),")
    print(f"{p95:.2f} s (95th percentile; to reach: 1.5)")


async def _rate(command: list[str]) -> tuple[float, float]:
    """Replies a second of a bot in a process of its own, and its resident memory in MB afterwards."""
    async with Emulator() as emulator, _running(command, emulator) as bot:
        chats = [emulator.private_chat(emulator.person(f"Person {n}")) for n in range(CHATS)]
        await chats[0].reply_to(chats[0].say(QUESTION), timeout=60)
        start = time.perf_counter()
        last = [[chat.say(question) for question in _questions(n)][-1] for n, chat in enumerate(chats)]
        await asyncio.gather(*(chat.reply_to(asked, timeout=120) for chat, asked in zip(chats, last, strict=True)))
        rate = CHATS * QUESTIONS_EACH / (time.perf_counter() - start)
        return rate, psutil.Process(bot.pid).memory_info().rss / 1e6


@asynccontextmanager
async def _running(command: list[str], emulator: Emulator) -> AsyncIterator["subprocess.Popen[bytes]"]:
    """A bot on a local Telegram, in a process of its own."""
    environment = {
        "POLICYDESK_TELEGRAM_TOKEN": emulator.token,
        "POLICYDESK_TELEGRAM_URL": emulator.url,
        "POLICYDESK_LOG_LEVEL": "ERROR",
        **UNLIMITED,
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
