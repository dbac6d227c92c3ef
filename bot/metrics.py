"""The counts of a running bot, as Prometheus reads them: numbers and fixed words, never a text, id or name."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Protocol, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.clock import Clock, utc_now
from bot.desk.desk import Desk
from bot.transport.call_stats import CallStats
from bot.version import VERSION
from prompts.models import Channel, Outcome
from storage.feeds.book import FeedBook
from storage.models import Exchange

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Bounds of the latency's buckets."""
OUTCOMES = get_args(Outcome)


class BacklogGauge(Protocol):
    """The updates that wait to be answered."""

    @property
    def count(self) -> int:
        """The number of updates."""
        ...

    @property
    def oldest(self) -> dt.datetime | None:
        """When the oldest of them came in, with its zone."""
        ...


class Metrics:
    """Counts in a registry of its own; may be shared between threads. The clock gives the time with its zone."""

    def __init__(self, clock: Clock = utc_now) -> None:
        self._clock = clock
        self._registry = CollectorRegistry()
        self._questions = Counter(
            "policydesk_questions",
            "Questions answered or abstained from",
            ["channel", "outcome"],
            registry=self._registry,
        )
        for channel, outcome in product(Channel, OUTCOMES):
            self._questions.labels(channel.value, outcome)  # what has not happened yet is 0, not missing
        self._seconds = Histogram(
            "policydesk_answer_seconds", "From question to answer on record", buckets=SECONDS, registry=self._registry
        )
        self._busy = Counter(
            "policydesk_busy", "Questions turned away because too many waited", registry=self._registry
        )
        self._errors = Counter(
            "policydesk_telegram_errors", "Calls to Telegram that failed", ["kind"], registry=self._registry
        )
        self.calls = CallStats(self._count_error)
        ProcessCollector(registry=self._registry)
        Info("policydesk", "What runs", registry=self._registry).info({"version": VERSION})

    def exchange(self, exchange: Exchange) -> None:
        """Count an exchange that is on record."""
        self._questions.labels(exchange.channel.value, exchange.answer.outcome).inc()
        if exchange.channel is not Channel.INLINE:  # what was picked was found before, while it was typed
            self._seconds.observe(exchange.latency_ms / 1000)

    def count_refusal(self) -> None:
        """Count a question that was turned away because too many waited."""
        self._busy.inc()

    def _count_error(self, kind: str) -> None:
        self._errors.labels(kind).inc()

    def watch_library(self, desk: Desk) -> None:
        """Show how large a desk's library is, and how old."""
        self._registry.register(_LibraryGauges(desk, self._clock))

    def watch_inbox(self, backlog: Callable[[], BacklogGauge]) -> None:
        """Show how many updates wait, and for how long."""
        self._registry.register(_InboxGauges(backlog, self._clock))

    def watch_outbox(self, failures: Callable[[], int]) -> None:
        """Show how many replies could not be sent."""
        gauge = Gauge("policydesk_outbox_failures", "Replies that could not be sent", registry=self._registry)
        gauge.set_function(failures)

    def watch_feeds(self, book: FeedBook) -> None:
        """Show how many feeds there are, how many fail, and how many of their items are in which state."""
        self._registry.register(_FeedGauges(book))

    def watch_database(self, transactions: Mapping[bool, int]) -> None:
        """Show the number of transactions, by whether the disk was waited for."""
        self._registry.register(_Transactions(transactions))

    def text(self) -> bytes:
        """All counts, in Prometheus's text format; the database may be asked, so it may take its time."""
        return generate_latest(self._registry)


class _LibraryGauges(Collector):
    """Gauges of a desk's library."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self._desk, self._clock = desk, clock

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges as they are now."""
        library = self._desk.library
        yield GaugeMetricFamily("policydesk_library_articles", "Articles", len(library.sources))
        yield GaugeMetricFamily("policydesk_library_passages", "Passages", len(library.passages))
        yield GaugeMetricFamily("policydesk_library_skipped_files", "Files not used", len(library.skipped))
        age = _age(self._desk.renewed_at, self._clock())
        yield GaugeMetricFamily("policydesk_library_age_seconds", "Since the articles last changed", age)


class _InboxGauges(Collector):
    """Gauges of the updates that wait."""

    def __init__(self, backlog: Callable[[], BacklogGauge], clock: Clock) -> None:
        self._backlog, self._clock = backlog, clock

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges as they are now."""
        backlog = self._backlog()
        yield GaugeMetricFamily("policydesk_inbox_updates", "Updates that wait", backlog.count)
        yield GaugeMetricFamily(
            "policydesk_inbox_age_seconds", "Age of the oldest", _age(backlog.oldest, self._clock())
        )


class _FeedGauges(Collector):
    """Gauges of the feeds."""

    def __init__(self, book: FeedBook) -> None:
        self._book = book

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges as they are now."""
        totals = dict(self._book.totals())
        yield GaugeMetricFamily("policydesk_feeds", "Feeds", totals.pop("feeds"))
        yield GaugeMetricFamily("policydesk_feeds_failing", "Feeds whose last fetch failed", totals.pop("failing"))
        items = GaugeMetricFamily("policydesk_feed_items", "Items of feeds", labels=["state"])
        for state, count in totals.items():
            items.add_metric([state], count)
        yield items


class _Transactions(Collector):
    """Counts of transactions, which the database keeps."""

    def __init__(self, counts: Mapping[bool, int]) -> None:
        self._counts = counts

    def collect(self) -> Iterator[CounterMetricFamily]:
        """The counts as they are now."""
        family = CounterMetricFamily("policydesk_transactions", "Transactions of the database", labels=["on_disk"])
        for is_synced, count in self._counts.items():
            family.add_metric(["yes" if is_synced else "no"], count)
        yield family


def _age(time: dt.datetime | None, now: dt.datetime) -> float:
    return 0 if time is None else max(0, (now - time).total_seconds())
