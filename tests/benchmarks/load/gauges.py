"""What shows of a running bot while it is measured: what waits, how often it writes, how late it is, what it holds."""

import re
import threading
import time
import urllib.request
from typing import NamedTuple, Self

import numpy as np
import psutil

PERIOD = 0.2
"""Seconds between two looks."""
EVERY = 3
"""Every how many looks the counts are read, which takes the bot longer than to say that it is up."""


class Gauges(NamedTuple):
    """What showed of a bot.

    Attributes:
        deepest: How many updates waited at most, of the moments looked at.
        synced: Transactions that waited for the disk.
        unsynced: Those that did not.
        lag: Seconds within which 95 of 100 calls for a sign of life were answered, which nothing but the loop holds up.
        resident: Resident bytes of the largest of its processes, at most, of the moments looked at.
    """

    deepest: int
    synced: int
    unsynced: int
    lag: float
    resident: int


class Watch:
    """Looks at a bot from a thread of its own while the context is open."""

    def __init__(self, bot: psutil.Process, port: int) -> None:
        """Set up.

        Args:
            bot: The bot's process.
            port: Where it tells of itself.
        """
        self._url = f"http://127.0.0.1:{port}"
        self._processes = [bot, *bot.children(recursive=True)]
        self._resident = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._depths, self._lags = [0], [0.0]

    def __enter__(self) -> Self:
        self._before = self.counts()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def counts(self) -> dict[str, float]:
        """The counts as they are now, by name and labels."""
        lines = re.findall(r"^(policydesk_\S+) (\S+)$", self._get("/metrics"), re.MULTILINE)
        return {name: float(value) for name, value in lines}

    def gauges(self) -> Gauges:
        """What was seen since the context was opened."""
        now = self.counts()
        synced, unsynced = (
            round(now[name] - self._before[name])
            for name in (f'policydesk_transactions_total{{on_disk="{answer}"}}' for answer in ("yes", "no"))
        )
        return Gauges(max(self._depths), synced, unsynced, float(np.percentile(self._lags, 95)), self._resident)

    def refused(self) -> int:
        """How many questions were turned away since then."""
        return round(self.counts()["policydesk_busy_total"] - self._before["policydesk_busy_total"])

    def depth(self) -> int:
        """How many updates wait now."""
        return round(self.counts()["policydesk_inbox_updates"])

    def _look(self) -> None:
        number = 0
        while not self._over.wait(PERIOD):
            started = time.perf_counter()
            self._get("/healthz")
            self._lags.append(time.perf_counter() - started)
            self._resident = max(self._resident, *(process.memory_info().rss for process in self._processes))
            if (number := number + 1) % EVERY == 0:
                self._depths.append(self.depth())

    def _get(self, path: str) -> str:
        with urllib.request.urlopen(self._url + path, timeout=60) as answer:  # noqa: S310 - this machine's own
            return str(answer.read().decode())
