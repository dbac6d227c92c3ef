"""Prints how many questions a second `serve` answers when many people ask through the local Telegram; asserts nothing.

`make load ARGS="DIR --index PLACE"` calls it. Two hundred private chats ask at random moments (Poisson, seeded),
each time something else, or with `--remembered` what the desk knows the answer to without a search. At each rate in
turn it is shown how long people wait, and what it costs whom. The moment at which a question should be asked counts, so
whoever asks late because this process is busy does not flatter the bot.
"""

import argparse
import asyncio
import itertools
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil

from bot.emulator.web.server import Emulator
from bot.emulator.world.journal import ChatEvent
from bot.settings import SEEDS
from tests.benchmarks.__main__ import running
from tests.benchmarks.answers import judged
from tests.benchmarks.load.gauges import PERIOD, Gauges, Watch
from tests.chaos.storm import free_port
from tests.support.postgres import postgres_pair

RATES, SECONDS, CHATS, SEED = (10, 20, 40, 60, 80, 100, 120, 150), 15.0, 200, 7
BUSY = "300"
"""As the setting has it: people who are turned away are part of what is measured."""
SUSTAINED_SECONDS, HOPELESS_SECONDS = 1.0, 5.0
"""The 95th percentile under which a rate is sustained, and over which no higher one is tried."""
LONGEST_WORDS = 8
TOLD_BUSY = "I am busy"


class Run(NamedTuple):
    """What became of a rate.

    Attributes:
        offered: Questions a second.
        achieved: Answers a second, to the last of them.
        seconds: How long each of those who were answered waited.
        refused: How many were turned away.
        bot: Milliseconds of the processor that the bot took for a question, its children with it.
        telegram: The same of this process: the local Telegram and those who ask.
        cores: How many processors the bot kept busy.
        gauges: What the bot told of itself meanwhile.
    """

    offered: float
    achieved: float
    seconds: Sequence[float]
    refused: int
    bot: float
    telegram: float
    cores: float
    gauges: Gauges

    @property
    def p95(self) -> float:
        """Seconds within which 95 of 100 were answered."""
        return float(np.percentile(self.seconds, 95)) if self.seconds else float("inf")

    @property
    def is_sustained(self) -> bool:
        """Whether people were answered soon, and all of them."""
        return self.p95 < SUSTAINED_SECONDS and not self.refused


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=SEEDS, help="articles")
    parser.add_argument("--index", type=Path, help="where their index is kept, as POLICYDESK_INDEX")
    parser.add_argument("--rates", type=float, nargs="+", default=RATES, help="questions a second, one after the other")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long each rate is kept up")
    parser.add_argument("--chats", type=int, default=CHATS, help="how many people ask")
    parser.add_argument("--remembered", action="store_true", help="ask the judged questions only, over and over")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server with a synchronous standby")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _database(Path(folder), given.postgres) as database:
        os.environ |= {"POLICYDESK_DATABASE": database, "POLICYDESK_ARTICLES": str(given.folder)}
        if given.index:
            os.environ["POLICYDESK_INDEX"] = str(given.index)
        asked = itertools.cycle(judged()) if given.remembered else questions(given.folder)
        runs = asyncio.run(measure(asked, given.rates, given.seconds, given.chats))
    best = max((run.offered for run in runs if run.is_sustained), default=0)
    print(f"\nsustained (p95 under {SUSTAINED_SECONDS:.0f} s, nobody turned away): {best:.0f} questions a second")


@contextmanager
def _database(folder: Path, on_servers: bool) -> Iterator[str]:
    """Where the record is kept: in a file, or on two servers that write through to the disk."""
    if not on_servers:
        yield str(folder / "load.db")
        return
    os.environ["XDG_DATA_HOME"] = str(folder)
    with postgres_pair() as (address, _):
        yield address


async def measure(asked: Iterator[str], rates: Sequence[float], seconds: float, chats: int) -> list[Run]:
    """Ask at each rate, until one is hopeless."""
    runs: list[Run] = []
    _print_head()
    async with _people(asked, chats) as people:
        for number, rate in enumerate(rates):
            runs.append(await people.ask(rate, seconds, random.Random(SEED + number)))
            _print_run(runs[-1])
            if runs[-1].p95 > HOPELESS_SECONDS or runs[-1].refused > len(runs[-1].seconds):
                break
        print(f"\nmemory in the end, pages that processes share counted once: {people.held() >> 20} MB")
    return runs


@asynccontextmanager
async def _people(asked: Iterator[str], chats: int) -> AsyncIterator["People"]:
    port = free_port()
    os.environ |= {"POLICYDESK_HTTP": f"127.0.0.1:{port}"}
    command = [sys.executable, "-m", "bot", "serve"]
    async with Emulator() as emulator, running(command, emulator, POLICYDESK_BUSY=BUSY) as bot:
        people = People(emulator, asked, psutil.Process(bot.pid), port, chats)
        await people.warm_up()
        yield people


def questions(folder: Path) -> Iterator[str]:
    """Questions of which hardly one is like another: the judged ones, among some words in a row of random articles."""
    draw, files = random.Random(SEED), sorted(path for path in folder.rglob("*.txt") if path.is_file())
    first = draw.sample(judged(), len(judged()))
    while True:
        if first and draw.random() < 1 / 4:
            yield first.pop()
        words = draw.choice(
            draw.choice(files).read_text(encoding="utf-8", errors="replace").splitlines() or [""]
        ).split()
        if len(words) > LONGEST_WORDS:
            count = draw.randint(3, LONGEST_WORDS)
            begin = draw.randint(0, len(words) - count)
            yield " ".join(words[begin : begin + count])


