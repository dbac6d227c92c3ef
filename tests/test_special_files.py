"""Pipes, sockets, devices, folders and links to them, where a file is expected, never hold anything up."""

import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import read_settings
from prompts.languages import Language
from prompts.translations.catalogues import open_catalogue
from retrieval.articles_folder import ArticlesFolder
from retrieval.bm25.choice import ScorerName
from retrieval.errors import JudgmentsError, WeightsError
from retrieval.evaluation.judged_questions import read_questions
from retrieval.indexer.location import IndexLocation
from retrieval.ranking.tuning import FILE, read_tuning
from retrieval.reading.articles import scan_folder
from retrieval.regular_files import open_regular, read_regular
from storage.database.connection import DeskDatabase
from storage.delivery.in_flight import InFlightReplies
from storage.errors import DatabaseError, ReviewersError
from storage.verdicts.reviewers import read_reviewers

TEXT = "Ports accord\n\nThe ministers of both countries met in the capital.\n"
"""What stands beside."""


def pipe(path: Path) -> None:
    os.mkfifo(path)


def listening(path: Path) -> None:
    before = Path.cwd()
    os.chdir(path.parent)  # the name of a socket is short
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(before)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def directory(path: Path) -> None:
    path.mkdir()


def linked_pipe(path: Path) -> None:
    beside = path.with_name(f".{path.name}.pipe")
    os.mkfifo(beside)
    path.symlink_to(beside)


Make = Callable[[Path], None]
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(params=[pipe, listening, device, directory, linked_pipe])
def make(request: pytest.FixtureRequest) -> Make:
    """Makes a special file."""
    made: Make = request.param
    return made


def soon(act: Callable[[], object]) -> object:
    """What an act returns or raises, which must be at once."""
    ended: list[object] = []

    def run() -> None:
        try:
            ended.append(act())
        except Exception as error:  # noqa: BLE001 - it is what the test looks at
            ended.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(10)
    assert ended, "it waits for a special file"
    return ended[0]


@pytest.mark.parametrize("name", ["a.txt.source.json", "b.pdf", "b.pdf.txt", "b.pdf.source.json", "c.txt", "d.md"])
def test_beside_articles(tmp_path: Path, make: Make, name: str) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    make(tmp_path / name)
    found = soon(lambda: scan_folder(tmp_path))
    assert isinstance(found, tuple)
    assert "a.txt" in [article.file for article in found[0]]
    assert name in [skipped.file for skipped in found[1]] or (tmp_path / name).is_dir()
    library = soon(ArticlesFolder(tmp_path).open)
    assert "a.txt" in [source.file for source in library.sources]  # type: ignore[attr-defined]


def test_where_operators_name_a_file(tmp_path: Path, make: Make) -> None:
    make(path := tmp_path / FILE)
    assert isinstance(soon(lambda: read_tuning(tmp_path)), WeightsError)
    assert isinstance(soon(lambda: read_questions(path)), JudgmentsError)
    assert isinstance(soon(lambda: read_reviewers(path)), ReviewersError)
    assert isinstance(soon(lambda: DeskDatabase(path)), DatabaseError)
    settings = read_settings(telegram_token_file=path)
    assert isinstance(soon(settings.token), SettingsError)


def test_beside_the_database_and_among_translations(tmp_path: Path, make: Make) -> None:
    make(tmp_path / "desk.db.departures")
    assert isinstance(soon(InFlightReplies(tmp_path / "desk.db").open), DatabaseError)
    (messages := tmp_path / "ja" / "LC_MESSAGES").mkdir(parents=True)
    make(messages / "policydesk.po")
    assert not isinstance(soon(lambda: open_catalogue(Language.JAPANESE, tmp_path)), OSError)


def test_in_an_index(tmp_path: Path, make: Make) -> None:
    root, place = tmp_path / "articles", tmp_path / "index"
    root.mkdir()
    (root / "a.txt").write_text(TEXT, encoding="utf-8")
    folder = ArticlesFolder(root, engine=ScorerName.MAX_SCORE, keeping=IndexLocation(place))
    soon(folder.open)
    for name in ("manifest.json", "entries.json"):
        (place / name).unlink()
        make(place / name)
        again = ArticlesFolder(root, engine=ScorerName.MAX_SCORE, keeping=IndexLocation(place))
        assert len(soon(again.open).passages) == 2  # type: ignore[attr-defined]


def test_the_one_function_opens_none(tmp_path: Path, make: Make) -> None:
    make(path := tmp_path / "x")
    for follow in (False, True):
        for write in (False, True):
            assert isinstance(soon(lambda: open_regular(path, follow=follow, write=write)), OSError)  # noqa: B023


def test_a_link_is_followed_only_where_it_may_be(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"text")
    (tmp_path / "link").symlink_to("a")
    assert read_regular(tmp_path / "link", follow=True) == b"text"
    with pytest.raises(OSError, match="regular"):
        read_regular(tmp_path / "link")
