"""People ask while the bot is killed again and again and everything around it fails: what becomes of each question."""

import asyncio
import contextlib
import os
import resource
import shutil
import signal
import socket
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Literal, TypeVar

from bot.emulator.objects import Message
from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from bot.emulator.world.faults import Disturbance, FaultKind, InjectedFault
from bot.emulator.world.update_queue import WebhookState
from bot.settings import SEEDS
from tests.chaos.account import Account, draw_up
from tests.support.bots.forked import ForkedBot
from tests.support.osa import QUESTION

Mode = Literal["polling", "webhook", "falling numbers", "webhook swaps"]
Trouble = Literal["", "the database moved away and back", "disk full for a while", "files that hang"]
"""What goes wrong with the files of the bot besides that others lock the database."""
QUESTIONS = (
    QUESTION,
    "Who chairs the Japan-Vietnam Parliamentary Friendship Union?",
    "When did the Izumo call at Cam Ranh?",
    "How many countries have signed a defense equipment deal with Japan?",
    "Who won the football world cup in 2022?",
)
RARE, LOST_ANSWER = 0.012, 0.003
"""Share of calls that each fault strikes; and of those that are carried out though the bot is not told."""
KINDS: tuple[FaultKind, ...] = ("server_error", "bad_gateway", "close", "reset", "malformed", "flood")
STRANGE: tuple[dict[str, object], ...] = ({"telepathy": {"from": {"id": 1}}}, {"message": "not one"}, {"message": {}})
"""Updates of an unknown kind, which are passed over, and such as cannot be read, which are set aside."""
UNREADABLE = 2
TROUBLES = 4
"""How often there is such trouble, in a storm that has any."""
MOVED_SECONDS = 90.0
"""Longest that a bot without its database goes on."""
PASSING = (75, -signal.SIGKILL)
"""How a bot ends that is to be started again."""
ENOUGH = 600.0
"""Seconds after the storm within which everything must be answered."""


@dataclass(frozen=True)
class Plan:
    """How bad it gets.

    Attributes:
        mode: How updates reach the bot.
        trouble: What happens to the database.
        questions: How many are asked.
        chats: In how many chats.
        kills: How often the bot is killed, at least.
        seconds: How long it goes on.
        falls: How often update numbers start anew, below or among those before.
        swaps: How often somebody else sets a webhook, or fetches updates, for a while.
        seed: Decides all that is left to chance here; the moments of a process are not.
    """

    mode: Mode
    trouble: Trouble = ""
    questions: int = 2_000
    chats: int = 40
    kills: int = 30
    seconds: float = 150
    falls: int = 0
    swaps: int = 0
    seed: int = 1


