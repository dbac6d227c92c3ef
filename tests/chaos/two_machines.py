"""A storm over two machines on one PostgreSQL database: leaders are killed and cut off, and the database fails over."""

import argparse
import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import NamedTuple

import psycopg

from bot.cli.record.copies import bring_up_to_date
from bot.emulator.web.server import Emulator
from bot.settings import SEEDS
from storage.database.postgres.database import PostgresDatabase
from tests.chaos.account import Account
from tests.chaos.network import SERVERS, Network, networks
from tests.chaos.relay import relay
from tests.chaos.storm import Mode, Plan, Storm, free_port
from tests.support.bots.forked import ForkedBot
from tests.support.osa import QUESTION
from tests.support.postgres import PostgresServer, postgres_pair

MACHINES = ("one", "two")
CUT_SECONDS, BALANCER_PATIENCE = 45.0, 5.0
LONGEST_WAIT = 90.0
"""Seconds within which somebody must answer again, or a machine that was cut off end."""
PASSING = 75


class Outages(NamedTuple):
    """How often the database fails over, the leader is cut off, and a machine is lost with its database server."""

    failovers: int
    cuts: int = 0
    losses: int = 0


class Site(NamedTuple):
    """What the machines share: the database, its servers with the primary first, and how the machines are reached.

    Attributes:
        networks: Of each machine; none where they are processes side by side.
        ports: Where each machine takes in what is posted.
    """

    address: str
    servers: list[PostgresServer]
    networks: Mapping[str, Network]
    ports: Mapping[str, int]

    def place(self, name: str) -> tuple[str, int]:
        """Where a machine takes in what is posted."""
        return self.networks[name].address if self.networks else "127.0.0.1", self.ports[name]


class TwoMachines(Storm):
    """One run of a plan.

    Attributes:
        gaps: Seconds from each kill, cut or loss of the leader until somebody was answered by the other machine.
    """

    def share(self, site: Site, outages: Outages) -> None:
        """Have both machines use what they share, and lose it."""
        self.site, self.outages = site, outages
        self.waiting = self.telegram.private_chat(self.telegram.person("Who asks whenever the leader is lost"))
        self.machines: dict[str, subprocess.Popen[bytes] | ForkedBot] = {}
        self.gaps: dict[str, list[float]] = {}

    # The machines

    def _start(self) -> None:
        for name in MACHINES:
            if name not in self.machines or self.machines[name].poll() is not None:
                self._start_machine(name)

    def _start_machine(self, name: str) -> None:
        place = self._log(name).parent
        place.mkdir(exist_ok=True)
        listen = ":".join(map(str, self.site.place(name)))
        home = {"POLICYDESK_DATABASE": self.site.address, "XDG_DATA_HOME": str(place), "POLICYDESK_LOG_LEVEL": "INFO"}
        posted = {"POLICYDESK_WEBHOOK_LISTEN": listen} if self.plan.mode == "webhook" else {}
        environment = {**os.environ, **self.environment(), **home, **posted}
        self._log(name).write_bytes(b"")
        if not self.site.networks:
            self.machines[name] = ForkedBot(environment, self._log(name))
            return
        command = self.site.networks[name].command([sys.executable, "-m", "bot", "serve"])
        environment["POLICYDESK_TELEGRAM_URL"] = f"http://localhost:{self.telegram.port}"
        with self._log(name).open("ab") as log:
            self.machines[name] = subprocess.Popen(command, env=environment, stderr=log)

    def _log(self, name: str) -> Path:
        return self.database.with_name(name) / "log"

    def _has_said(self, name: str, words: bytes) -> bool:
        return self.machines[name].poll() is None and words in self._log(name).read_bytes()

    async def _leader(self) -> str:
        while not (ready := [name for name in MACHINES if name in self.machines and self._has_said(name, b"Ready as")]):
            await asyncio.sleep(0.05)
            self._start()
        return ready[0]

    def _end(self, name: str) -> None:
        self.machines[name].send_signal(signal.SIGKILL)
        self.machines[name].wait()

    # What goes wrong

    async def _kill(self) -> None:
        leader = await self._leader()
        is_awaited = all(self._has_said(name, b"stands by") for name in MACHINES if name != leader)
        lost_at = time.monotonic()
        await asyncio.to_thread(self._end, leader)
        await self._wait_for_answers("killed" if is_awaited else "killed while the other one still starts", lost_at)

    async def _wait_for_answers(self, kind: str, lost_at: float) -> None:
        self._note_kill()
        await self.waiting.reply_to(self.waiting.say(QUESTION), timeout=LONGEST_WAIT)
        self.gaps.setdefault(kind, []).append(time.monotonic() - lost_at)

    def _note_kill(self) -> None:
        self.kills.append({chat.id: max(message.message_id for message in chat.messages) for chat in self.chats})

    async def _lock_now_and_then(self) -> None:
        """The primary is lost, its standby takes its place, and it comes back as the standby."""
        for _ in range(self.outages.failovers):
            await asyncio.sleep(self.plan.seconds / (self.outages.failovers + 1))
            async with self.in_place:
                self._note_kill()
                await asyncio.to_thread(self._fail_over)

    def _fail_over(self) -> None:
        primary, standby = self.site.servers
        primary.kill()
        standby.promote()
        primary.copy(standby)
        primary.start()
        self.site.servers.reverse()

    async def _trouble_now_and_then(self) -> None:
        """Each machine is cut off while it leads; then one is lost for good, with the primary."""
        outages = [self._cut_off] * self.outages.cuts + [self._lose] * self.outages.losses
        for outage in outages:
            await asyncio.sleep(self.plan.seconds / (len(outages) + 1))
            async with self.in_place:
                await outage()
                self._start()

    async def _cut_off(self) -> None:
        leader = await self._leader()
        network, lost_at = self.site.networks[leader], time.monotonic()
        network.cut()
        await self._wait_for_answers("cut off", lost_at)
        await asyncio.sleep(CUT_SECONDS - (time.monotonic() - lost_at))
        self._note_kill()
        network.mend()
        assert await asyncio.to_thread(self.machines[leader].wait, LONGEST_WAIT) == PASSING

    async def _lose(self) -> None:
        leader = await self._leader()
        lost_at = time.monotonic()
        await asyncio.gather(asyncio.to_thread(self._end, leader), asyncio.to_thread(self._fail_over))
        await self._wait_for_answers("lost with the database", lost_at)

    def _check(self) -> None:
        """Leave it to the server whether the database is whole."""

    async def _answered(self) -> None:
        """Wait until all is answered, and no update waits: one that is posted again may do so for a moment."""
        await super()._answered()
        async with asyncio.timeout(LONGEST_WAIT):
            while await asyncio.to_thread(self._has_waiting):
                self._start()
                await asyncio.sleep(0.1)

    def _has_waiting(self) -> bool:
        with closing(psycopg.connect(self.site.address, autocommit=True)) as server:
            return bool(server.execute("select 1 from policydesk.inbox where state = 'waiting' limit 1").fetchone())

    async def _stop(self) -> None:
        self.telegram.faults.release()
        for bot in self.machines.values():
            if bot.poll() is None:
                bot.terminate()
            await asyncio.to_thread(bot.wait)
        with closing(PostgresDatabase(self.site.address, self.database.with_name("place"))) as source:
            bring_up_to_date(self.database, source)

    def told_gaps(self) -> Iterator[str]:
        """How long nobody was answered, in words."""
        for kind, gaps in self.gaps.items():
            yield f"  seconds without answers, the leader {kind}: {', '.join(f'{gap:.1f}' for gap in gaps)}"


