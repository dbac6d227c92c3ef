"""Documents that are added on one machine are articles on every other that shares its database."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import Office
from bot.articles.shared_documents import MARKER, SharedDocuments, shared_documents
from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from bot.settings import read_settings
from storage.database.connection import DeskDatabase
from storage.documents.book import DocumentBook
from storage.errors import DatabaseError
from tests.bot.chat.test_uploads import COST, KEPT, NEWER, PDF, SECOND
from tests.support.desk import policydesk, serving, write
from tests.support.documents import column, files, pdf, press, send, wrapped

pytestmark = pytest.mark.both_dialects
Open = Callable[..., Office]
WIND = "Wind\n\nThe council of Samoa built a wind farm.\n"
OTHER_PDF = pdf(
    [column(wrapped(["Samoa and Tonga agreed to share the catch of their fleets this year."]))], title="Fish"
)
SHARED = {"POLICYDESK_DOCUMENTS": "database"}


@pytest.fixture
def one(tmp_path: Path) -> Path:
    """The articles of the machine that answers."""
    write(tmp_path / "one" / "energy" / "a", WIND)
    return tmp_path / "one"


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """The articles of the other machine."""
    write(tmp_path / "two" / "energy" / "a", WIND)
    return tmp_path / "two"


@pytest.fixture
def office(one: Path, office_of: Open) -> Office:
    return office_of(one, documents="database")


@pytest.fixture
def other(two: Path, database: DeskDatabase) -> SharedDocuments:
    found = shared_documents(read_settings(articles=two, documents="database"), database)
    assert found is not None
    return found


def private(telegram: Emulator) -> Conversation:
    return telegram.private_chat(telegram.person("Aiko"))


def tree(folder: Path) -> dict[str, bytes]:
    """Everything in a folder."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != MARKER)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


async def test_what_one_machine_takes_is_on_the_other_as_it_is_replaced_and_removed(
    office: Office, one: Path, two: Path, other: SharedDocuments
) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        await press(chat, await send(chat, PDF, "accord.pdf", "in:pacific"), "Keep")
        other.receive()
        assert files(two / "pacific") == KEPT
        assert tree(two) == tree(one)
        await press(chat, await send(chat, NEWER, "newer.pdf"), "Replace")
        other.receive()
        assert (files(two / "pacific"), (two / "newer.pdf").read_bytes()) == ([], NEWER)
        assert tree(two) == tree(one)
    removed = policydesk("remove", "newer.pdf", "--articles", one, **SHARED)
    assert (removed.returncode, removed.stdout) == (0, "Removed: newer.pdf\n")
    other.receive()
    assert list(tree(two)) == list(tree(one)) == ["energy/a.txt"]


def test_what_was_added_elsewhere_is_read_at_the_start(database: DeskDatabase, one: Path, two: Path) -> None:
    accord = one.parent / "accord.pdf"
    accord.write_bytes(PDF)
    added = policydesk("add", accord, "--articles", one, "--yes", **SHARED)
    assert added.returncode == 0, added.stderr
    assert DocumentBook(database).last() == len(KEPT)
    answer = policydesk("ask", COST, "--articles", two, **SHARED)
    assert SECOND in " ".join(answer.stdout.split())
    assert tree(two) == tree(one)


async def test_of_two_documents_of_one_name_added_at_once_on_two_machines_none_is_lost(
    office: Office, one: Path, two: Path, other: SharedDocuments
) -> None:
    """Before a machine has what another has just added, a document of the same name is not put in its place."""
    accord = one.parent / "accord.pdf"
    accord.write_bytes(OTHER_PDF)
    async with serving(office) as telegram:
        chat = private(telegram)
        shown = await send(chat, PDF, "accord.pdf")
        added = policydesk("add", accord, "--articles", two, "--yes", **SHARED)
        assert added.returncode == 0, added.stderr
        refused = await chat.callback_answer(chat.press(shown, "Keep"))
        assert "another machine has just added another file of that name; try again" in str(refused)
        SharedDocuments(one, DocumentBook(office.database)).receive()
        assert (one / "accord.pdf").read_bytes() == OTHER_PDF
        await press(chat, shown, "Keep")
    other.receive()
    assert (two / "accord-2.pdf").read_bytes() == PDF
    assert tree(two) == tree(one)


def test_a_command_has_what_the_other_machines_added_before_it_adds(one: Path, two: Path) -> None:
    accord = one.parent / "accord.pdf"
    for folder, content in ((one, OTHER_PDF), (two, PDF)):
        accord.write_bytes(content)
        added = policydesk("add", accord, "--articles", folder, "--yes", **SHARED)
        assert added.returncode == 0, added.stderr
    assert (two / "accord.pdf").read_bytes() == OTHER_PDF
    assert (two / "accord-2.pdf").read_bytes() == PDF


