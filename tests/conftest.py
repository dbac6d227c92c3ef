"""What the tests share: the five articles as a library, desks that log to a temporary file, and the command line."""

import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from playwright.async_api import Browser

from bot import telegram_app
from bot.access.policy import Access
from bot.app import Office, open_access, open_desk, open_folder
from bot.desk.desk import Desk
from bot.emulator.web.server import Emulator
from bot.handlers.asking.help import register_commands
from bot.settings import SEEDS, Settings, read_settings
from bot.telegram_app import running
from retrieval.documents import reader
from retrieval.library import Library
from storage.database.connection import DeskDatabase
from storage.record.exchanges import ExchangeLog
from tests.support.browser import browsing
from tests.support.desk import whole_bot, write
from tests.support.isolation import keep_files_in_memory, shut_out_settings
from tests.support.postgres import postgres_database, postgres_server
from tests.support.shortcuts import READ_ISOLATED, set_aside, take_shortcuts

ONE_FIXTURE_FOR_ALL = [HealthCheck.function_scoped_fixture]
hypothesis_settings.register_profile("suite", deadline=None, max_examples=50, suppress_health_check=ONE_FIXTURE_FOR_ALL)
hypothesis_settings.register_profile("long", hypothesis_settings.get_profile("suite"), max_examples=2_000)
hypothesis_settings.load_profile("suite")  # --hypothesis-profile=long makes up more

LONGEST = """
    test_nothing_lost test_review_browser test_serving test_folder_indexer test_tuning test_review_access
    test_two_machines test_scorers test_command_line test_history test_telegram test_review_pages test_access
    test_limits test_bounds test_watch_chaos test_chat_page_groups test_spoken_language test_uploads test_chat_page
    test_overload test_index_pieces test_update_numbers test_role_walk test_security test_interrupts test_search_pool
    test_chaos test_buttons test_hostile_files test_exchanges test_refusals test_review_loop test_own_history
    test_fresh_articles test_asking test_hostile_uploads test_semantic test_feeds test_follow_ups test_rendering
    test_sentences test_group_afternoon test_packaging test_documents test_translations test_watches test_lost_files
    test_wrong_clock test_feedback test_comparison test_hostile_feeds test_briefs test_brief test_postgres test_pdf
""".split()


def pytest_addoption(parser: pytest.Parser) -> None:
    """What can be asked of the suite besides what pytest knows."""
    parser.addoption("--large-folder", action="store_true", help="change a folder of 2,000 articles, not of 60")
    parser.addoption("--postgres", action="store_true", help="run every test of the record on PostgreSQL too")
    parser.addoption("--all-hostile", action="store_true", help="send every hostile file, not a sample of them")


def pytest_configure() -> None:
    """What is compiled is kept, however Python is set here."""
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    keep_files_in_memory()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that the dialect matters for runs with its database on each."""
    is_for = metafunc.definition.get_closest_marker
    is_for_both = is_for("both_dialects") or metafunc.config.getoption("--postgres")
    if "database" in metafunc.fixturenames and is_for_both and not is_for("sqlite_only"):
        metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take long come first, lest one process work on while the others have nothing left to do."""
    places = {stem: place for place, stem in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


def pytest_collection_finish() -> None:
    """Objects that stay to the end are looked at no more by the garbage collector."""
    set_aside()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the developer's own settings, or writes into their log."""
    shut_out_settings(monkeypatch, tmp_path)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all tests of a process: to start it takes longer than most of them."""
    async with browsing() as browser:
        yield browser


@pytest.fixture(scope="session", autouse=True)
def _shortcuts(empty_database: Path) -> Iterator[None]:
    """Work that tests are not about is done once for all of them, or not at all."""
    with pytest.MonkeyPatch.context() as replacing:
        take_shortcuts(replacing, empty_database)
        yield


@pytest.fixture
def commands_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each bot offers its commands as it starts, as it does for people."""
    monkeypatch.setattr(telegram_app, "register_commands", register_commands)


@pytest.fixture
def reader_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each document is read in a process of its own, as it is for people."""
    monkeypatch.setattr(reader, "_read", READ_ISOLATED)


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
def database(
    request: pytest.FixtureRequest, settings: Settings, empty_database: Path, tmp_path: Path
) -> Iterator[DeskDatabase]:
    """The record: a file of SQLite, and for tests marked `both_dialects` a second time on PostgreSQL."""
    if getattr(request, "param", "sqlite") == "postgresql":
        address, environment = request.getfixturevalue("postgres"), request.getfixturevalue("monkeypatch")
        environment.setenv("POLICYDESK_DATABASE", address)
        with postgres_database(address, tmp_path) as opened:
            yield opened
        return
    shutil.copy(empty_database, settings.database)
    with closing(DeskDatabase(settings.database)) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL database, on a server that the tests of a process share."""
    with postgres_server() as address:
        yield address


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
