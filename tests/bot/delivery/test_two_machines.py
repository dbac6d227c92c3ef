"""Two machines on one database: one answers and the other stands by, and takes over with nothing lost or unmarked."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from bot.emulator.web.server import Emulator
from storage.database.connection import DeskDatabase
from tests.chaos.storm import Plan, free_port
from tests.support.bots.forked import HeardBot
from tests.support.bots.served import ended, fork, kill, said
from tests.support.desk import policydesk
from tests.support.osa import QUESTION, check_answered
from tests.support.postgres import postgres_database

PASSING = 75


@pytest.fixture
def record(postgres: str, tmp_path: Path) -> Iterator[DeskDatabase]:
    """The record, which nobody serves from yet."""
    with postgres_database(postgres, tmp_path) as opened:
        opened.end_serving()
        yield opened


async def machine(telegram: Emulator, address: str, home: Path, **environment: str) -> HeardBot:
    """A bot on a machine of its own, as far as files go."""
    place = {"POLICYDESK_DATABASE": address, "XDG_DATA_HOME": str(home), "POLICYDESK_LOG_LEVEL": "INFO"}
    return await fork(telegram, **{**place, **environment})


def with_own_files(folder: Path) -> set[str]:
    """The machines that keep what no other needs where their own data is."""
    return {path.parts[-3] for path in folder.glob("*/policydesk/*.departures")}


@pytest.mark.usefixtures("record")
async def test_the_standby_answers_when_the_leader_is_killed_and_every_question_is_once_on_record(
    postgres: str, tmp_path: Path
) -> None:
    door = f"127.0.0.1:{free_port()}"
    async with Emulator() as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        leader = await machine(telegram, postgres, tmp_path / "one")
        await check_answered(chat)
        standby = await machine(telegram, postgres, tmp_path / "two", POLICYDESK_HTTP=door)
        try:
            await said(standby, "stands by")
            async with httpx.AsyncClient(trust_env=False) as client:
                ready = await client.get(f"http://{door}/readyz")
            assert ready.status_code == 503
            assert "leads" in ready.json()["database"]
            await kill(leader)
            await check_answered(chat)
            leader = await machine(telegram, postgres, tmp_path / "one")
            await said(leader, "stands by")
        finally:
            for bot in (standby, leader):
                bot.terminate()
                await ended(bot)
    assert with_own_files(tmp_path) == {"one", "two"}
    told = json.loads(policydesk("history", "--json", POLICYDESK_DATABASE=postgres).stdout)
    assert [entry["question"] for entry in told] == [QUESTION, QUESTION]


@pytest.mark.usefixtures("record")
async def test_whoever_has_lost_the_lead_ends_to_be_started_again(postgres: str, tmp_path: Path) -> None:
    import psycopg  # noqa: PLC0415 - needs the extra

    async with Emulator() as telegram:
        bot = await machine(telegram, postgres, tmp_path / "one")
        await check_answered(telegram.private_chat(telegram.person("Aiko")))
        with closing(psycopg.connect(postgres, autocommit=True)) as server:
            server.execute("update policydesk.leadership set term = term + 1, machine = 'another'")
            server.execute(
                "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 730001"
            )
        words = await asyncio.wait_for(ended(bot), 60)
    assert bot.returncode == PASSING
    assert "Another machine leads by now" in words


async def test_nothing_is_lost_or_out_of_order_while_leaders_and_the_database_are_lost(tmp_path: Path) -> None:
    """A short storm; `make chaos-two` has a long one, with machines that are cut off."""
    pytest.importorskip("psycopg", reason="the extra is not installed here: pip install 'policydesk[postgres]'")
    from tests.chaos.two_machines import Outages, prepared  # noqa: PLC0415 - needs the extra

    plan = Plan("webhook", questions=60, chats=8, kills=1, seconds=5)
    async with prepared(plan, Outages(failovers=1), tmp_path) as storm:
        account = await storm.rage()
    assert account.wrongs() == [], "\n".join(account.lines())
    assert (account.asked, len(account.by_kill)) == (60, 2)
