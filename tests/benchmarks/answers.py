"""Prints what a question costs from its text to the words of its answer on a large folder, alone and among others.

`make bench-answers ARGS=DIR` calls it; nothing is asserted. Latency is time of the processor, of one thread, since the
machines this runs on are shared; throughput is by the clock, one asker and ten in turn.
"""

import argparse
import gc
import json
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import methodcaller
from pathlib import Path

import numpy as np

from prompts.composition.compose import compose
from prompts.models import Channel
from prompts.render import Renderer
from retrieval.articles_folder import ArticlesFolder
from retrieval.indexer.location import IndexLocation
from retrieval.library import Library
from retrieval.models import Findings, Query
from retrieval.search_pool import SearchPool

JUDGED = Path(__file__).parent.parent / "judgments" / "questions.jsonl"
DRAWN, ROUNDS, ASKERS, HITS, LEAST = 200, 3, 10, 10, 8
Search = Callable[[Library, Query, int], Findings]
STEPS = ("read", "search", "compose", "render")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="articles")
    parser.add_argument("--index", type=Path, help="where their index is kept; in memory only where it is not given")
    given = parser.parse_args()
    started = time.perf_counter()
    library = ArticlesFolder(given.folder, keeping=IndexLocation(given.index)).open()
    print(f"{len(library.passages):,} sentences; opened in {time.perf_counter() - started:.2f} s")
    started = time.perf_counter()
    library.warm_up()
    gc.collect()
    gc.freeze()  # as `serve` does
    print(f"warmed up in {time.perf_counter() - started:.2f} s\n")
    kinds = {"judged": judged(), "drawn from the articles": list(drawn(library))}
    print("| questions, ms | round | p50 | p95 | p99 | medians: " + " / ".join(STEPS) + " |\n" + "|---" * 6 + "|")
    for kind, questions in kinds.items():
        _print_latency(library, kind, questions)
    everything = [question for questions in kinds.values() for question in questions]
    _print_throughput(library, everything, Library.search, "in one process")
    searchers = SearchPool(os.cpu_count() or 1, print)
    searchers.begin(library)
    searchers.wait()
    _print_throughput(library, everything, _by(searchers), f"with {os.cpu_count()} processes that search")
    searchers.close()


def judged() -> list[str]:
    """The questions that somebody judged."""
    return [json.loads(line)["question"] for line in JUDGED.read_text(encoding="utf-8").splitlines()]


def drawn(library: Library) -> Iterator[str]:
    """Three to eight neighbouring words of random sentences."""
    draw, left = random.Random(7), DRAWN
    while left:
        words = library.passage(draw.randrange(len(library.passages))).text.split()
        if len(words) > LEAST:
            count = draw.randint(3, LEAST)
            first = draw.randint(0, len(words) - count)
            yield " ".join(words[first : first + count])
            left -= 1


def _steps(library: Library, renderer: Renderer, question: str, search: Search = Library.search) -> list[float]:
    """Answer a question; milliseconds of the processor that each step took."""
    times = [time.thread_time()]
    query = library.read(question)
    times.append(time.thread_time())
    findings = search(library, query, HITS)
    times.append(time.thread_time())
    answer = compose(findings)
    times.append(time.thread_time())
    renderer.answer(answer, Channel.CLI)
    times.append(time.thread_time())
    found: list[float] = (np.diff(times) * 1e3).tolist()
    return found


def _print_latency(library: Library, kind: str, questions: Sequence[str]) -> None:
    renderer = Renderer()
    for number in range(1, ROUNDS + 1):
        steps = np.array([_steps(library, renderer, question) for question in questions])
        p50, p95, p99 = np.percentile(steps.sum(axis=1), [50, 95, 99]).tolist()
        parts = " / ".join(f"{part:.2f}" for part in np.median(steps, axis=0).tolist())
        print(f"| {len(questions)} {kind} | {number} | {p50:.1f} | {p95:.1f} | {p99:.1f} | {parts} |", flush=True)


def _print_throughput(library: Library, questions: Sequence[str], search: Search, how: str) -> None:
    """Questions a second of one asker and of ten threads, in turn."""
    ratios = []
    print(f"\nquestions a second, {how}:", end="")
    for _ in range(ROUNDS):
        alone, together = (_rate(library, questions, askers, search) for askers in (1, ASKERS))
        ratios.append(together / alone)
        print(f"\none asker {alone:.0f}, {ASKERS} askers {together:.0f}", end="")
    print(f"\nratio, median of {ROUNDS}: {np.median(ratios):.2f} (to reach on two cores: 1.6)")


def _by(searchers: SearchPool) -> Search:
    """Search by other processes."""
    return lambda library, query, k: searchers.do(library, methodcaller("search", query, k))


def _rate(library: Library, questions: Sequence[str], askers: int, search: Search) -> float:
    renderer, started = Renderer(), time.perf_counter()
    with ThreadPoolExecutor(askers) as threads:
        list(threads.map(lambda question: _steps(library, renderer, question, search), questions))
    return len(questions) / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