class People:
    """Those who ask, each in a chat of their own with the bot."""

    def __init__(
        self, emulator: Emulator, questions: Iterator[str], bot: psutil.Process, port: int, chats: int
    ) -> None:
        """Set up.

        Args:
            emulator: The local Telegram.
            questions: What they ask.
            bot: The bot's process.
            port: Where it tells of itself.
            chats: How many they are.
        """
        self._emulator, self._questions, self._bot, self._port = emulator, questions, bot, port
        self._chats = [emulator.private_chat(emulator.person(f"Person {number}")) for number in range(chats)]
        self._due: dict[tuple[int, int], float] = {}
        self._waits: list[float] = []
        self._last_answer = 0.0

    async def warm_up(self) -> None:
        """Have what is loaded and compiled at the first questions loaded and compiled."""
        for chat in self._chats[:10]:
            await chat.reply_to(chat.say(next(self._questions)), timeout=300)

    def held(self) -> int:
        """Resident bytes of all the bot's processes, where a page that several share counts once."""
        return sum(process.memory_full_info().pss for process in self._processes())

    async def ask(self, rate: float, seconds: float, draw: random.Random) -> Run:
        """Ask at a rate for a while, and wait until nobody waits any more."""
        hearing = asyncio.create_task(self._hear(self._emulator.world.journal.last))
        used, mine = self._used(), time.process_time()
        with Watch(self._bot, self._port) as watch:
            started = time.perf_counter()
            count = await self._say(started, rate, seconds, draw)
            await self._quiet(watch)
            took = time.perf_counter() - started
            gauges, refused = watch.gauges(), watch.refused()
        hearing.cancel()
        waits, self._waits = self._waits, []
        self._due.clear()
        bot = self._used() - used
        return Run(
            offered=count / seconds,
            achieved=len(waits) / max(self._last_answer - started, seconds),
            seconds=waits,
            refused=refused,
            bot=bot / count * 1000,
            telegram=(time.process_time() - mine) / count * 1000,
            cores=bot / took,
            gauges=gauges,
        )

    async def _say(self, started: float, rate: float, seconds: float, draw: random.Random) -> int:
        """Ask at random moments; gives how often."""
        count, due = 0, draw.expovariate(rate)
        while due < seconds:
            await asyncio.sleep(max(0.0, started + due - time.perf_counter()))
            chat = draw.choice(self._chats)
            self._due[chat.id, chat.say(next(self._questions)).message_id] = started + due
            count, due = count + 1, due + draw.expovariate(rate)
        return count

    async def _hear(self, number: int) -> None:
        """Note how long each waited, until cancelled; many who listened would hold each other up."""
        world = self._emulator.world
        while True:
            events = await world.bell.until(partial(self._said_after, number), None) or []
            number = world.journal.last
            now = time.perf_counter()
            for said in (event.message for event in events if event.kind == "message"):
                if said is not None and said.reply_to_message is not None:
                    self._heard(said.chat.id, said.reply_to_message.message_id, said.text or "", now)

    def _said_after(self, number: int) -> list[ChatEvent] | None:
        return self._emulator.world.journal.after(number) or None

    def _heard(self, chat_id: int, asked: int, words: str, now: float) -> None:
        due = self._due.pop((chat_id, asked), None)
        if due is not None and not words.startswith(TOLD_BUSY):
            self._waits.append(now - due)
            self._last_answer = now

    async def _quiet(self, watch: Watch) -> None:
        """Wait until all that was asked is answered or turned away."""
        while self._emulator.updates.waiting or await asyncio.to_thread(watch.depth):  # noqa: ASYNC110 - nobody rings
            await asyncio.sleep(PERIOD)

    def _used(self) -> float:
        """Seconds of the processor that the bot took so far, with those it has others do."""
        return sum(sum(process.cpu_times()[:2]) for process in self._processes())

    def _processes(self) -> list[psutil.Process]:
        return [self._bot, *self._bot.children(recursive=True)]


def _print_head() -> None:
    head = (
        "offered /s | achieved /s | p50 s | p95 | p99 | turned away | bot ms | cores | Telegram and people ms"
        " | deepest inbox | on disk / not, a question | loop p95 ms | largest process MB"
    )
    print(f"| {head} |\n" + "|---" * len(head.split(" | ")) + "|")


def _print_run(run: Run) -> None:
    answered = len(run.seconds) or 1
    p50, p95, p99 = np.percentile(run.seconds or [float("inf")], [50, 95, 99]).tolist()
    gauges = run.gauges
    print(
        f"| {run.offered:.0f} | {run.achieved:.1f} | {p50:.2f} | {p95:.2f} | {p99:.2f} | {run.refused} | {run.bot:.1f}"
        f" | {run.cores:.2f} | {run.telegram:.1f} | {gauges.deepest} | {gauges.synced / answered:.2f} /"
        f" {gauges.unsynced / answered:.2f} | {gauges.lag * 1000:.0f} | {gauges.resident >> 20} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
