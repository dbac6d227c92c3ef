"""Keeping a document: the original, its text and a card side by side, all or nothing, cited by page."""

import datetime as dt
import errno
import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import open_desk
from bot.desk.desk import Desk
from bot.settings import SEEDS, Settings
from prompts.models import Channel
from retrieval.documents.models import Draft
from retrieval.documents.reader import read_document
from retrieval.documents.store import describe_draft, keep, known_versions
from retrieval.errors import DocumentError
from retrieval.library import Library
from retrieval.models import Unit
from retrieval.reading.articles import read_folder, scan_folder
from storage.database.connection import DeskDatabase
from tests.retrieval.articles.pdf_files import drawn, scan, unseen
from tests.support.desk import CLI, policydesk
from tests.support.documents import column, pdf, word, wrapped

FIRST = "Japan and Vietnam agreed to widen their cooperation on maritime security, the ministry said on Monday."
SECOND = "The implementation of the plan begins in April and will cost 12.5 billion yen over five years."
PDF = pdf([column(wrapped([FIRST])), column(wrapped([SECOND]))], title="The accord")
KEPT = ["accord.pdf", "accord.pdf.source.json", "accord.pdf.txt"]
Folder = Callable[..., Path]


@pytest.fixture(scope="module")
def draft() -> Draft:
    return read_document("accord.pdf", PDF)


ORIGINAL = "https://example.org/accord"


@pytest.fixture
def root(folder: Folder) -> Path:
    return folder()


def files(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_dir())


# --- what is stored, and how it is cited


def test_the_original_is_stored_with_the_text_it_was_read_as(root: Path, draft: Draft) -> None:
    assert keep(draft, PDF, root) == "accord.pdf.txt"
    assert files(root) == KEPT
    assert (root / "accord.pdf").read_bytes() == PDF
    assert (root / "accord.pdf.txt").read_bytes() == f"{FIRST}\n\n{SECOND}\n".encode()


def test_a_kept_document_is_one_article_that_knows_its_original(root: Path, draft: Draft) -> None:
    keep(describe_draft(draft, "The great accord", dt.date(2024, 3, 5), "The Daily", ORIGINAL), PDF, root, "asia/2024")
    (article,), skipped = read_folder(root)
    assert skipped == []
    assert (article.file, article.title) == ("asia/2024/accord.pdf.txt", "The great accord")
    assert (article.date, article.publisher, article.url) == (dt.date(2024, 3, 5), "The Daily", ORIGINAL)
    assert article.original is not None
    assert (article.original.file, article.original.sha256) == ("asia/2024/accord.pdf", draft.sha256)


def test_an_answer_cites_the_page_of_the_original_and_quotes_a_slice_of_the_text(
    root: Path, draft: Draft, settings: Settings, database: DeskDatabase
) -> None:
    keep(draft, PDF, root)
    desk: Desk = open_desk(settings, Library.open(root), database)
    exchange = desk.ask("What will the plan cost?", CLI)
    citation = exchange.answer.citations[0]
    assert citation.original is not None
    assert (citation.original.file, citation.original.unit, citation.original.number) == ("accord.pdf", Unit.PAGE, 2)
    assert (root / citation.file).read_bytes().decode()[citation.start : citation.end] == citation.quote == SECOND
    assert "[1] The accord, accord.pdf, page 2" in exchange.reply
    assert "<code>accord.pdf</code>, page 2" in desk.renderer.answer(exchange.answer, Channel.TELEGRAM)


def test_a_text_that_was_changed_by_hand_is_cited_by_its_own_lines(root: Path, draft: Draft) -> None:
    keep(draft, PDF, root)
    (root / "accord.pdf.txt").write_text(f"More.\n\n{SECOND}\n", encoding="utf-8")
    (article,), _ = read_folder(root)
    assert (article.title, article.original) == ("The accord", None)


def test_an_original_that_was_changed_is_named_and_its_text_cited_by_its_own_lines(root: Path, draft: Draft) -> None:
    keep(draft, PDF, root)
    (root / "accord.pdf").write_bytes(PDF + b"\n")
    (article,), (skipped,) = read_folder(root)
    assert article.original is None
    assert (skipped.file, skipped.reason) == ("accord.pdf", "it has changed since it was read")


