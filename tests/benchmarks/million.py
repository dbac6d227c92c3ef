"""Prints what a log of a million exchanges costs beside a small one; `python -m tests.benchmarks.million [COUNT]`.

Time is that of the processor and the disk together: what is measured is mostly reading and writing.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from bot.app import open_desk, open_folder
from bot.desk.asker import Asker
from bot.desk.desk import Desk
from bot.settings import read_settings
from prompts.models import Channel
from storage.database.connection import DeskDatabase
from storage.record.exchanges import ExchangeLog
from tests.benchmarks.questions import JUDGED

MILLION = 1_000_000
FEW = 1_000
ROUNDS = 7
BATCH = 20_000
WORDS = "Kishi Tonga Izumo destroyer agreement maritime security Hanoi export frigate radar patrol grant".split()
SEARCHES = ("Kishi", "zebra", "maritime security", '"patrol grant"', "Izumo OR Tonga")


def main(count: int) -> None:
    """Build both logs, then ask and search in turns."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(DeskDatabase(Path(folder) / "few.db")) as few,
        closing(DeskDatabase(Path(folder) / "many.db")) as many,
    ):
        for database, exchanges in ((few, FEW), (many, count)):
            started = time.perf_counter()
            _fill(database, exchanges)
            print(f"a log of {exchanges:,} exchanges, made in {time.perf_counter() - started:.0f} s")
        _compare(few, many)
        for search in SEARCHES:
            print(f"history --search {search!r}: {_median(partial(_search, many, search)):.0f} ms (to reach: 200)")


def _fill(database: DeskDatabase, count: int) -> None:
    """Put made-up exchanges on record, as many people would have asked over years."""
    for start in range(0, count, BATCH):
        with database.writing(synced=False) as db:
            db.conn.executemany(_EXCHANGE, _rows(start, min(start + BATCH, count)))
            db.conn.executemany(_CITATION, ((n + 1,) for n in range(start, min(start + BATCH, count))))


def _rows(start: int, end: int) -> Iterator[tuple[object, ...]]:
    for number in range(start, end):
        words = " ".join(WORDS[(number * step) % len(WORDS)] for step in (1, 3, 5, 7, 11))
        rare = " zebra" if number % 50_000 == 0 else ""
        chat = number % 500 + 1
        yield (
            f"2025-{number % 12 + 1:02}-15T09:30:15.125Z",
            chat,
            chat,
            number,
            f"Who {words}?{rare}",
            f"“{words}.” " * 3,
        )


def _compare(few: DeskDatabase, many: DeskDatabase) -> None:
    """Ask the same of both in turns; what other programs do to the machine then strikes both."""
    desks = [_desk(database) for database in (few, many)]
    questions = [json.loads(line)["question"] for line in JUDGED.read_text(encoding="utf-8").splitlines()]
    seconds: list[list[float]] = [[], []]
    for turn in range(ROUNDS):
        for place, question in enumerate(questions):
            asker = Asker(channel=Channel.TELEGRAM, chat_id=3, user_id=3, message_id=turn * 1_000 + place + 2_000_000)
            for desk, taken in zip(desks, seconds, strict=True):
                started = time.perf_counter()
                desk.ask(question, asker)
                taken.append(time.perf_counter() - started)
    small, large = (statistics.median(taken[len(questions) :]) * 1e3 for taken in seconds)  # the first fills caches
    print(f"answering: {small:.2f} ms, with the large log {large:.2f} ms; ratio {large / small:.2f} (to reach: 1.10)")


def _desk(database: DeskDatabase) -> Desk:
    settings = read_settings()
    return open_desk(settings, open_folder(settings).open(), database)


def _search(database: DeskDatabase, words: str) -> None:
    ExchangeLog(database).history(words)


def _median(act: Callable[[], None]) -> float:
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        act()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1e3


_EXCHANGE = (
    "insert into exchanges (asked_at, channel, chat_id, user_id, message_id, question, reply, kind, outcome,"
    " confidence, latency_ms, library, version)"
    " values (?, 'telegram', ?, ?, ?, ?, ?, 'who', 'answered', 0.5, 2.5, 'a', '0.1')"
)
_CITATION = "insert into citations values (?, 1, 'a.txt', 1, 0, 10, 'a quote of some words', 0.5, null)"

if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MILLION)
