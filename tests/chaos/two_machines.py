"""A storm over two machines on one PostgreSQL database: the leader is killed, and the database fails over."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from bot.cli.record.copies import bring_up_to_date
from bot.emulator.web.server import Emulator
from bot.settings import SEEDS
from storage.database.postgres.database import PostgresDatabase
from tests.chaos.account import Account
from tests.chaos.storm import Plan, Storm
from tests.support.postgres import PostgresServer, postgres_pair

MACHINES = ("one", "two")


class TwoMachines(Storm):
    """One run of a plan, with as many failovers of the database as the plan has falls of numbers.

    Attributes:
        gaps: Seconds from each kill of the leader until the other machine took updates in.
    """

    def share(self, address: str, servers: list[PostgresServer], failovers: int) -> None:
        """Have both machines use a database on two servers, the first of which is the primary."""
        self.address, self.servers, self.failovers = address, servers, failovers
        self.machines: dict[str, subprocess.Popen[bytes]] = {}
        self.gaps: list[float] = []

    def _start(self) -> None:
        for name in MACHINES:
            if name not in self.machines or self.machines[name].poll() is not None:
                self._start_machine(name)

    def _start_machine(self, name: str) -> None:
        home = {"POLICYDESK_DATABASE": self.address, "XDG_DATA_HOME": str(self._log(name).parent)}
        self._log(name).parent.mkdir(exist_ok=True)
        with self._log(name).open("wb") as log:
            command = [sys.executable, "-m", "bot", "serve"]
            environment = {**os.environ, **self.environment(), **home, "POLICYDESK_LOG_LEVEL": "INFO"}
            self.machines[name] = subprocess.Popen(command, env=environment, stderr=log)

    def _log(self, name: str) -> Path:
        return self.database.with_name(name) / "log"

    def _leader(self) -> str | None:
        running = [name for name, bot in self.machines.items() if bot.poll() is None]
        return next((name for name in running if b"Ready as" in self._log(name).read_bytes()), None)

    async def _kill(self) -> None:
        while (leader := self._leader()) is None:
            await asyncio.sleep(0.1)
            self._start()
        killed = time.monotonic()
        self.machines[leader].send_signal(signal.SIGKILL)
        await asyncio.to_thread(self.machines[leader].wait)
        self._note_kill()
        while self._leader() is None and time.monotonic() - killed < 60:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        self.gaps.append(time.monotonic() - killed)

    def _note_kill(self) -> None:
        self.kills.append({chat.id: max(message.message_id for message in chat.messages) for chat in self.chats})

    async def _lock_now_and_then(self) -> None:
        """The primary is lost, its standby takes its place, and it comes back as the standby."""
        for _ in range(self.failovers):
            await asyncio.sleep(self.plan.seconds / (self.failovers + 1))
            async with self.in_place:
                await asyncio.to_thread(self._fail_over)

    def _fail_over(self) -> None:
        primary, standby = self.servers
        self._note_kill()
        primary.kill()
        standby.promote()
        primary.copy(standby)
        primary.start()
        self.servers.reverse()

    def _check(self) -> None:
        """Leave it to the server whether the database is whole."""

    async def _stop(self) -> None:
        self.telegram.faults.release()
        for bot in self.machines.values():
            if bot.poll() is None:
                bot.terminate()
            await asyncio.to_thread(bot.wait)
        with closing(PostgresDatabase(self.address, self.database.with_name("place"))) as source:
            bring_up_to_date(self.database, source)


async def storm_over(plan: Plan, failovers: int, folder: Path) -> tuple[TwoMachines, Account]:
    """Carry out a plan on two machines and two servers; returns what became of it, and its account."""
    shutil.copytree(SEEDS, folder / "articles")
    with postgres_pair() as (address, servers):
        async with Emulator() as telegram:
            storm = TwoMachines(plan, telegram, folder / "desk.db")
            storm.share(address, servers, failovers)
            return storm, await storm.rage()


async def main() -> int:
    """Print what becomes of 2,000 questions while the leader is killed 20 times and the database fails over 4 times."""
    questions, kills, failovers, seconds = map(int, sys.argv[1:5] or ("2000", "20", "4", "200"))
    plan = Plan("polling", questions=questions, kills=kills, seconds=seconds)
    with tempfile.TemporaryDirectory() as folder:
        storm, account = await storm_over(plan, failovers, Path(folder))
    gaps = ", ".join(f"{gap:.1f}" for gap in storm.gaps)
    print(f"two machines, {failovers} failovers:", *account.lines(), f"  seconds without a leader: {gaps}", sep="\n")
    return min(len(account.wrongs()), 1)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
