"""What takes long shows how far it has come, on a terminal, and ends in a line with figures."""

import io
from collections.abc import Iterable
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from bot.cli.output import progress
from bot.cli.output.progress import ProgressBar, waiting
from bot.desk.desk import Desk
from tests.support.desk import CLI, JUDGMENTS, policydesk


class Terminal(io.StringIO):
    """Standard error on a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "PATIENCE", 0)
    return Terminal()


@pytest.mark.parametrize(
    ("items", "count"), [([1, 2, 3], "3/3"), (iter([1, 2, 3]), "3")], ids=["a known end", "no known end"]
)
def test_a_bar_passes_everything_on_and_shows_how_many(items: Iterable[int], count: str, terminal: Terminal) -> None:
    with redirect_stderr(terminal):
        assert list(ProgressBar("Counting")(items)) == [1, 2, 3]
    assert "Counting" in terminal.getvalue()
    assert count in terminal.getvalue()


def test_one_step_shows_for_how_long_it_has_taken(terminal: Terminal) -> None:
    with redirect_stderr(terminal), waiting("Reading"):
        pass
    assert "Reading" in terminal.getvalue()
    assert "0:00:00" in terminal.getvalue()


def test_without_a_terminal_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(ProgressBar("Counting")(iter("abc"))) == ["a", "b", "c"]
    with waiting("Reading"):
        pass
    assert capsys.readouterr() == ("", "")


def test_the_last_line_has_figures(desk: Desk, tmp_path: Path) -> None:
    desk.ask("zebra quiz?", CLI)
    run, export = tmp_path / "run.jsonl", tmp_path / "record.csv"
    commands = {
        ("run", JUDGMENTS / "questions.jsonl", "--output", run): "100 questions, ",
        ("history", "export", "--format", "csv", "--output", export): f"Exported to {export}: 1 exchange.",
        ("backup", tmp_path / "backup.db"): "1 exchange, 0 people and groups.",
        ("replay", "--all"): "Questions: 1 same, ",
        ("verify", "--all"): "Quotes: 0 unchanged, ",
        ("sources",): "5 articles, 100 passages; 0 files not used.",
    }
    for command, figures in commands.items():
        assert figures in policydesk(*command).stdout.splitlines()[-1], command
