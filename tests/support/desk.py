"""A desk under test: its command line, and the bot that is served over it on a local Telegram."""

import contextlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import httpx
import pytest

from bot.access.policy import Access
from bot.app import Office, open_access, open_desk, open_folder
from bot.articles.reloader import LibraryReloader
from bot.cli.main import main
from bot.desk.asker import Asker
from bot.desk.desk import Desk
from bot.emulator.web.server import Emulator
from bot.emulator.world.state import FIRST_PERSON
from bot.metrics import Metrics
from bot.operations.health import serve_health
from bot.serving import build_bot, build_reloader
from bot.settings import SEEDS, Settings, read_settings
from bot.telegram_app import RunningBot, running
from prompts.models import Channel
from retrieval.library import Library
from storage.database.connection import DeskDatabase

CLI = Asker(channel=Channel.CLI)
JUDGMENTS = Path(__file__).parents[1] / "judgments"


def write(path: Path, content: str | bytes) -> None:
    """Write a file, its suffix `.txt` unless it names one, its folders made."""
    path = path if path.suffix else path.with_suffix(".txt")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def trilingual_folder(place: Path) -> Path:
    """Make a folder of the five reports, and of two articles each in Japanese and Vietnamese that we worded."""
    root = place / "trilingual"
    shutil.copytree(SEEDS, root)
    shutil.copytree(JUDGMENTS / "trilingual", root, dirs_exist_ok=True)
    return root


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


def unprivileged() -> list[str]:
    """What to begin a command with so that read-only means so for root too."""
    if os.geteuid():
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("run as root, and there is no setpriv to give up its rights")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]


def policydesk_process(
    *arguments: str | Path,
    stdin: str = "",
    encoding: str = "utf-8",
    under: Sequence[str] = (),
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person would, in a process of its own; it takes seconds to start."""
    return subprocess.run(
        [*under, sys.executable, "-m", "bot", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        encoding=encoding,
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


def office_with(metrics: Metrics, library: Library, database: DeskDatabase, **given: object) -> Office:
    settings = read_settings(**{"http": "127.0.0.1:0", "open": True, "pace": False} | given)
    desk = open_desk(settings, library, database, metrics.exchange)
    return Office(settings, open_folder(settings), desk, database, metrics)


@asynccontextmanager
async def door(office: Office) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serve_health(office) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        yield client
