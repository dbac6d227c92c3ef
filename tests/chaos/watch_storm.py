"""Articles arrive while the bot is killed again and again: whether every watcher is told of each of theirs, once."""

import asyncio
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from bot.emulator.objects import Message
from bot.emulator.text.html_parser import parse_text
from bot.emulator.world.faults import InjectedFault
from tests.chaos.storm import ENOUGH, KINDS, LOST_ANSWER, RARE, Plan, Storm

ISLANDS = [f"{first}{second}" for first in ("Kal", "Mor", "Vat", "Tuv", "Nar", "Pel") for second in (
    "umaro", "ingapu", "ovelia", "ezandi", "arrowat", "ibreno", "ostaku", "unfeli"
)]  # fmt: skip
"""Names that no table of words holds, each of them watched by one person or group."""
_MORE = re.compile(r"(\d+) more articles? ha(?:s|ve) something new")


class Told(NamedTuple):
    """A notice on record: its chat, its words, the articles it cites, how many more it counts, and its mark."""

    chat_id: int
    words: str
    files: frozenset[str]
    more: int
    is_marked: bool


class WatchAccount(NamedTuple):
    """The figures of a storm.

    Attributes:
        arrived: How many articles arrived, each of them due for one watch.
        told: Of how many a notice on record tells.
        again: Those that two notices cite.
        strange: Those told to somebody who does not watch for them.
        notices: How many notices are on record.
        unsaid: Notices on record that no message holds.
        doubled: Notices that two messages hold.
        unmarked: Those of them that are not marked as in doubt.
        marked: Notices so marked.
        kills: How often the bot was killed.
        corrupt: What integrity checks found.
    """

    arrived: int
    told: int
    again: int
    strange: int
    notices: int
    unsaid: int
    doubled: int
    unmarked: int
    marked: int
    kills: int
    corrupt: int

    def wrongs(self) -> list[str]:
        """What must not be, by name."""
        found = [name for name in ("again", "strange", "unsaid", "unmarked", "corrupt") if getattr(self, name)]
        return found + ["not told"] * (self.told != self.arrived)

    def lines(self) -> Iterator[str]:
        """The figures in words."""
        yield f"{self.arrived} articles arrived, each due for one watch, {self.kills} kills:"
        yield f"  told {self.told} in {self.notices} notices; in two {self.again}; to the wrong one {self.strange}"
        yield f"  notices that were not said {self.unsaid}; said twice {self.doubled}, not marked {self.unmarked};"
        yield f"  marked as in doubt {self.marked}; integrity checks that failed {self.corrupt}"


