"""Ctrl-C ends every command without a traceback, and what a terminal cannot show is written otherwise."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from retrieval.processes import CONTEXT
from tests.support.desk import policydesk, policydesk_process
from tests.support.osa import QUESTION

INTERRUPTED = 130
PROGRAM = """
import os, runpy, signal, sys

module = sys.argv.pop(1)

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it runs behind itself ignore Ctrl-C
sys.meta_path.insert(0, Interrupt())
runpy.run_module("bot", run_name="__main__", alter_sys=True)
"""
"""Runs the command line, and has somebody press Ctrl-C when the module that is named first is about to be loaded."""


@pytest.mark.parametrize(
    ("module", "command"),
    [
        ("typer", "config"),
        ("retrieval.library", "ask"),
        ("bot.serving", "serve"),
        ("bot.review.server", "review"),
    ],
)
def test_ctrl_c_while_a_command_starts_says_nothing(module: str, command: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, module, command], check=False, capture_output=True, text=True, timeout=60
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (INTERRUPTED, "", "")


@pytest.mark.parametrize("command", [["ask", QUESTION], ["chat"], ["sources"], ["review"], ["history"]])
def test_ctrl_c_while_a_command_works_says_nothing(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for place in ("bot.app.ArticlesFolder.open", "bot.app.DeskDatabase", "bot.review.site.DeskDatabase"):
        monkeypatch.setattr(place, interrupted)
    ended = policydesk(*command)
    assert (ended.returncode, ended.stdout, ended.stderr) == (INTERRUPTED, "", "")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what signals another process has blocked")
def test_ctrl_c_does_not_reach_processes_that_work_for_another_though_they_have_only_just_started() -> None:
    """A terminal tells all of them at once; the first has them ended."""
    process = CONTEXT.Process(target=time.sleep, args=(60,))
    process.start()
    found = re.search(r"SigBlk:\s*(\w+)", Path(f"/proc/{process.pid}/status").read_text(encoding="ascii"))
    process.kill()
    process.join()
    assert found is not None
    assert [int(found[1], 16) >> (number - 1) & 1 for number in (signal.SIGINT, signal.SIGTERM)] == [1, 1]
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) & {signal.SIGINT, signal.SIGTERM} == set()


@pytest.mark.parametrize("encoding", ["latin-1", "cp932"])
def test_a_terminal_that_cannot_show_a_letter_loses_nothing(encoding: str) -> None:
    asked = policydesk_process("ask", QUESTION, "--json", encoding=encoding, PYTHONIOENCODING=encoding)
    assert (asked.returncode, asked.stderr) == (0, "")
    assert json.loads(asked.stdout) == json.loads(policydesk("ask", QUESTION, "--json").stdout)


def test_a_terminal_of_few_letters_shows_tables() -> None:
    shown = policydesk_process("sources", encoding="latin-1", PYTHONIOENCODING="latin-1")
    assert (shown.returncode, shown.stderr) == (0, "")


def test_what_is_typed_may_be_any_bytes() -> None:
    chat = subprocess.run(
        [sys.executable, "-m", "bot", "chat"], input=b"Who is \xff\xfe?\n", capture_output=True, check=False, timeout=60
    )
    assert (chat.returncode, chat.stderr) == (0, b"")