def test_a_text_whose_original_was_removed_is_cited_by_its_own_lines(root: Path, draft: Draft) -> None:
    keep(draft, PDF, root)
    (root / "accord.pdf").unlink()
    (article,), skipped = read_folder(root)
    assert (article.original, skipped) == (None, [])


@pytest.mark.parametrize(
    "card",
    [
        b"",
        b"{}",
        b"[" * 100_000,
        b"\xff",
        b'{"title": "x", "text_sha256": "", "sha256": "", "bytes": 1, "unit": "page", "starts": [], "numbers": []}',
        b'{"title": "x", "text_sha256": "", "sha256": "", "bytes": 1, "unit": "page", "starts": [0], "numbers": [0]}',
    ],
)
def test_a_damaged_card_is_named_and_the_text_stays_an_article(root: Path, draft: Draft, card: bytes) -> None:
    keep(draft, PDF, root)
    (root / "accord.pdf.source.json").write_bytes(card)
    (article,), skipped = read_folder(root)
    assert (article.title, article.original) == (FIRST, None)
    assert [file.file for file in skipped] == ["accord.pdf", "accord.pdf.source.json"]


def test_a_card_without_its_text_is_named(root: Path, draft: Draft) -> None:
    keep(draft, PDF, root)
    (root / "accord.pdf.txt").unlink()
    _, skipped = scan_folder(root)
    assert [(file.file, file.reason) for file in skipped] == [
        ("accord.pdf", "it is a .pdf file that has not been read"),
        ("accord.pdf.source.json", "the text that it describes is gone"),
    ]


def test_a_plain_text_has_a_card_only_for_what_it_does_not_say_itself(root: Path) -> None:
    content = f"The accord\n\n{FIRST}\n".encode()
    note = read_document("note.txt", content)
    keep(note, content, root)
    assert files(root) == ["note.txt"]
    keep(describe_draft(note, date=dt.date(2024, 3, 5)), content, root, "dated")
    assert files(root) == ["dated/note.txt", "dated/note.txt.source.json", "note.txt"]
    assert [article.date for article in read_folder(root)[0]] == [dt.date(2024, 3, 5), None]


# --- again, and anew


def test_the_same_bytes_and_the_same_text_are_known(root: Path, draft: Draft) -> None:
    keep(draft, PDF, root)
    articles, _ = read_folder(root)
    assert known_versions(draft, articles).same == tuple(articles)
    other = read_document("other.docx", word(FIRST, SECOND, title="Another title"))
    assert known_versions(other, articles).same == tuple(articles)


def test_a_new_version_of_a_known_title_is_known(root: Path, draft: Draft) -> None:
    keep(draft, PDF, root)
    articles, _ = read_folder(root)
    newer = read_document("v2.docx", word(FIRST, "It was changed in May.", title="The ACCORD"))
    assert (known_versions(newer, articles).same, known_versions(newer, articles).titled) == ((), tuple(articles))
    unrelated = read_document("v2.docx", word("It was changed in May.", title="Another"))
    assert known_versions(unrelated, articles).titled == ()


def test_a_second_document_of_the_same_name_gets_a_name_of_its_own(root: Path, draft: Draft) -> None:
    assert [keep(draft, PDF, root) for _ in range(3)] == ["accord.pdf.txt", "accord-2.pdf.txt", "accord-3.pdf.txt"]
    assert len(read_folder(root)[0]) == 3


def test_a_version_that_replaces_another_leaves_nothing_of_it(root: Path, draft: Draft) -> None:
    keep(draft, PDF, root, "old")
    articles, _ = read_folder(root)
    content = word(FIRST, "It was changed in May.", title="The accord")
    keep(read_document("v2.docx", content), content, root, "new", articles)
    assert files(root) == ["new/v2.docx", "new/v2.docx.source.json", "new/v2.docx.txt"]


def test_a_version_may_replace_one_of_the_same_name(root: Path, draft: Draft) -> None:
    keep(draft, PDF, root)
    newer = pdf([column(wrapped([SECOND]))], title="The accord")
    keep(read_document("accord.pdf", newer), newer, root, replaced=read_folder(root)[0])
    assert files(root) == KEPT
    assert (root / "accord.pdf").read_bytes() == newer


