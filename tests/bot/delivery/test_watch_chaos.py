"""A short storm of arriving articles; `make chaos` has a long one."""

from pathlib import Path

from tests.chaos.storm import prepared
from tests.chaos.watch_storm import WatchStorm, watch_plan


async def test_every_watcher_is_told_once_of_each_article_while_the_bot_is_killed(tmp_path: Path) -> None:
    plan = watch_plan(short=True)
    async with prepared(plan, tmp_path, WatchStorm) as storm:
        account = await storm.watch()
    assert account.wrongs() == [], "\n".join(account.lines())
    assert (account.arrived, account.kills) == (plan.questions, plan.kills)
