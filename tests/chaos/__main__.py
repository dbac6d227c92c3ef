"""Prints what becomes of 2,000 questions in each storm; fails if one is lost."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.chaos.storm import plans, prepared


async def main() -> int:
    """Run all storms, or those whose name holds the first argument."""
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        wanted = [plan for plan in plans(short=False) if " ".join(sys.argv[1:2]) in f"{plan.mode} {plan.trouble}"]
        for plan in wanted:
            async with prepared(plan, Path(folder)) as storm:
                account = await storm.rage()
            print(
                f"{', '.join(filter(None, (plan.mode, plan.trouble)))}, seed {plan.seed}, {plan.seconds:.0f} s:",
                *account.lines(),
                sep="\n",
                flush=True,
            )
            bad += len(account.wrongs())
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
