"""What the tests share: the five articles as a library, desks that log to a temporary file, and the command line."""

import io
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path

import certifi
import pytest

from bot.access import Access
from bot.app import open_access, open_desk
from bot.cli import main
from bot.desk import Asker, Desk
from bot.emulator.server import Emulator
from bot.service import build_application, running
from bot.settings import SEEDS, Settings, read_settings
from prompts.render import Channel
from retrieval.library import Library
from storage.database import DeskDatabase
from storage.log import ExchangeLog

CLI = Asker(channel=Channel.CLI)
JUDGMENTS = Path(__file__).parent / "judgments"


def pytest_addoption(parser: pytest.Parser) -> None:
    """What can be asked of the suite besides what pytest knows."""
    parser.addoption("--all-hostile", action="store_true", help="send every hostile file, not a sample of them")


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One certificate authority: a bot loads them all twice at its start, and none is needed on this machine."""
    first = re.search("-----BEGIN.*?-----END[^\n]*\n", Path(certifi.where()).read_text(encoding="ascii"), re.DOTALL)
    assert first
    path = tmp_path_factory.mktemp("certificates") / "authority.pem"
    path.write_text(first[0], encoding="ascii")
    return path


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, authority: Path) -> None:
    """No test sees the developer's own settings, or writes into their log."""
    for name in os.environ:
        if name.startswith("POLICYDESK_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("POLICYDESK_DATABASE", str(tmp_path / "policydesk.db"))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # as the bot has it, which would otherwise set it for all later tests
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")


@pytest.fixture(scope="session")
def seeds() -> Library:
    """The five articles."""
    return Library.open(SEEDS)


@pytest.fixture
def settings() -> Settings:
    return read_settings()


@pytest.fixture
def database(settings: Settings) -> Iterator[DeskDatabase]:
    with closing(DeskDatabase(settings.database)) as opened:
        yield opened


@pytest.fixture
def log(database: DeskDatabase) -> ExchangeLog:
    return ExchangeLog(database)


@pytest.fixture
def desk(settings: Settings, seeds: Library, database: DeskDatabase) -> Desk:
    """A desk over the five articles."""
    return open_desk(settings, seeds, database)


@pytest.fixture
def access(database: DeskDatabase) -> Access:
    """A desk that everybody may ask."""
    return open_access(read_settings(open=True), database)


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder of articles from names and contents."""

    def make(**contents: str | bytes) -> Path:
        root = tmp_path / "articles"
        root.mkdir(exist_ok=True)
        for name, content in contents.items():
            write(root / name.replace("__", "/"), content)
        return root

    return make


def write(path: Path, content: str | bytes) -> None:
    """Write a file, its suffix `.txt` unless it names one, its folders made."""
    path = path if path.suffix else path.with_suffix(".txt")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def policydesk(*arguments: str | Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in this process, from its arguments to its exit code."""
    said = (_pipe(), _pipe(errors="backslashreplace"))
    with pytest.MonkeyPatch.context() as process, redirect_stdout(said[0]), redirect_stderr(said[1]):
        for name, value in environment.items():
            process.setenv(name, value)
        process.setattr(sys, "argv", ["policydesk", *map(str, arguments)])
        process.setattr(sys, "stdin", io.StringIO(stdin))
        process.setattr(sys, "excepthook", sys.excepthook)  # typer puts its own there
        with pytest.raises(SystemExit) as ended:
            main()
    code = ended.value.code
    return subprocess.CompletedProcess(sys.argv, code if isinstance(code, int) else 0, *map(_read, said))


def _pipe(errors: str = "strict") -> io.TextIOWrapper:
    """What is written to it must be writable as UTF-8, as in a pipe."""
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors=errors, newline="")


def _read(pipe: io.TextIOWrapper) -> str:
    pipe.seek(0)
    return pipe.read()


def policydesk_process(*arguments: str | Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person would, in a process of its own; it takes seconds to start."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.fixture
async def telegram(desk: Desk, access: Access, settings: Settings, database: DeskDatabase) -> AsyncIterator[Emulator]:
    """A local Telegram with the real bot on it, answering everybody from the five articles."""
    async with (
        Emulator() as emulator,
        running(build_application(emulator.token, emulator.url, desk, access, settings, database), desk),
    ):
        yield emulator