def test_what_cannot_be_noted_for_the_others_is_not_kept(
    one: Path, database: DeskDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise DatabaseError("The disk is full.")

    monkeypatch.setattr(DocumentBook, "put", refuse)
    accord = one.parent / "accord.pdf"
    accord.write_bytes(PDF)
    refused = policydesk("add", accord, "--articles", one, "--collection", "pacific", "--yes", **SHARED)
    assert (refused.returncode, "The disk is full." in refused.stderr) == (2, True)
    assert list(tree(one)) == ["energy/a.txt"]
    assert DocumentBook(database).last() == 0


def test_a_path_out_of_the_folder_is_left_out_and_the_rest_arrives(
    database: DeskDatabase, two: Path, other: SharedDocuments
) -> None:
    (two / "link").symlink_to(two.parent)
    for evil in ("../evil.txt", "/evil.txt", "a/../../evil.txt", "link/evil.txt", ".hidden/evil.txt"):
        DocumentBook(database).put({evil: b"Evil"})
    DocumentBook(database).put({"good.txt": b"Good"})
    before = set(two.parent.iterdir())
    other.receive()
    assert (two / "good.txt").read_bytes() == b"Good"
    assert set(two.parent.iterdir()) == before
    assert not (two / ".hidden").exists()


def test_what_cannot_be_stored_now_is_stored_once_it_can(
    database: DeskDatabase, two: Path, other: SharedDocuments, caplog: pytest.LogCaptureFixture
) -> None:
    """Such as while the folder is not mounted; it is said once."""
    DocumentBook(database).put({"good.txt": b"Good"})
    two.rename(two.with_name("away"))
    for _ in range(3):
        other.receive()
    assert [message for message in caplog.messages if "not here yet" in message] == caplog.messages
    assert (len(caplog.messages), two.exists()) == (1, False)
    two.with_name("away").rename(two)
    other.receive()
    assert (two / "good.txt").read_bytes() == b"Good"


def test_a_start_looks_at_what_is_new_only_unless_the_folder_is_another(
    database: DeskDatabase, two: Path, other: SharedDocuments
) -> None:
    """What somebody has deleted by hand stays away; where the folder or the database is another all is looked at."""
    book = DocumentBook(database)
    book.put({"one.txt": b"One", "two.txt": b"Two"})
    other.receive()
    (two / "one.txt").unlink()
    book.put({"three.txt": b"Three"})
    SharedDocuments(two, book).receive()
    assert sorted(tree(two)) == ["energy/a.txt", "three.txt", "two.txt"]
    for noted in ("", "9 x y", f"{10**30} x", "\N{SUPERSCRIPT TWO} x", f"1 {'0' * 64} one.txt"):
        (two / "one.txt").unlink(missing_ok=True)
        (two / MARKER).write_text(noted, encoding="utf-8")
        SharedDocuments(two, book).receive()
        assert (two / "one.txt").read_bytes() == b"One"


def test_what_stands_in_the_way_of_one_document_holds_up_no_other(
    database: DeskDatabase, two: Path, other: SharedDocuments, caplog: pytest.LogCaptureFixture
) -> None:
    (two / "trade").write_text("A file where the others have a folder.")
    (two / "accord.txt").mkdir()
    DocumentBook(database).put({"trade/a.txt": b"A", "accord.txt": b"B", "good.txt": b"Good"})
    other.receive()
    assert (two / "good.txt").read_bytes() == b"Good"
    assert [message.split()[0] for message in caplog.messages] == ["trade/a.txt", "accord.txt"]


def test_an_article_is_removed_everywhere_whatever_people_called_its_folder(
    one: Path, two: Path, other: SharedDocuments
) -> None:
    for folder in (one, two):
        write(folder / "Côte d'Ivoire" / "a", WIND)
    removed = policydesk("remove", "Côte d'Ivoire/a.txt", "--articles", one, **SHARED)
    assert removed.returncode == 0, removed.stderr
    other.receive()
    assert list(tree(two)) == list(tree(one)) == ["energy/a.txt"]


def test_nothing_is_shared_with_the_shipped_articles() -> None:
    refused = policydesk("ask", COST, **SHARED)
    assert refused.returncode == 2
    assert "name a folder of your own" in refused.stderr


def test_an_article_that_is_not_there_cannot_be_removed(one: Path) -> None:
    refused = policydesk("remove", "b.txt", "--articles", one)
    assert refused.returncode == 2
    assert "b.txt cannot be removed: there is no such article; see `policydesk sources`." in refused.stderr
    removed = policydesk("remove", "energy/a.txt", "--articles", one)
    assert (removed.returncode, list(tree(one))) == (0, [])


def test_what_cannot_be_removed_is_said_with_the_cure(one: Path) -> None:
    (one / "energy" / "a.txt.source.json").mkdir()
    refused = policydesk("remove", "energy/a.txt", "--articles", one)
    assert refused.returncode == 2
    assert "energy/a.txt cannot be removed (Is a directory): see that you may write to" in refused.stderr
