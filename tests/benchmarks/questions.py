"""What a question costs from text to `Answer`, and what indexing costs, beside plain rank-bm25 on the same texts.

Time is that of the processor, since the machines this runs on are shared.
"""

import json
import statistics
import tarfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from rank_bm25 import BM25Plus

from bot.settings import SEEDS
from prompts.composition.compose import compose
from retrieval.library import Library
from retrieval.models import Article, Passage
from retrieval.reading.articles import read_folder
from retrieval.reading.sentences import passages
from retrieval.text.terms import terms

SPEECHES = Path(__file__).parents[3] / "shared" / "eval" / "ungdc.tar.xz"
"""Speeches to cut a larger library from; they are no part of the project."""
JUDGED = Path(__file__).parent.parent / "judgments" / "questions.jsonl"
MANY = 10_000
HITS = 10
ROUNDS = 3


def cost() -> None:
    """Print the cost of a question and of indexing, on the five articles and on ten thousand sentences."""
    articles, _ = read_folder(SEEDS)
    _print_cost(articles, len([passage for article in articles for passage in passages(article)]), 3)
    if SPEECHES.exists():
        _print_cost(list(_speeches()), MANY, 5)
    else:
        print(f"{MANY:,} sentences: left out, the speeches to cut them from are not here")


def _print_cost(articles: Sequence[Article], count: int, bar: int) -> None:
    started = time.thread_time()
    found = list(islice((passage for article in articles for passage in passages(article)), count))
    library = Library.from_passages([article for article in articles if article.file in {p.file for p in found}], found)
    indexing = time.thread_time() - started
    peer, peer_indexing = _peer(found)
    asked = [json.loads(line)["question"] for line in JUDGED.read_text(encoding="utf-8").splitlines()]
    ours, theirs = _paired(_answered(library), peer, asked)
    print(
        f"{len(found):,} sentences: a question from text to answer {ours:.2f} ms (to reach: under {bar});"
        f" plain rank-bm25 {theirs:.2f} ms; ratio {ours / theirs:.1f}"
    )
    print(f"  indexing {indexing:.2f} s; plain rank-bm25 {peer_indexing:.2f} s; ratio {indexing / peer_indexing:.1f}")


def _answered(library: Library) -> Callable[[str], object]:
    return lambda question: compose(library.search(library.read(question), HITS))


def _peer(found: Sequence[Passage]) -> tuple[Callable[[str], object], float]:
    """Plain rank-bm25 on stemmed sentences: the ten best for a question; and the seconds it takes to index."""
    started = time.thread_time()
    engine = BM25Plus([terms(passage.text) for passage in found])
    seconds = time.thread_time() - started
    return lambda question: engine.get_scores(terms(question)).argsort()[::-1][:HITS], seconds


def _paired(ours: Callable[[str], object], peer: Callable[[str], object], asked: Sequence[str]) -> tuple[float, float]:
    """The median milliseconds of each over all questions, asked in turns."""
    pairs = [
        (_milliseconds(ours, question), _milliseconds(peer, question)) for _ in range(ROUNDS) for question in asked
    ]
    first, second = zip(*pairs[len(asked) :], strict=True)  # the first round fills caches
    return statistics.median(first), statistics.median(second)


def _milliseconds(search: Callable[[str], object], question: str) -> float:
    started = time.thread_time()
    search(question)
    return (time.thread_time() - started) * 1e3


def _speeches() -> Iterator[Article]:
    """Articles of the larger library, as many as it takes."""
    sentences = 0
    with tarfile.open(SPEECHES) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith(".txt") else None
            if file is not None:
                text = file.read().decode("utf-8", "replace")
                article = Article(file=member.name, title=member.name, text=text, sha256="0" * 64)
                sentences += len(passages(article))
                yield article
            if sentences >= MANY:
                return