@asynccontextmanager
async def prepared(plan: Plan, outages: Outages, folder: Path) -> AsyncIterator[TwoMachines]:
    """A storm over two machines that is ready to break loose; each has a network where cuts are wanted."""
    shutil.copytree(SEEDS, folder / "articles")
    async with AsyncExitStack() as stack:
        between = stack.enter_context(networks(MACHINES, folder)) if outages.cuts else {}
        outages = outages if between else outages._replace(cuts=0)
        places = [(SERVERS, free_port()) for _ in MACHINES] if between else []
        address, servers = stack.enter_context(postgres_pair(*places))
        telegram = await stack.enter_async_context(Emulator())
        if between:
            door = (SERVERS, telegram.port)
            await stack.enter_async_context(relay(door, [("127.0.0.1", telegram.port)]))
        storm = TwoMachines(plan, telegram, folder / "desk.db")
        storm.share(Site(address, servers, between, {name: free_port() for name in MACHINES}), outages)
        if plan.mode == "webhook":
            others = [storm.site.place(name) for name in MACHINES]
            await stack.enter_async_context(relay(("127.0.0.1", storm.port), others, BALANCER_PATIENCE))
        yield storm


async def rage(plan: Plan, outages: Outages) -> Account:
    """Carry out a plan, and print what became of it."""
    with tempfile.TemporaryDirectory() as folder:
        async with prepared(plan, outages, Path(folder)) as storm:
            account = await storm.rage()
    cuts = "no cuts, for lack of network namespaces" if outages.cuts > storm.outages.cuts else f"{outages.cuts} cuts"
    print(f"two machines by {plan.mode}, {outages.failovers} failovers, {cuts}, {outages.losses} lost whole:")
    print(*account.lines(), *storm.told_gaps(), sep="\n", flush=True)
    return account


def main() -> int:
    """Print what becomes of 2,000 questions while leaders and the database are lost; by polling, and by webhook."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--failovers", type=int, default=4)
    parser.add_argument("--cuts", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=200)
    parser.add_argument("--modes", nargs="+", choices=("polling", "webhook"), default=("polling", "webhook"))
    given = parser.parse_args()
    modes: list[Mode] = given.modes
    outages = Outages(given.failovers, given.cuts, losses=1)
    plans = [Plan(mode, questions=given.questions, kills=given.kills, seconds=given.seconds) for mode in modes]
    return min(sum(len(asyncio.run(rage(plan, outages)).wrongs()) for plan in plans), 1)


if __name__ == "__main__":
    sys.exit(main())
