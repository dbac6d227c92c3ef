"""Prints how long the pages for reviewers take over a long record while the bot writes into it; asserts nothing.

`python -m tests.benchmarks.review [EXCHANGES] [DATABASE]`; a database that is there already is used as it is.
"""

import datetime as dt
import random
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import httpx
from sqlite_utils import Database

from bot.review.review_context import context_of
from bot.settings import SEEDS
from retrieval.library import Library
from retrieval.models import Passage
from storage.database.connection import DeskDatabase
from storage.database.migrations import MIGRATIONS as STEPS
from storage.database.timestamps import timestamp
from storage.database.verdict_migrations import VERDICT_MIGRATIONS, verdicts_beside
from storage.record.exchanges import ExchangeLog
from storage.verdicts.reviewers import ReviewRole
from tests.support.review_site import served, site_over, whale_exchange

EXCHANGES, CHATS, DAYS, VERDICTS = 1_000_000, 300, 730, 20_000
WRITES_A_SECOND, ROUNDS = 20, 40
TO_REACH_MS = 500
WORDS = "japan vietnam security export defense price lithium treaty port summit fuel rice steel visa tariff".split()
RULINGS = ("right", "right", "right", "partly", "wrong", "should have answered", "should have abstained")
PAGES = (
    "/inbox",
    "/inbox?before={middle}",
    "/inbox?q=lithium",
    "/inbox?q=japan+treaty+NOT+rice&status=all",
    "/inbox?q=japan&thumb=down&outcome=abstained&status=all",
    "/inbox?q=japan&chat=150&status=all",
    "/inbox?q=jap*&status=all",
    "/inbox?q=%22japan+treaty%22&status=all",
    "/inbox?q=zzzz&status=all",
    "/inbox?outcome=abstained&chat=150",
    "/inbox?status=disputed",
    "/inbox?status=reviewed&verdict=wrong",
    "/inbox?status=all&since={since}&until={until}",
    "/exchange/{middle}",
    "/exchange/{middle}/choose?find=security+assistance",
    "/articles",
    "/article?file={file}",
    "/gaps",
    "/gaps?since={first}",
    "/dashboard",
    "/dashboard?since={first}",
    "/dashboard/latencies.csv?since={first}",
)


class Row(NamedTuple):
    """An exchange, as far as it differs from others."""

    id: int
    asked_at: str
    chat_id: int
    question: str
    outcome: str
    reply: str
    latency_ms: float


def main() -> None:
    """Make the record if need be, and measure."""
    exchanges = int(sys.argv[1]) if len(sys.argv) > 1 else EXCHANGES
    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(folder) / "bench.db"
        if not path.exists():
            fill(path, exchanges)
        measure(path)


def fill(path: Path, exchanges: int) -> None:
    """A record of so many exchanges over two years, as an older log, which is brought up to date."""
    start, passages = time.perf_counter(), tuple(Library.open(SEEDS).passages)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -500000")
        STEPS.apply(Database(connection), stop_before="0009_review")
        for first in range(0, exchanges, 10_000):
            rows = list(_exchanges(first, min(exchanges, first + 10_000), exchanges))
            connection.executemany(_EXCHANGE, rows)
            answered = [row.id for row in rows if row.outcome == "answered"]
            connection.executemany(_CITATION, (cited for number in answered for cited in _citations(number, passages)))
            thumbs = ((n, n % 900, random.choice(("up", "down")), rows[0].asked_at) for n in answered[::14])
            connection.executemany(_FEEDBACK, thumbs)
            connection.commit()
    made = time.perf_counter()
    DeskDatabase(path).close()
    _judge(verdicts_beside(path), exchanges)
    size, now = path.stat().st_size / 1e6, time.perf_counter()
    print(f"record: {exchanges:,} exchanges, {size:,.0f} MB, made in {made - start:,.0f} s", end="; ")
    print(f"brought up to date in {now - made:,.0f} s", flush=True)


def _exchanges(first: int, end: int, count: int) -> Iterator[Row]:
    now = dt.datetime.now(dt.UTC)
    for number in range(first + 1, end + 1):
        asked = timestamp(now - dt.timedelta(days=DAYS * (count - number) / count))
        question = f"What of the {' '.join(random.sample(WORDS, 4))} {number}?"
        outcome = "answered" if random.random() < 0.7 else "abstained"
        reply = f"“{question}” [1] a.txt:1" if outcome == "answered" else "I found nothing on this."
        yield Row(number, asked, random.randrange(1, CHATS), question, outcome, reply, random.lognormvariate(4, 0.7))