def test_a_document_that_lay_in_the_folder_unread_is_read_where_it_lies(root: Path, draft: Draft) -> None:
    (root / "accord.pdf").write_bytes(PDF)
    keep(draft, PDF, root)
    assert files(root) == KEPT


def test_a_text_named_like_that_of_a_document_is_not_taken_for_it(root: Path, draft: Draft) -> None:
    content = f"Another\n\n{SECOND}\n".encode()
    assert keep(read_document("accord.pdf.txt", content), content, root) == "accord_pdf.txt"
    keep(draft, PDF, root)
    assert [article.title for article in read_folder(root)[0]] == ["The accord", "Another"]


# --- collections


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "a/../b",
        "/etc",
        "a//b",
        ".hidden",
        "a/.b",
        "a\0b",
        "a\u202eb",
        "a\\b",
        "x" * 200,
        "con",
        "a/",
        "a ",
        "a/b/c/d/e",
    ],
)
def test_a_collection_with_a_name_no_folder_should_have_is_refused(root: Path, draft: Draft, name: str) -> None:
    with pytest.raises(DocumentError, match="its name is not that of a folder; use letters"):
        keep(draft, PDF, root, name)
    assert list(root.iterdir()) == []


@pytest.mark.parametrize("name", ["energy", "Quan hệ", "日本", "2024", "asia/south-east", "R&D (old)", "v1.2"])
def test_collections_may_be_named_in_any_language(root: Path, draft: Draft, name: str) -> None:
    assert keep(draft, PDF, root, name) == f"{name}/accord.pdf.txt"