@dataclass
class Storm:
    """One run of a plan.

    Attributes:
        plan: What happens.
        telegram: The local Telegram.
        database: The bot's database.
        kills: For each kill the number of the last message of each chat, before the bot was started again.
        corrupt: What integrity checks found.
        asked: What was asked in each chat.
        bot: The process that runs now.
    """

    plan: Plan
    telegram: Emulator
    database: Path
    kills: list[dict[int, int]] = field(default_factory=list)
    corrupt: list[str] = field(default_factory=list)
    asked: dict[int, list[Message]] = field(default_factory=dict)
    bot: ForkedBot | None = None

    def __post_init__(self) -> None:
        self.dice = Random(self.plan.seed)
        self.in_place = asyncio.Lock()
        self.port = free_port()
        people = [self.telegram.person(f"Person {number}") for number in range(self.plan.chats)]
        self.chats = [self._chat(number, people[number]) for number in range(self.plan.chats)]
        self.blocking = self.telegram.private_chat(self.telegram.person("Who blocks the bot"))

    def _chat(self, number: int, person: object) -> Conversation:
        """Every eighth chat is a group."""
        if number % 8:
            return self.telegram.private_chat(person)  # type: ignore[arg-type]
        return self.telegram.group(f"Group {number}", [person])  # type: ignore[list-item]

    async def rage(self) -> Account:
        """Carry out the plan, wait until all is answered, and say what became of it."""
        self._start()
        try:
            await self._all_at_once()
            await self._answered()
        finally:
            await self._stop()
        self._check()
        return draw_up(self)

    async def _all_at_once(self) -> None:
        self._arrange()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._kill_now_and_then())
            group.create_task(self._lock_now_and_then())
            group.create_task(self._trouble_now_and_then())
            group.create_task(self._vanish_now_and_then())
            group.create_task(self._release_now_and_then())
            group.create_task(self._number_anew_now_and_then())
            group.create_task(self._swap_now_and_then())
            for number, chat in enumerate(self.chats):
                group.create_task(self._ask_on(chat, self._share(number), Random(f"{self.plan.seed} {number}")))

    def _share(self, number: int) -> int:
        return self.plan.questions // self.plan.chats + (number < self.plan.questions % self.plan.chats)

    # What people do

    async def _ask_on(self, chat: Conversation, count: int, dice: Random) -> None:
        """Ask, mostly waiting for the answer, sometimes not."""
        mine = self.asked.setdefault(chat.id, [])
        end = time.monotonic() + self.plan.seconds
        for left in range(count, 0, -1):
            question = dice.choice(QUESTIONS)
            mine.append(chat.say(question if chat.id > 0 else f"/ask {question}"))
            pause = dice.expovariate(left / max(0.05, end - time.monotonic()))
            if dice.random() < 0.5:
                with contextlib.suppress(AssertionError):
                    await chat.reply_to(mine[-1], timeout=pause)
            else:
                await asyncio.sleep(min(pause, 5))

    # What goes wrong

    def _arrange(self) -> None:
        faults = self.telegram.faults
        for number, kind in enumerate(KINDS):
            for place, method in enumerate(("sendMessage", "getUpdates", "answerCallbackQuery", "deleteWebhook")):
                faults.arrange_rate(method, InjectedFault(kind=kind), RARE, seed=self.plan.seed + number * 10 + place)
        faults.arrange_rate("getUpdates", InjectedFault(kind="conflict"), RARE, seed=self.plan.seed + 91)
        faults.arrange_rate("sendMessage", InjectedFault(kind="hang"), LOST_ANSWER, seed=self.plan.seed + 92)
        for number, kind in enumerate(KINDS[2:5]):
            lost = InjectedFault(kind=kind, carried_out=True)
            faults.arrange_rate("sendMessage", lost, LOST_ANSWER, seed=self.plan.seed + 93 + number)
        self.telegram.updates.disturb(Disturbance(repeat=0.1, reorder=0.2, seed=self.plan.seed))
        for strange in STRANGE:
            self.telegram.updates.put_strange(strange)
        self.blocking.say(QUESTIONS[0])
        self.blocking.block_bot()

    async def _kill_now_and_then(self) -> None:
        every = self.plan.seconds / (self.plan.kills + 1)
        for _ in range(self.plan.kills):
            await asyncio.sleep(self.dice.uniform(0.3, 1.7) * every)
            async with self.in_place:
                await self._kill()
                self._check()
                self._start()

    async def _lock_now_and_then(self) -> None:
        """Another program holds the database for a while."""
        for _ in range(2):
            await asyncio.sleep(self.plan.seconds / 4)
            async with self.in_place:
                await self._lock()

    async def _lock(self) -> None:
        with closing(sqlite3.connect(self.database, timeout=30)) as connection, contextlib.suppress(sqlite3.Error):
            await asyncio.to_thread(_nothing)
            connection.execute("begin immediate")
            await asyncio.sleep(self.plan.seconds / 25)
            connection.rollback()

    async def _trouble_now_and_then(self) -> None:
        for _ in range(TROUBLES if self.plan.trouble else 0):
            await asyncio.sleep(self.plan.seconds / (TROUBLES + 1))
            async with self.in_place:
                match self.plan.trouble:
                    case "disk full for a while":
                        await self._fill_disk()
                    case "files that hang":
                        self._add_hanging_file()
                    case _:
                        await self._move_away()

    async def _fill_disk(self) -> None:
        """No file of the bot's grows: what a full disk does, but that the system gives another reason."""
        self._start()
        if self.bot is not None and self.bot.returncode is None:
            with contextlib.suppress(ProcessLookupError):  # it may end meanwhile
                resource.prlimit(self.bot.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
                await asyncio.sleep(self.plan.seconds / 25)
                resource.prlimit(self.bot.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    @property
    def articles(self) -> Path:
        """The articles that the bot answers from: its own copy, for files to be put into."""
        return self.database.with_name("articles")

    def _add_hanging_file(self) -> None:
        """A pipe that nobody writes to stands among the articles from now on: who opens it waits for ever."""
        os.mkfifo(self.articles / f"{len(list(self.articles.iterdir()))}.txt")
        (self.articles / "new.txt").write_text(f"Ships\n\nJapan sent {time.monotonic():.0f} ships.\n", encoding="utf-8")

    async def _move_away(self) -> None:
        """Move the database away, until the bot has ended and ended again on being started without it."""
        aside, trace = self.database.with_name("aside.db"), self.database.with_name("desk.db.departures")
        while not trace.exists():  # noqa: ASYNC110 - the first bot has not begun, and nothing tells when it has
            await asyncio.sleep(0.1)
        for _ in range(2):
            self._start()
            if not aside.exists():
                await asyncio.sleep(self.plan.seconds / 50)
                self.database.rename(aside)
            assert self.bot is not None
            assert await asyncio.to_thread(self.bot.wait, MOVED_SECONDS) in PASSING
        aside.rename(self.database)
        self._start()

    async def _vanish_now_and_then(self) -> None:
        """Telegram refuses every connection for a while."""
        for _ in range(2):
            await asyncio.sleep(self.plan.seconds / 3)
            async with self.telegram.unreachable():
                await asyncio.sleep(self.plan.seconds / 75)

    async def _release_now_and_then(self) -> None:
        """What hangs is let go some time after the bot has given it up."""
        for _ in range(3):
            await asyncio.sleep(self.plan.seconds / 4)
            self.telegram.faults.release()

    async def _number_anew_now_and_then(self) -> None:
        """Update numbers begin anew, sometimes among those that were used."""
        for _ in range(self.plan.falls):
            await asyncio.sleep(self.plan.seconds / (self.plan.falls + 1))
            self.telegram.updates.start_anew(self.dice.choice((1, 500_000, self.dice.randrange(1, 2**31))))

    async def _swap_now_and_then(self) -> None:
        """Somebody else sets a webhook for a while, or fetches this bot's updates."""
        for _ in range(self.plan.swaps):
            await asyncio.sleep(self.plan.seconds / (self.plan.swaps + 1))
            self.telegram.faults.arrange("getUpdates", InjectedFault(kind="conflict"), times=2)
            mine = self.telegram.updates.webhook
            self.telegram.updates.set_webhook(WebhookState(url="http://127.0.0.1:9/elsewhere"))
            await asyncio.sleep(self.plan.seconds / 50)
            self.telegram.updates.set_webhook(mine)

    # The bot

    def _start(self) -> None:
        if self.bot is not None and self.bot.returncode is None:
            return
        self.bot = ForkedBot({**os.environ, **self.environment()}, self.database.with_suffix(".log"))

    def environment(self) -> dict[str, str]:
        """The settings of the bot."""
        return {
            "POLICYDESK_TELEGRAM_TOKEN": self.telegram.token,
            "POLICYDESK_TELEGRAM_URL": self.telegram.url,
            "POLICYDESK_DATABASE": str(self.database),
            "POLICYDESK_ARTICLES": str(self.articles),
            "POLICYDESK_OPEN": "true",
            "POLICYDESK_LIMIT_PERSON": "1000000",
            "POLICYDESK_LIMIT_CHAT": "1000000",
            "POLICYDESK_BUSY": "1000000",
            "POLICYDESK_WATCH_MINUTES": "0",
            "POLICYDESK_PACE": "false",
            "POLICYDESK_LOG_LEVEL": "ERROR",
            **self._webhook(),
        }

    def _webhook(self) -> dict[str, str]:
        if self.plan.mode != "webhook":
            return {}
        return {
            "POLICYDESK_WEBHOOK": f"http://127.0.0.1:{self.port}/telegram",
            "POLICYDESK_WEBHOOK_LISTEN": f"127.0.0.1:{self.port}",
        }

    async def _kill(self) -> None:
        if self.bot is not None and self.bot.returncode is None:
            self.bot.send_signal(signal.SIGKILL)
            await asyncio.to_thread(self.bot.wait)
        await asyncio.sleep(0.1)  # Telegram goes on with what it was handed before
        self.kills.append({chat.id: max(message.message_id for message in chat.messages) for chat in self.chats})

    async def _stop(self) -> None:
        self.telegram.faults.release()
        if self.bot is not None and self.bot.returncode is None:
            self.bot.terminate()
            await asyncio.to_thread(self.bot.wait)

    def _check(self) -> None:
        """Whether the database is whole."""
        with closing(sqlite3.connect(self.database, timeout=60)) as connection:
            found = [line for (line,) in connection.execute("pragma integrity_check")]
        if found != ["ok"]:
            self.corrupt.append("; ".join(found))

    async def _answered(self) -> None:
        """Wait until everything that was asked is answered, starting the bot again should it have ended."""
        async with asyncio.timeout(ENOUGH):
            for chat in self.chats:
                for message in self.asked[chat.id]:
                    await self._surely(chat, message)

    async def _surely(self, chat: Conversation, message: Message) -> None:
        while True:
            self._start()
            with contextlib.suppress(AssertionError):
                await chat.reply_to(message, timeout=10)
                return


Kind = TypeVar("Kind", bound=Storm)


def _nothing() -> None:
    """Gives way to others."""


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextlib.asynccontextmanager
async def prepared(plan: Plan, folder: Path, kind: type[Kind]) -> AsyncIterator[Kind]:
    """A storm of a kind that is ready to break loose, with its database in a folder."""
    async with Emulator() as telegram:
        place = folder / f"{plan.mode} {plan.trouble}".strip().replace(" ", "-")
        place.mkdir()
        shutil.copytree(SEEDS, place / "articles")
        yield kind(plan, telegram, place / "desk.db")


def plans(*, short: bool) -> Iterator[Plan]:
    """The storms of `make chaos`, or such as a suite has time for."""
    if short:  # numbers fall while updates are fetched; swaps, for which a bot waits seconds, have a test of their own
        yield Plan("polling", questions=80, chats=10, kills=2, seconds=6, falls=2)
        yield Plan("webhook", questions=80, chats=10, kills=2, seconds=6)
    else:
        yield Plan("polling")
        yield Plan("webhook")
        yield Plan("falling numbers", falls=30)
        yield Plan("webhook swaps", swaps=10)
        yield Plan("polling", trouble="the database moved away and back")
        yield Plan("webhook", trouble="disk full for a while")
        yield Plan("polling", trouble="files that hang")
