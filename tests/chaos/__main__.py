"""Prints what becomes of 2,000 questions in each storm, and of 10,000 articles; fails if one is lost."""

import asyncio
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.chaos.storm import Storm, plans, prepared
from tests.chaos.watch_storm import WatchStorm, watch_plan

WATCHES = "watches"


async def main() -> int:
    """Run all storms, or those whose name holds the first argument: `watches` for that of arriving articles."""
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        wanted = [plan for plan in plans(short=False) if " ".join(sys.argv[1:2]) in f"{plan.mode} {plan.trouble}"]
        for plan in wanted:
            async with prepared(plan, Path(folder), Storm) as storm:
                account = await storm.rage()
            print(
                f"{', '.join(filter(None, (plan.mode, plan.trouble)))}, seed {plan.seed}, {plan.seconds:.0f} s:",
                *account.lines(),
                sep="\n",
                flush=True,
            )
            bad += len(account.wrongs())
    if not wanted or " ".join(sys.argv[1:2]) in WATCHES:
        bad += await watch()
    return min(bad, 1)


async def watch() -> int:
    """Run the storm of arriving articles; `watches ARTICLES SECONDS` makes it smaller."""
    plan = watch_plan(short=False)
    if sizes := [int(size) for size in sys.argv[2:4]]:
        plan = replace(plan, questions=sizes[0], seconds=float(sizes[-1]) if len(sizes) > 1 else plan.seconds)
    with tempfile.TemporaryDirectory() as folder:
        async with prepared(plan, Path(folder), WatchStorm) as storm:
            account = await storm.watch()
    print(f"{WATCHES}, seed {plan.seed}, {plan.seconds:.0f} s:", *account.lines(), sep="\n", flush=True)
    return len(account.wrongs())


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
