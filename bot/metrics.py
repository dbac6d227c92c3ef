"""What is counted while the bot runs, as Prometheus reads it: numbers and fixed words, never a text, id or name."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from bot.desk.desk import Desk
from bot.transport.call_stats import CallStats
from bot.version import VERSION
from prompts.render import Channel
from storage.models import Exchange

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Bounds of the latency's buckets."""
OUTCOMES = ("answered", "abstained")


class BacklogGauge(Protocol):
    """What waits to be answered."""

    @property
    def count(self) -> int:
        """How many updates wait."""
        ...

    @property
    def oldest(self) -> dt.datetime | None:
        """When the oldest of them came in, with its zone; none where none waits."""
        ...


class Metrics:
    """Counts in a registry of its own; may be shared between threads.

    Attributes:
        calls: What to tell of calls to Telegram.
    """

    def __init__(self, clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)) -> None:
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
        self.calls = CallStats(self._failed)
        ProcessCollector(registry=self._registry)
        Info("policydesk", "What runs", registry=self._registry).info({"version": VERSION})

    def exchange(self, exchange: Exchange) -> None:
        """Count an exchange that is on record."""
        self._questions.labels(exchange.channel.value, exchange.answer.outcome).inc()
        if exchange.channel is not Channel.INLINE:  # what was picked was found before, while it was typed
            self._seconds.observe(exchange.latency_ms / 1000)

    def turned_away(self) -> None:
        """Count a question that was turned away because too many waited."""
        self._busy.inc()

    def _failed(self, kind: str) -> None:
        self._errors.labels(kind).inc()

    def watch_library(self, desk: Desk) -> None:
        """Show how large a desk's library is, and how old."""
        self._gauge("policydesk_library_articles", "Articles", lambda: len(desk.library.sources))
        self._gauge("policydesk_library_passages", "Passages", lambda: len(desk.library.passages))
        self._gauge("policydesk_library_skipped_files", "Files not used", lambda: len(desk.library.skipped))
        self._gauge(
            "policydesk_library_age_seconds", "Since the articles last changed", lambda: self._age(desk.renewed_at)
        )

    def watch_inbox(self, waiting: Callable[[], BacklogGauge]) -> None:
        """Show what waits to be answered.

        Args:
            waiting: Tells what waits.
        """
        self._gauge("policydesk_inbox_updates", "Updates that wait", lambda: waiting().count)
        self._gauge("policydesk_inbox_age_seconds", "Age of the oldest", lambda: self._age(waiting().oldest))

    def watch_outbox(self, failures: Callable[[], int]) -> None:
        """Show how many replies could not be sent.

        Args:
            failures: Tells how many.
        """
        self._gauge("policydesk_outbox_failures", "Replies that could not be sent", failures)

    def watch_database(self, transactions: Mapping[bool, int]) -> None:
        """Show how often something was written.

        Args:
            transactions: How often, and whether the disk was waited for.
        """
        self._registry.register(_Transactions(transactions))

    def _gauge(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        Gauge(name, meaning, registry=self._registry).set_function(value)

    def _age(self, moment: dt.datetime | None) -> float:
        return 0 if moment is None else max(0, (self._clock() - moment).total_seconds())

    def text(self) -> bytes:
        """All counts, in Prometheus's text format; the database may be asked, so it may take its time."""
        return generate_latest(self._registry)


class _Transactions(Collector):
    """Counts that are kept elsewhere."""

    def __init__(self, counts: Mapping[bool, int]) -> None:
        self._counts = counts

    def collect(self) -> Iterator[CounterMetricFamily]:
        """The counts as they are now."""
        family = CounterMetricFamily("policydesk_transactions", "Transactions of the database", labels=["on_disk"])
        for is_synced, count in self._counts.items():
            family.add_metric(["yes" if is_synced else "no"], count)
        yield family
