"""Prints what a timeline, a brief and a comparison of thirty topics cost on a large folder, beside an answer to each.

`python -m tests.benchmarks.topics DIR --index PLACE`; nothing is asserted. All is time of the processor, of a warm
process, and no topic is asked for twice.
"""

import argparse
import gc
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from multiprocessing import Pipe, get_context
from pathlib import Path

import numpy as np

from bot.app import open_desk
from bot.briefs.maker import BriefMaker
from bot.desk.asker import Asker
from bot.desk.desk import Desk
from bot.settings import read_settings
from prompts.languages import Language
from prompts.models import Channel
from retrieval.articles_folder import ArticlesFolder
from retrieval.indexer.location import IndexLocation
from storage.briefs.open_questions import WhoseQuestions
from storage.database.connection import DeskDatabase

TOPICS = (
    "nuclear disarmament", "climate change", "Palestine", "South China Sea", "apartheid in South Africa",
    "the Security Council reform", "Namibia's independence", "Korean peninsula", "law of the sea", "Cyprus",
    "international terrorism", "HIV/AIDS", "Kosovo", "the Iran-Iraq war", "Sustainable Development Goals",
    "foreign debt of developing countries", "Western Sahara", "human rights", "Cambodia", "peacekeeping operations",
    "Chernobyl", "small island developing States", "Ukraine", "the Non-Proliferation Treaty", "Haiti",
    "drug trafficking", "the embargo against Cuba", "Afghanistan", "migration and refugees", "COVID-19",
)  # fmt: skip
SIDES = (
    "China and Japan", "India and Pakistan", "the United States and Cuba", "Iran and Iraq", "France and Germany",
    "Brazil and Argentina", "Egypt and Israel", "Greece and Turkey", "Kenya and Ethiopia", "Russia and Ukraine",
    "Viet Nam and Cambodia", "Chile and Bolivia", "Canada and Mexico", "Nigeria and Ghana", "Norway and Sweden",
)  # fmt: skip
BAR = 300.0
"""Milliseconds that each may take at most."""


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="articles")
    parser.add_argument("--index", type=Path, required=True, help="where their index is kept")
    given = parser.parse_args()
    library = ArticlesFolder(given.folder, keeping=IndexLocation(given.index)).open()
    library.warm_up()
    with tempfile.TemporaryDirectory() as folder, closing(DeskDatabase(Path(folder) / "desk.db")) as database:
        _measure(open_desk(read_settings(), library, database), database)


def _measure(desk: Desk, database: DeskDatabase) -> None:
    for text in ("Timeline of warming", "Compare Peru and Fiji on warming"):
        desk.answer(text, Asker(channel=Channel.CLI))
    _brief(BriefMaker(desk, database), "warming")
    gc.collect()
    gc.freeze()  # as `serve` does
    print(f"{len(desk.library.passages):,} sentences\n")
    print(
        "| ms of the processor | p50 | p95 | most | over 300 | p50 beside an answer's | slowest |\n" + "|---" * 7 + "|"
    )
    compared = [f"Compare {SIDES[n % len(SIDES)]} on {topic}" for n, topic in enumerate(TOPICS)]
    kinds: dict[str, Sequence[tuple[str, Callable[[], object]]]] = {
        "answer": [(topic, partial(_ask, desk, topic)) for topic in TOPICS],
        "timeline": [(topic, partial(_ask, desk, f"Timeline of {topic}")) for topic in TOPICS],
        "comparison": [(text, partial(_ask, desk, text)) for text in compared],
        "brief, with its Word file": [(topic, partial(_brief, BriefMaker(desk, database), topic)) for topic in TOPICS],
    }
    usual = 0.0
    for kind, work in kinds.items():
        spent = _times_apart(work)
        usual = usual or float(np.median(spent))
        _print_times(kind, spent, [topic for topic, _ in work], usual)


def _ask(desk: Desk, question: str) -> object:
    return desk.answer(question, Asker(channel=Channel.CLI))


def _brief(maker: BriefMaker, topic: str) -> object:
    made = maker.make(f"Brief on {topic}", Asker(channel=Channel.CLI), WhoseQuestions())
    return maker.word_file(made, Language.ENGLISH, "brief.docx")


def _times_apart(work: Sequence[tuple[str, Callable[[], object]]]) -> list[float]:
    """The times of some work in a copy of this process, so that none finds what another has read."""
    here, there = Pipe(duplex=False)
    process = get_context("fork").Process(target=lambda: there.send([_timed(each) for _, each in work]))
    process.start()
    spent: list[float] = here.recv()
    process.join()
    return spent


def _timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1e3


def _print_times(kind: str, spent: Sequence[float], topics: Sequence[str], usual: float) -> None:
    p50, p95 = np.percentile(spent, [50, 95]).tolist()
    slowest, topic = max(zip(spent, topics, strict=True))
    late = sum(each > BAR for each in spent)
    print(
        f"| {kind} | {p50:.0f} | {p95:.0f} | {slowest:.0f} | {late} of {len(spent)} | {p50 / usual:.1f} | {topic} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
