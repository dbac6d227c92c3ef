"""Prints what a library larger than memory costs to build, to open and to ask; asserts nothing.

`make bench-size ARGS="DIR PLACE"` calls it. DIR holds articles, PLACE gets copies of them with their words varied, and
the index of these. Memory is the highest of all moments looked at, the processes of a moment added up, pages of files
that they map among it; beside it stands what the system says was the most of the largest process.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil

from prompts.composition.compose import compose
from prompts.models import Channel
from prompts.render import Renderer
from retrieval.articles_folder import ArticlesFolder
from retrieval.indexer.location import IndexLocation
from tests.benchmarks.answers import drawn, judged
from tests.benchmarks.past_memory.varied_copies import write_copies

ROUNDS, LOOK = 3, 0.05


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="articles")
    parser.add_argument("place", type=Path, help="a folder for the copies and the index")
    parser.add_argument("--copies", type=int, default=9)
    parser.add_argument("--ask", type=Path, help="ask this index of the copies, and do nothing else")
    given = parser.parse_args()
    copies, indexes = given.place / "articles", given.place / "indexes"
    if given.ask:
        _ask(copies, given.ask)
        return
    if not copies.exists():
        write_copies(given.folder, copies, given.copies)
    _watch([sys.executable, "-m", "bot", "index", str(copies)], {"POLICYDESK_INDEX": str(indexes)})
    (index,) = [path for path in indexes.iterdir() if path.is_dir()]
    print(f"index: {sum(path.stat().st_size for path in index.iterdir()) / 1e6:,.0f} MB", flush=True)
    again = ["-m", "tests.benchmarks.past_memory", str(given.folder), str(given.place), "--ask", str(index)]
    _watch([sys.executable, *again], {})


def _watch(command: list[str], settings: dict[str, str]) -> None:
    """Run a command; print its time and memory."""
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    together = largest = 0
    with subprocess.Popen(command, env=os.environ | settings) as process:
        while process.poll() is None:
            sizes = list(_sizes(psutil.Process(process.pid)))
            together, largest = (
                max(together, sum(now for now, _ in sizes)),
                max(largest, *(most for _, most in sizes), 0),
            )
            time.sleep(LOOK)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    print(f"{time.perf_counter() - started:,.0f} s, {processor:,.0f} s of the processor", end="")
    print(f", {together / 1e3:,.0f} MB, the largest process {largest / 1e3:,.0f} MB\n", flush=True)


def _sizes(process: psutil.Process) -> Iterator[tuple[int, int]]:
    """Resident kilobytes of a process and those below it, each now and at most."""
    try:
        processes = [process, *process.children(recursive=True)]
    except psutil.Error:
        return
    for each in processes:
        try:
            lines = Path(f"/proc/{each.pid}/status").read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        figures = {line.partition(":")[0]: line.split()[1] for line in lines if line.endswith("kB")}
        yield int(figures.get("VmRSS", 0)), int(figures.get("VmHWM", 0))


def _ask(copies: Path, index: Path) -> None:
    started, processor = time.perf_counter(), time.process_time()
    library = ArticlesFolder(copies, keeping=IndexLocation(index, print)).open()
    opened = time.perf_counter()
    print(
        f"{len(library.passages):,} sentences, {len(library.sources):,} articles; opened in {opened - started:.2f} s",
        end="",
    )
    print(f" ({time.process_time() - processor:.2f} s of the processor)")
    renderer, questions = Renderer(), [*judged(), *drawn(library)]
    for number in range(ROUNDS):
        times = []
        for question in questions:
            begun = time.thread_time()
            renderer.answer(compose(library.search(library.read(question), 10)), Channel.CLI)
            times.append(1e3 * (time.thread_time() - begun))
            if len(times) == 1 and not number:
                print(f"first question {time.perf_counter() - opened:.2f} s after that")
        p50, p95, p99 = np.percentile(times, [50, 95, 99]).tolist()
        print(
            json.dumps({"round": number + 1, "questions": len(times), "p50": p50, "p95": p95, "p99": p99}), flush=True
        )


if __name__ == "__main__":
    main()
