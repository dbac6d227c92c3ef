"""Prints how the engines do at several sizes on any folder of articles: latency, indexing, memory; asserts nothing.

`make bench-scale ARGS=DIR` calls it. The questions are stretches of random sentences.
Each engine has a process of its own, all on one core; they are asked in turn, three rounds, after one for warmth.
Times are those of the processor, since the machines this runs on are shared.
"""

import argparse
import multiprocessing
import os
import random
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import psutil

from retrieval.models import Article
from retrieval.reading.articles import read_folder
from retrieval.reading.sentences import passages
from retrieval.text.terms import read_words
from retrieval.text.token_ids import TokenIds, token_ids
from tests.benchmarks.peers import PEERS, Figures, Peer, Question
from tests.support.corpora import Units

SIZES = (10_000, 100_000, 10_000_000)
ROUNDS, QUESTIONS = 3, 200
LONGEST = 10.0
"""Seconds after which a round of a slow engine ends."""
LEAST = 5
"""How many questions it is asked at least."""


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="articles")
    parser.add_argument("-k", type=int, default=10, help="how many passages are wanted")
    parser.add_argument("--telling", action="store_true", help="leave stop words out and stem, as policydesk does")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of passages")
    parser.add_argument("--plot", type=Path, help="SVG file to draw the figures into")
    given = parser.parse_args()
    parts = _read(given.folder, telling=given.telling)
    print(f"{os.cpu_count()} cores, {psutil.virtual_memory().total >> 30} GB; the {given.k} best; milliseconds\n")
    print("| engine | sentences | index s | memory MB | p50 | p95 | p99 | scores of rank-bm25 |\n" + "|---" * 8 + "|")
    figures = [found for size in given.sizes for found in _measure(_first(parts, size), given.k)]
    if given.plot:
        from tests.benchmarks.drawing import draw  # noqa: PLC0415 - needs matplotlib

        draw(figures, given.plot)


def _read(folder: Path, *, telling: bool) -> list[TokenIds]:
    articles, _ = read_folder(folder)
    with ProcessPoolExecutor() as processes:
        return list(processes.map(_telling if telling else _written, articles, chunksize=16))


def _telling(article: Article) -> TokenIds:
    return token_ids([[f"t{word.term}" for word in read_words(p.text).telling] for p in passages(article)])


def _written(article: Article) -> TokenIds:
    return token_ids([[word.lower() for word in read_words(p.text).written] for p in passages(article)])


def _first(parts: Sequence[TokenIds], size: int) -> Units:
    """Passages of as many articles as it takes, with terms `t0`, `t1` and so on in the order in which they occur."""
    taken, count = [], 0
    for part in parts:
        if count >= size:
            break
        taken.append(part)
        count += len(part.lengths)
    units = Units(taken)
    units.vocabulary = {f"t{number}": number for number in range(len(units.vocabulary))}
    return units


def _questions(units: Units) -> list[Question]:
    """Three to twelve neighbouring terms of random passages, each once."""
    draw, words = random.Random(7), list(units.vocabulary)
    found: list[Question] = []
    while len(found) < QUESTIONS:
        place = draw.randrange(len(units))
        length = int(units.lengths[place])
        if length > LEAST:
            count = draw.randint(3, min(12, length))
            first = int(units.starts[place]) + draw.randint(0, length - count)
            found.append(list(dict.fromkeys(words[n] for n in units.tokens[first : first + count])))
    return found


def _measure(units: Units, k: int) -> Iterator[Figures]:
    """Have all engines index the same passages and answer the same questions."""
    questions = _questions(units)
    here, there = zip(*(multiprocessing.Pipe() for _ in PEERS), strict=True)
    context = multiprocessing.get_context("fork")
    for peer, pipe in zip(PEERS, there, strict=True):
        context.Process(target=_serve, args=(peer, pipe, units, questions, k), daemon=True).start()
    indexed = [_ask(pipe) for pipe in here]
    rounds = [[_ask(pipe) for pipe in here] for _ in range(1 + ROUNDS)][1:]
    scores = [_ask(pipe) for pipe in here]
    truth = _truth(dict(zip((peer.name for peer in PEERS), scores, strict=True)))
    for number, peer in enumerate(PEERS):
        times = np.array([statistics.median(each) for each in zip(*(r[number] for r in rounds), strict=False)]) * 1e3
        exact = _exactness(scores[number], truth) if peer.is_same else "its own BM25"
        seconds, memory = indexed[number]
        p50, p95, p99 = np.percentile(times, [50, 95, 99]).tolist()
        found = Figures(peer.name, len(units), seconds, memory, p50, p95, p99, exact)
        print(
            f"| {found.name} | {found.passages:,} | {found.indexing:.1f} | {found.memory:,.0f} |"
            f" {p50:.2f} | {p95:.2f} | {p99:.2f} | {exact} |",
            flush=True,
        )
        yield found


def _ask(pipe: Connection):  # type: ignore[no-untyped-def]  # what comes next depends on the step
    pipe.send(None)
    return pipe.recv()


def _serve(peer: Peer, pipe: Connection, units: Units, questions: Sequence[Question], k: int) -> None:
    """Index, answer rounds, and tell the scores found; each when asked to."""
    os.sched_setaffinity(0, {0})
    process = psutil.Process()
    pipe.recv()
    before, started = process.memory_full_info().uss, time.process_time()
    with _silenced():
        search = peer.build(units)
    pipe.send((time.process_time() - started, (process.memory_full_info().uss - before) / 1e6))
    for _ in range(1 + ROUNDS):
        pipe.recv()
        pipe.send(_round(search, questions, k))
    pipe.recv()
    pipe.send([search(question, k) for question in questions[: _compared(peer)]])


@contextmanager
def _silenced() -> Iterator[None]:
    """Nothing that compiled code says reaches the terminal: PISA tells of each of its steps."""
    kept = [os.dup(stream) for stream in (1, 2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    yield
    for stream, own in zip((1, 2), kept, strict=True):
        os.dup2(own, stream)


def _round(search, questions: Sequence[Question], k: int) -> list[float]:  # type: ignore[no-untyped-def]
    """Seconds a question, until the time is up."""
    times: list[float] = []
    begun = time.monotonic()
    for question in questions:
        if len(times) >= LEAST and time.monotonic() - begun > LONGEST:
            break
        started = time.process_time()
        search(question, k)
        times.append(time.process_time() - started)
    return times


def _compared(peer: Peer) -> int:
    """For how many questions a peer tells its scores."""
    return 0 if not peer.is_same else LEAST if peer.name == "rank-bm25" else QUESTIONS


def _truth(scores: Mapping[str, Sequence[Sequence[float]]]) -> Sequence[Sequence[float]]:
    """The scores of rank-bm25: for the first questions by itself, for the others asked for the passages that matter."""
    own = scores["rank-bm25"]
    return [*own, *scores["reference"][len(own) :]]


def _exactness(scores: Sequence[Sequence[float]], truth: Sequence[Sequence[float]]) -> str:
    same = [np.allclose(a, b[: len(a)], rtol=1e-5) for a, b in zip(scores, truth, strict=False)]
    return f"{sum(same)} of {len(same)}"


if __name__ == "__main__":
    main()
