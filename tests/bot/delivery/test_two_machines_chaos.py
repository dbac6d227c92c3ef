"""A short storm over two machines; `make chaos-two` has a long one, with machines that are cut off."""

from pathlib import Path

import pytest

from tests.chaos.storm import Plan


async def test_nothing_is_lost_or_out_of_order_while_leaders_and_the_database_are_lost(tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="the extra is not installed here: pip install 'policydesk[postgres]'")
    from tests.chaos.two_machines import Outages, prepared  # noqa: PLC0415 - needs the extra

    plan = Plan("webhook", questions=60, chats=8, kills=1, seconds=5)
    async with prepared(plan, Outages(failovers=1), tmp_path) as storm:
        account = await storm.rage()
    assert account.wrongs() == [], "\n".join(account.lines())
    assert (account.asked, len(account.by_kill)) == (60, 2)
