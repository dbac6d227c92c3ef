"""Processes that work for another process, and end with it."""

import multiprocessing
import os
import signal
import threading
from multiprocessing import resource_tracker
from multiprocessing.context import SpawnContext, SpawnProcess

STOPS = (signal.SIGINT, signal.SIGTERM)


class _Process(SpawnProcess):
    """A process that from its first moment leaves signals to stop to its parent."""

    def start(self) -> None:
        """Start it with the signals blocked, which it inherits; nothing of this process is changed thereby."""
        if not hasattr(signal, "pthread_sigmask"):
            super().start()
            return
        resource_tracker.ensure_running()  # to start it unblocks them
        before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Context(SpawnContext):
    Process = _Process


CONTEXT = _Context()
"""How they are started: one that was forked from a process with threads may hang; one that is spawned never does."""


def end_with_parent() -> None:
    """Have this process end when its parent does, however the parent ends, and not before.

    A signal to stop, by Ctrl-C or a service manager, often goes to all processes of a service; it is left to the first.
    """
    for stop in STOPS:
        signal.signal(stop, signal.SIG_IGN)
    threading.Thread(target=_await_end_of_parent, daemon=True).start()


def _await_end_of_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
