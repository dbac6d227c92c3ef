"""What the tests share: the five articles as a library, desks that log to a temporary file, and the command line."""

import contextlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from bot.access.policy import Access
from bot.app import Office, open_access, open_desk, open_folder
from bot.articles.reloader import LibraryReloader
from bot.cli.main import main
from bot.desk.asker import Asker
from bot.desk.desk import Desk
from bot.emulator.web.server import Emulator
from bot.emulator.world.state import FIRST_PERSON
from bot.serving import build_bot, build_reloader
from bot.settings import SEEDS, Settings, read_settings
from bot.telegram_app import RunningBot, running
from prompts.models import Channel
from retrieval.library import Library
from storage.database.connection import DeskDatabase
from storage.record.exchanges import ExchangeLog

CLI = Asker(channel=Channel.CLI)
LONGEST = """
    test_nothing_lost test_review_browser test_chaos test_engine test_security test_serving test_uploads test_kept_index
    test_hostile_files test_command_line test_tuning test_keeping test_limits test_review_loop test_chat_page_groups
    test_chat_page test_hostile_uploads test_fresh_articles test_packaging test_documents test_backups test_access
""".split()
JUDGMENTS = Path(__file__).parent / "judgments"


def pytest_addoption(parser: pytest.Parser) -> None:
    """What can be asked of the suite besides what pytest knows."""
    parser.addoption("--large-folder", action="store_true", help="change a folder of 2,000 articles, not of 60")
    parser.addoption("--all-hostile", action="store_true", help="send every hostile file, not a sample of them")


def pytest_configure() -> None:
    """What was compiled is kept, however Python is set here: the tests start it some hundred times."""
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take long come first, lest one process work on while the others have nothing left to do."""
    items.sort(key=lambda item: (*LONGEST, item.path.stem).index(item.path.stem))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the developer's own settings, or writes into their log."""
    for name in os.environ:
        if name.startswith("POLICYDESK_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("POLICYDESK_DATABASE", str(tmp_path / "policydesk.db"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))  # holds none: to load them all takes longer than most tests
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)  # it would be read before the other
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


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that nothing was written into; to copy it is ten times faster than to make another."""
    path = tmp_path_factory.mktemp("database") / "empty.db"
    DeskDatabase(path).close()
    return path


@pytest.fixture
def database(settings: Settings, empty_database: Path) -> Iterator[DeskDatabase]:
    shutil.copy(empty_database, settings.database)
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


def whole_bot(
    token: str, url: str, desk: Desk, access: Access, settings: Settings, database: DeskDatabase
) -> RunningBot:
    """The bot as it is served, over a desk that a test has made."""
    office = Office(settings, open_folder(settings), desk, database)
    return build_bot(office, build_reloader(office), access, token, url)


@pytest.fixture
async def telegram(desk: Desk, access: Access, settings: Settings, database: DeskDatabase) -> AsyncIterator[Emulator]:
    """A local Telegram with the real bot on it, answering everybody from the five articles."""
    async with (
        Emulator() as emulator,
        running(whole_bot(emulator.token, emulator.url, desk, access, settings, database), desk),
    ):
        yield emulator


@pytest.fixture
def office_of(database: DeskDatabase) -> Callable[..., Office]:
    """Sets up a desk over a folder of articles, with all that it works from."""

    def open_office(root: Path, **given: object) -> Office:
        settings = read_settings(**{"articles": root, "pace": False, **given})
        folder = open_folder(settings)
        return Office(settings, folder, open_desk(settings, folder.open(), database), database)

    return open_office


@asynccontextmanager
async def serving(
    office: Office, keeper: LibraryReloader | None = None, telegram: Emulator | None = None, **given: object
) -> AsyncIterator[Emulator]:
    """A local Telegram, a new one where none is given, with the real bot on it, and all a person can do with it.

    Everybody may ask as much as they like, and the first person is an owner; `given` sets it otherwise.
    """
    settings = read_settings(
        **{"open": True, "owners": (FIRST_PERSON,), "limit_person": 10_000, "limit_chat": 10_000} | given
    )
    access = open_access(settings, office.database)
    async with contextlib.nullcontext(telegram) if telegram else Emulator() as emulator:
        bot = build_bot(office, keeper or build_reloader(office), access, emulator.token, emulator.url)
        async with running(bot, office.desk):
            yield emulator