@dataclass
class WatchStorm(Storm):
    """One run: as many articles arrive as the plan has questions, and each chat of it watches for an island."""

    async def watch(self) -> WatchAccount:
        """Carry out the plan, wait until nothing is due any more, and say what became of it."""
        self._start()
        try:
            await self._set_up()
            self._arrange_faults()
            await self._arrive_and_kill()
            await self._until_told()
        finally:
            await self._stop()
        self._check()
        return self._account()

    async def _set_up(self) -> None:
        for island, chat in zip(ISLANDS, self.chats, strict=False):
            await chat.reply_to(chat.say(f"/watch harbour of {island}"), timeout=ENOUGH)

    def _arrange_faults(self) -> None:
        faults = self.telegram.faults
        for number, kind in enumerate(KINDS):
            faults.arrange_rate("sendMessage", InjectedFault(kind=kind), RARE, seed=self.plan.seed + number)
        for number, kind in enumerate(KINDS[2:5]):
            lost = InjectedFault(kind=kind, carried_out=True)
            faults.arrange_rate("sendMessage", lost, LOST_ANSWER, seed=self.plan.seed + 90 + number)

    async def _arrive_and_kill(self) -> None:
        """Have the articles arrive some at a time, and kill the bot whenever it has been at work for a while."""
        numbers = iter(range(self.plan.questions))
        every, share = self.plan.seconds / (self.plan.kills + 1), self.plan.questions // (3 * (self.plan.kills + 1))
        for _ in range(self.plan.kills):
            await self._at_work()
            for _ in range(3):
                for number in islice(numbers, share):
                    self._write(number)
                await asyncio.sleep(self.dice.uniform(0.1, 1.9) * every / 3)
            await self._kill()
            self._check()
            self._start()
        for number in numbers:
            self._write(number)

    async def _at_work(self) -> None:
        """Wait until the bot that was started last fetches updates."""
        before = len(self.telegram.calls_of("getUpdates"))
        while len(self.telegram.calls_of("getUpdates")) == before:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.1)

    def _write(self, number: int) -> None:
        island = ISLANDS[number % self.plan.chats]
        said = f"The {_ship(number)} lies in the harbour of {island}, the harbour master of {island} said."
        aside = self.articles / f".{number}"
        aside.write_text(f"Ships\n\n{said}\n", encoding="utf-8")
        aside.rename(self.articles / f"ships-{number}.txt")

    async def _until_told(self) -> None:
        """Wait until all is told, starting the bot again should it have ended."""
        async with asyncio.timeout(ENOUGH):
            while sum(len(told.files) + told.more for told in self._told()) < self.plan.questions or self._waiting():
                self._start()
                await asyncio.sleep(1)

    def _waiting(self) -> int:
        """How many updates wait, notices among them."""
        with closing(sqlite3.connect(self.database, timeout=60)) as database:
            return int(database.execute("select count(*) from inbox where state = 'waiting'").fetchone()[0])

    def _told(self) -> list[Told]:
        """The notices on record."""
        with closing(sqlite3.connect(self.database, timeout=60)) as database:
            rows = database.execute(
                "select id, chat_id, reply, in_doubt from exchanges where update_id < 0 order by id"
            ).fetchall()
            cited: dict[int, set[str]] = {}
            for number, file in database.execute("select exchange_id, file from citations"):
                cited.setdefault(number, set()).add(file)
        return [
            Told(chat, words := _plain(reply), frozenset(cited.get(number, ())), _more(words), bool(marked))
            for number, chat, reply, marked in rows
        ]

    def _account(self) -> WatchAccount:
        told = self._told()
        said = {chat.id: Counter(map(_text, chat.messages)) for chat in self.chats}
        counts = [said[notice.chat_id][notice.words] for notice in told]
        times = Counter(file for notice in told for file in notice.files)
        islands = {chat.id: number for number, chat in enumerate(self.chats)}
        wrong = [f for n in told for f in n.files if int(f[6:-4]) % self.plan.chats != islands[n.chat_id]]
        twice = [notice for notice, count in zip(told, counts, strict=True) if count > 1]
        return WatchAccount(
            arrived=self.plan.questions,
            told=sum(len(notice.files) + notice.more for notice in told),
            again=sum(count > 1 for count in times.values()),
            strange=len(wrong),
            notices=len(told),
            unsaid=sum(not count for count in counts),
            doubled=len(twice),
            unmarked=sum(not notice.is_marked for notice in twice),
            marked=sum(notice.is_marked for notice in told),
            kills=len(self.kills),
            corrupt=len(self.corrupt),
        )


def _ship(number: int) -> str:
    """A ship's name that no other has, and no figure, which would be held against those told before."""
    letters = "".join(chr(ord("a") + int(digit)) for digit in f"{number:05d}")
    return f"Zab{letters}"


def _plain(reply: str) -> str:
    return parse_text(reply, "HTML", None).text


def _text(message: Message) -> str:
    return message.text or ""


def _more(words: str) -> int:
    match = _MORE.search(words)
    return int(match[1]) if match else 0


def watch_plan(*, short: bool) -> Plan:
    """The storm of `make chaos`, or one that a suite has time for."""
    if short:
        return Plan("polling", questions=72, chats=8, kills=2, seconds=4)
    return Plan("polling", questions=10_000, chats=40, kills=30, seconds=150)
