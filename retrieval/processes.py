"""Processes that work for another process, and end with it."""

import multiprocessing
import os
import signal
import threading

CONTEXT = multiprocessing.get_context("spawn")
"""How they are started: one that was forked from a process with threads may hang; one that is spawned never does."""


def end_with_parent() -> None:
    """Have this process end when its parent does, however the parent ends, and not before.

    A signal to stop, by Ctrl-C or a service manager, often goes to all processes of a service; it is left to the first.
    """
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.SIG_IGN)
    threading.Thread(target=_await_end_of_parent, daemon=True).start()


def _await_end_of_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