def _citations(number: int, passages: tuple[Passage, ...]) -> Iterator[tuple[object, ...]]:
    for place, passage in enumerate(random.choices(passages, k=2), 1):
        yield number, place, passage.file, passage.line, passage.start, passage.end, passage.text


def _judge(path: Path, exchanges: int) -> None:
    """Verdicts on some of them, a tenth by two reviewers."""
    given = timestamp(dt.datetime.now(dt.UTC))
    with closing(DeskDatabase(path, VERDICT_MIGRATIONS)) as database, database.writing() as db:
        for place in range(VERDICTS):
            number = 1 + place * max(1, exchanges // VERDICTS)
            for reviewer in ("Ada", "Ben")[: 1 + (place % 10 == 0)]:
                db.execute(_VERDICT, (number, reviewer, random.choice(RULINGS), given))


def measure(path: Path) -> None:
    """Ask for every page again and again, in turn, while twenty exchanges a second are written."""
    with closing(DeskDatabase(path)) as database, site_over(database, SEEDS) as site, served(site) as address:
        context_of(site).articles.library()
        values = _values(path)
        stop, writer = threading.Event(), Writer(ExchangeLog(database))
        thread = threading.Thread(target=writer.run, args=(stop,))
        thread.start()
        try:
            with httpx.Client(base_url=address, follow_redirects=True, timeout=60) as client:
                client.get("/sign-in/" + context_of(site).links.make("Ada", ReviewRole.OWNER)).raise_for_status()
                taken: dict[str, list[float]] = {page: [] for page in PAGES}
                for _ in range(ROUNDS):
                    for page in PAGES:
                        taken[page].append(_ms(client, page.format(**values)))
        finally:
            stop.set()
            thread.join()
    _report(taken, writer)


def _values(path: Path) -> dict[str, object]:
    with closing(DeskDatabase(path)) as database, database.reading() as db:
        last = db.execute("select max(id) from exchanges").fetchone()[0]
    today = dt.datetime.now(dt.UTC).date()
    since = today - dt.timedelta(DAYS // 2)
    file = Library.open(SEEDS).articles[0].file
    first = today - dt.timedelta(DAYS)
    return {"middle": last // 2, "since": since, "until": since + dt.timedelta(1), "first": first, "file": file}


def _ms(client: httpx.Client, page: str) -> float:
    start = time.perf_counter()
    client.get(page).raise_for_status()
    return (time.perf_counter() - start) * 1000


class Writer:
    """The bot, as far as the database feels it."""

    def __init__(self, log: ExchangeLog) -> None:
        self._log = log
        self.taken: list[float] = []

    def run(self, stop: threading.Event) -> None:
        """Write until told to stop, at an even pace."""
        due = time.perf_counter()
        while not stop.wait(max(0.0, due - time.perf_counter())):
            start = time.perf_counter()
            self._log.record(whale_exchange().model_copy(update={"asked_at": dt.datetime.now(dt.UTC)}))
            self.taken.append((time.perf_counter() - start) * 1000)
            due += 1 / WRITES_A_SECOND


def _report(taken: dict[str, list[float]], writer: Writer) -> None:
    for page, times in taken.items():
        print(f"{_percentile(times):6.0f} ms at p95, {statistics.median(times):5.0f} ms median  {page}")
    print(f"{_percentile(writer.taken):6.0f} ms at p95 to write each of {len(writer.taken):,} exchanges meanwhile")
    slowest = max(map(_percentile, taken.values()))
    print(f"slowest page at p95: {slowest:.0f} ms (to reach: {TO_REACH_MS})")


def _percentile(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


_EXCHANGE = (
    "insert into exchanges (id, asked_at, chat_id, question, outcome, reply, latency_ms, channel, kind, confidence,"
    " library, version) values (?, ?, ?, ?, ?, ?, ?, 'telegram', 'what', 0.7, '', '1')"
)
_CITATION = (
    'insert into citations (exchange_id, number, file, line, start, "end", quote, score)'
    " values (?, ?, ?, ?, ?, ?, ?, 5.0)"
)
_VERDICT = "insert into verdicts (exchange_id, reviewer, verdict, note, given_at) values (?, ?, ?, '', ?)"
_FEEDBACK = "insert into feedback (exchange_id, user_id, thumb, via, given_at) values (?, ?, ?, 'button', ?)"

if __name__ == "__main__":
    main()
