"""A short storm; `make chaos` has a long one."""

from pathlib import Path

import pytest

from tests.chaos.storm import Plan, Storm, plans, prepared


@pytest.mark.parametrize("plan", list(plans(short=True)), ids=lambda plan: plan.mode)
async def test_nothing_is_lost_or_out_of_order_while_the_bot_is_killed_and_everything_fails(
    plan: Plan, tmp_path: Path
) -> None:
    async with prepared(plan, tmp_path, Storm) as storm:
        account = await storm.rage()
    assert account.wrongs() == [], "\n".join(account.lines())
    assert (account.asked, len(account.by_kill)) == (plan.questions, plan.kills)
