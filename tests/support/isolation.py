"""Keeps a developer's own settings, and the pace of their disk, out of tests."""

import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest

MEMORY, ROOM = Path("/dev/shm"), 4 * 2**30  # noqa: S108 - each test has a folder of its own there
"""Where Linux keeps files in memory, and from how many bytes free on tests keep theirs there."""


def keep_files_in_memory() -> None:
    """Keep the files of tests in memory where it has room: half of their time the disk would be waited for."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def shut_out_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Unset what the environment sets for the program, and keep its record and its working directory in a folder."""
    for name in os.environ:
        if name.startswith("POLICYDESK_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("POLICYDESK_DATABASE", str(tmp_path / "policydesk.db"))
    monkeypatch.setattr("bot.settings.DATABASE", tmp_path / "policydesk.db")  # a server's record has files there too
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if find_spec("onnxruntime"):  # where the semantic extra is installed it would help by itself
        monkeypatch.setenv("POLICYDESK_SEMANTIC", "off")
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))  # holds none: to load them all takes longer than most tests
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)  # it would be read before the other
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # as the bot has it, which would otherwise set it for all later tests
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