def test_a_collection_that_is_a_link_out_of_the_folder_is_refused(root: Path, draft: Draft, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (root / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(DocumentError, match="it is a link out of the articles folder"):
        keep(draft, PDF, root, "link")
    assert list((tmp_path / "outside").iterdir()) == []


# --- interrupted


def test_when_one_file_cannot_be_put_into_place_none_is(root: Path, draft: Draft) -> None:
    keep(draft, PDF, root)
    before = {name: (root / name).read_bytes() for name in files(root)}
    articles, _ = read_folder(root)
    newer = pdf([column(wrapped([SECOND]))], title="The accord")
    read = read_document("accord.pdf", newer)
    (root / "accord.pdf.txt").unlink()
    (root / "accord.pdf.txt").mkdir()  # no file can take its place
    with pytest.raises(DocumentError, match=r"it cannot be stored \(.*\); see that the bot's user may write"):
        keep(read, newer, root, replaced=articles)
    assert {name: (root / name).read_bytes() for name in files(root)} == {n: before[n] for n in KEPT[:2]}


def test_what_a_killed_process_left_is_hidden_and_removed_by_the_next(root: Path, draft: Draft) -> None:
    left, fresh = root / ".adding-left", root / ".adding-fresh"
    for each in (left, fresh):
        each.mkdir()
        (each / "new-0").write_bytes(b"x")
    os.utime(left, (0, 0))
    assert scan_folder(root) == ([], [])
    keep(draft, PDF, root)
    assert (left.exists(), fresh.exists()) == (False, True)


def test_other_bytes_than_were_read_are_not_kept(root: Path, draft: Draft) -> None:
    with pytest.raises(ValueError, match="not those that were read"):
        keep(draft, PDF + b" ", root)
    assert files(root) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_one_clear_line(root: Path, draft: Draft) -> None:
    root.chmod(0o500)
    with pytest.raises(DocumentError, match=os.strerror(errno.EACCES)):
        keep(draft, PDF, root)


# --- the command line


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    (tmp_path / "accord.pdf").write_bytes(PDF)
    return tmp_path / "accord.pdf"


def test_add_shows_what_was_read_and_keeps_it_when_told_so(root: Path, sent: Path) -> None:
    ended = policydesk("add", sent, "--articles", root, "--collection", "asia", "--date", "2024-03-05", stdin="y\n")
    assert (ended.returncode, ended.stderr) == (0, "")
    shown = re.sub(r"\s+", " ", ended.stdout)
    assert "Title The accord Date 2024-03-05 Publisher - Passages 2 Begins Japan and Vietnam agreed" in shown
    assert ended.stdout.endswith("Keep it? [y/N]: Kept: asia/accord.pdf.txt\n")
    listed = json.loads(policydesk("sources", "--json", "--articles", root).stdout)["articles"]
    assert [(a["original"], a["collection"], a["date"]) for a in listed] == [("asia/accord.pdf", "asia", "2024-03-05")]
    assert re.search(
        r"The accord\s+2024-03-05\s+2\s+asia\s+accord\.pdf", policydesk("sources", "--articles", root).stdout
    )


def test_add_takes_the_address_of_the_published_original(root: Path, sent: Path) -> None:
    ended = policydesk("add", sent, "--articles", root, "--url", ORIGINAL, "--yes")
    assert re.search(rf"Address\s+{ORIGINAL}", ended.stdout)
    (article,) = json.loads(policydesk("sources", "--json", "--articles", root).stdout)["articles"]
    assert article["url"] == ORIGINAL
    refused = policydesk("add", sent, "--articles", root, "--url", "javascript:alert(1)", "--yes")
    assert "its --url is no address of a web page; write it as https://example.org/article" in refused.stderr


def test_add_reads_a_scan_by_the_ocrmypdf_that_is_installed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(scan())
    (tmp_path / "read.pdf").write_bytes(drawn([unseen(column(wrapped([FIRST])))]))
    program = tmp_path / "ocrmypdf"
    program.write_text(
        f"#!{sys.executable}\nimport shutil, sys\nshutil.copy({str(tmp_path / 'read.pdf')!r}, sys.argv[-1])\n"
    )
    program.chmod(0o755)
    add = ("add", tmp_path / "scan.pdf", "--articles", root, "--yes")
    assert policydesk(*add).stderr.endswith("it holds pictures of pages, but no text; add it with --ocr.\n")
    ended = policydesk(*add, "--ocr", PATH=str(tmp_path))
    assert ended.stdout.endswith("Kept: scan.pdf.txt\n"), ended.stderr
    assert (root / "scan.pdf").read_bytes() == scan()
    asked = policydesk("ask", "What did Japan and Vietnam agree to widen?", "--articles", root)
    assert "scan.pdf, page 1 (read by OCR)" in asked.stdout


@pytest.mark.parametrize("said", ["n\n", "\n", ""])
def test_add_discards_what_is_not_wanted(root: Path, sent: Path, said: str) -> None:
    ended = policydesk("add", sent, "--articles", root, "--collection", "new", stdin=said)
    assert ended.returncode == 1
    assert ended.stdout.endswith("Discarded; nothing was stored.\n")
    assert list(root.iterdir()) == []


def test_add_refuses_what_is_there_already_unless_told_what_to_do(root: Path, sent: Path) -> None:
    add = ("add", sent, "--articles", root, "--yes")
    assert policydesk(*add).returncode == 0
    again = policydesk(*add)
    assert again.returncode == 2
    assert again.stderr == (
        "policydesk: accord.pdf cannot be added: the same text is there already (accord.pdf); add it with --replace to "
        "take its place, or with --both to keep both.\n"
    )
    assert policydesk(*add, "--both").stdout.endswith("Kept: accord-2.pdf.txt\n")
    assert policydesk(*add, "--replace").stdout.endswith("Kept: accord.pdf.txt\n")
    assert files(root) == KEPT


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["missing.pdf"],
            r"missing\.pdf cannot be added: it cannot be read \(No such file or directory\); check its name",
        ),
        (["."], r"cannot be added: it is not a regular file; name a file\."),
        (["{file}", "--date", "5 March"], "its --date is not a day up to today; write it as 2025-04-28"),
        (["{file}", "--date", "2999-01-01"], "its --date is not a day up to today"),
        (["{file}", "--collection", "../x"], "its name is not that of a folder"),
        (["{file}", "--articles", "nowhere"], "No folder of articles at nowhere"),
        (["{file}", "--articles", str(SEEDS)], "Nothing is added to the five articles that come with policydesk"),
    ],
)
def test_add_says_in_one_line_what_is_wrong(root: Path, sent: Path, arguments: list[str], said: str) -> None:
    given = [str(sent) if argument == "{file}" else argument for argument in arguments]
    place = [] if "--articles" in given else ["--articles", str(root)]
    ended = policydesk("add", *given, *place, "--yes")
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert re.search(said, ended.stderr)
    assert list(root.iterdir()) == []
