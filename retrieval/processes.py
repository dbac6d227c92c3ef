"""Processes that work for another one, and end with it."""

import multiprocessing
import os
import signal
import threading

CONTEXT = multiprocessing.get_context("spawn")
"""How they are started: one that was forked from a process with threads may hang; one that is spawned never does."""


def end_with_parent() -> None:
    """Have this process end when the one that started it does, however that ends, and not before.

    Whoever tells the other one to stop, by Ctrl-C or by its service manager, often tells all of its processes.
    """
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, signal.SIG_IGN)
    threading.Thread(target=_await_end_of_parent, daemon=True).start()


def _await_end_of_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
