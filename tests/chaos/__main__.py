"""Prints what becomes of 2,000 questions in each storm; fails if one is lost."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.chaos.storm import plans, prepared


async def main() -> int:
    """Run all storms."""
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for plan in plans(short=False):
            async with prepared(plan, Path(folder)) as storm:
                account = await storm.rage()
            print(f"{plan.mode}, seed {plan.seed}, {plan.seconds:.0f} s:", *account.lines(), sep="\n", flush=True)
            bad += len(account.wrongs())
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
