"""A large folder is kept indexed in files: never trusted unchecked, and continued when articles change."""

import ast
import multiprocessing
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import psutil
import pytest

from retrieval.articles_folder import ArticlesFolder
from retrieval.bm25.choice import ScorerName
from retrieval.errors import ArticlesError
from retrieval.indexer import folder_reader, index_files
from retrieval.indexer.index_files import INDEX_CODE, RETRIEVAL, SIGNATURES, IndexOrigin, hash_code
from retrieval.indexer.location import IndexLocation, Item
from retrieval.indexer.memory_maps import MemoryMaps
from retrieval.library import Library
from retrieval.models import Article
from tests.edited_folder import Edited, differences
from tests.support.desk import policydesk, write
from tests.support.ships import FIJI, TONGA

pytest.importorskip("numba")

ASKED = "How many patrol ships did Japan hand to Tonga?"
Folder = Callable[..., Path]


class Desk:
    """A large folder as one process after the other opens it."""

    def __init__(self, root: Path, place: Path) -> None:
        self.root, self.place = root, place
        self.notes: list[str] = []
        self.read: list[str] = []

    def folder(self) -> ArticlesFolder:
        """The folder as a new process has it."""
        return ArticlesFolder(
            self.root, engine=ScorerName.MAX_SCORE, keeping=IndexLocation(self.place, self.notes.append)
        )

    def open(self) -> Library:
        """The library that a new process answers from."""
        self.read.clear()
        return self.folder().open(self.track)

    def track(self, items: Sequence[Item]) -> Iterable[Item]:
        """Note what is read."""
        self.read += [item.file if isinstance(item, Article) else str(item) for item in items]
        return items


@pytest.fixture
def desk(folder: Folder, tmp_path: Path) -> Desk:
    """A folder of three articles whose index is kept."""
    return Desk(folder(fiji=FIJI, samoa=TONGA.replace("Tonga", "Samoa"), tonga=TONGA), tmp_path / "kept" / "index")


def first_quote(library: Library, question: str = ASKED) -> str:
    return library.search(library.read(question), 3).hits[0].passage.text


# --- kept and opened


def test_the_second_start_reads_no_article(desk: Desk) -> None:
    made = desk.open()
    assert desk.read == ["fiji.txt", "samoa.txt", "tonga.txt"]
    opened = desk.open()
    assert desk.read == []
    assert desk.notes == []
    assert opened.explain(opened.read(ASKED), 10) == made.explain(made.read(ASKED), 10)
    assert (opened.hash, list(opened.articles), list(opened.passages)) == (
        made.hash,
        list(made.articles),
        list(made.passages),
    )


def test_pages_of_an_index_are_given_back_from_some_size_on_and_found_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = desk.open()
    monkeypatch.setattr(index_files, "MAPPED", 256)
    opened = desk.open()
    sparing = Library(opened.snapshot._replace(mapped=MemoryMaps(opened.snapshot.mapped.files, most=0)))
    for library, keeps in ((opened, True), (sparing, False), (opened, True)):
        assert library.search(library.read(ASKED), 3) == made.search(made.read(ASKED), 3)
        assert bool(resident_pages(desk.place)) == keeps
    assert sparing.explain(sparing.read(ASKED), 10) == made.explain(made.read(ASKED), 10)


def resident_pages(place: Path) -> int:
    """Bytes of an index that this process holds in memory."""
    if not psutil.LINUX:
        pytest.skip("only Linux tells what of a mapped file is resident")
    maps = psutil.Process().memory_maps(grouped=True)
    return sum(int(each.rss) for each in maps if each.path.startswith(str(place)))


def test_quotes_come_from_the_texts_that_were_indexed_whatever_becomes_of_the_files(desk: Desk) -> None:
    desk.open()
    library = desk.open()
    write(desk.root / "tonga", "Something else altogether.\n" * 3)
    hit = library.search(library.read(ASKED), 1).hits[0].passage
    article = library.article("tonga.txt")
    assert article is not None
    assert article.text == TONGA
    assert article.text[hit.start : hit.end] == hit.text == TONGA.splitlines()[2]


def test_files_that_are_no_articles_are_reported_at_every_start(desk: Desk) -> None:
    write(desk.root / "broken.txt", b"\xff\xfe\x00")
    assert desk.open().skipped == desk.open().skipped != ()


def test_nobody_else_on_the_machine_can_read_the_texts_in_an_index(desk: Desk) -> None:
    desk.open()
    assert desk.place.stat().st_mode & 0o077 == 0


def test_a_folder_that_holds_no_sentence_any_more_is_refused_each_time_it_is_opened(desk: Desk) -> None:
    folder = desk.folder()
    before = folder.open()
    for file in desk.root.iterdir():
        write(file, "© 2023 Kyodo News\n")
    for _ in range(2):
        with pytest.raises(ArticlesError):
            folder.open(before=before)


# --- never trusted


@pytest.mark.parametrize("mapped", [index_files.MAPPED, 256])
def test_a_flipped_bit_in_any_file_is_found_and_the_index_made_anew(
    desk: Desk, mapped: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is read or mapped, and though its times and its size are as they were."""
    monkeypatch.setattr(index_files, "MAPPED", mapped)
    desk.open()
    for file in sorted(set(desk.place.iterdir()) - {desk.place / SIGNATURES})[:: 6 if mapped > 256 else 4]:
        before, content = file.stat(), bytearray(file.read_bytes())
        content[len(content) // 2] ^= 4
        file.write_bytes(content)
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        desk.notes.clear()
        assert first_quote(desk.open()) == TONGA.splitlines()[2]
        assert desk.notes == [f"The index at {desk.place} is damaged ({file.name}): it is made anew."]


@pytest.mark.parametrize("name", ["manifest.json", "entries.json", "segment.letters.npy", "postings.impacts.npy"])
def test_a_file_that_was_cut_short_or_is_gone_is_found_and_the_index_made_anew(desk: Desk, name: str) -> None:
    desk.open()
    file = desk.place / name
    file.write_bytes(file.read_bytes()[:-1])
    assert first_quote(desk.open()) == TONGA.splitlines()[2]
    file.unlink()
    assert first_quote(desk.open()) == TONGA.splitlines()[2]
    assert len(desk.notes) == 2
    assert all("it is made anew" in note for note in desk.notes)


def test_an_index_of_another_version_is_made_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    older = IndexOrigin.of(10_000_000).model_copy(update={"reading": "of last year"})
    with monkeypatch.context() as then:
        then.setattr(IndexOrigin, "of", lambda *_: older)
        desk.open()
    assert first_quote(desk.open()) == TONGA.splitlines()[2]
    assert desk.notes == [f"The index at {desk.place} is of another version of policydesk: it is made anew."]


def test_an_index_of_other_articles_is_made_anew(
    tmp_path: Path, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_reader, "LARGE_BYTES", 200)
    desk = Desk(folder(fiji=FIJI), tmp_path / "kept" / "index")
    desk.open()
    desk.root = tmp_path / "others"
    for number in range(3):
        write(desk.root / f"tonga{number}", TONGA)
    assert first_quote(desk.open()) == TONGA.splitlines()[2]
    assert desk.notes == [f"The index at {desk.place} is of other articles: it is made anew."]


def test_what_is_no_index_is_not_taken_for_one(desk: Desk) -> None:
    write(desk.place / "letter.txt", "Dear minister")
    assert first_quote(desk.open()) == TONGA.splitlines()[2]
    assert desk.notes == [f"The index at {desk.place} is no index of articles: it is made anew."]


def test_where_no_index_can_be_written_the_desk_answers_all_the_same(desk: Desk, tmp_path: Path) -> None:
    write(tmp_path / "file.txt", "in the way")
    desk.place = tmp_path / "file.txt" / "index"
    assert first_quote(desk.open()) == TONGA.splitlines()[2]
    (note,) = desk.notes
    assert note.startswith(f"No index can be kept at {desk.place} (")
    assert note.endswith("): each start makes it anew.")


# --- made anew by a change of the code whose output it keeps


@pytest.mark.parametrize(
    ("file", "is_kept"),
    [
        ("text/terms.py", True),
        ("reading/sentences.py", True),
        ("index/segment.py", True),
        ("bm25/build_postings.py", True),
        ("tables/places.json", True),
        ("bm25/pruned_search.py", False),
        ("ranking/features.py", False),
        ("query/question.py", False),
        ("library.py", False),
        ("tables/background.txt", True),
    ],
)
def test_an_edit_makes_indexes_anew_only_where_their_content_follows_from_the_code(
    file: str, is_kept: bool, tmp_path: Path
) -> None:
    room = tmp_path / "retrieval"
    shutil.copytree(RETRIEVAL, room, ignore=shutil.ignore_patterns("__pycache__", "weights"))
    before = hash_code.__wrapped__(room)
    with (room / file).open("a", encoding="utf-8") as edited:
        edited.write("\n")
    assert (hash_code.__wrapped__(room) != before) == is_kept


def test_all_code_that_an_index_is_built_by_counts() -> None:
    """Whatever the modules that build an index import, those of search alone left out."""
    counted = {path for pattern in INDEX_CODE for path in RETRIEVAL.glob(pattern)}
    search = {RETRIEVAL / "bm25" / f"{name}.py" for name in ("choice", "jit", "max_score", "reference", "scorer")}
    others = {RETRIEVAL / f"{name}.py" for name in ("errors", "processes", "regular_files")}
    imported = {path for module in counted if module.suffix == ".py" for path in imports_of(module)}
    assert imported <= counted | search | others


def imports_of(module: Path) -> set[Path]:
    """The files of the retrieval modules that a module imports."""
    nodes = [node for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.ImportFrom)]
    names = [name for node in nodes for name in (node.module, *(f"{node.module}.{each.name}" for each in node.names))]
    files = {RETRIEVAL.parent / f"{name.replace('.', '/')}.py" for name in names if name}
    return {file for file in files if file.is_relative_to(RETRIEVAL) and file.exists()}


# --- continued


def test_only_the_article_that_changed_is_read_again(desk: Desk) -> None:
    folder = desk.folder()
    before = folder.open()
    write(desk.root / "tonga", TONGA.replace("seven", "eight"))
    now = folder.open(desk.track, before=before)
    assert desk.read == ["tonga.txt"]
    assert first_quote(now) == TONGA.splitlines()[2].replace("seven", "eight")
    assert first_quote(before) == TONGA.splitlines()[2]


def test_a_folder_in_which_nothing_changed_keeps_its_library(desk: Desk) -> None:
    folder = desk.folder()
    before = folder.open()
    (desk.root / "fiji.txt").touch()
    assert folder.open(before=before) is before
    assert folder.open(before=before, thorough=True) is before


def test_an_index_that_much_has_changed_since_is_made_anew_at_the_next_start(desk: Desk) -> None:
    desk.open()
    write(desk.root / "tonga", TONGA.replace("seven", "eight"))
    desk.open()
    assert desk.read == ["tonga.txt"]
    assert first_quote(desk.open()) == TONGA.splitlines()[2].replace("seven", "eight")
    assert desk.read == []


def test_a_running_desk_has_its_index_rewritten_beside_it_and_goes_over_to_it(desk: Desk) -> None:
    folder = desk.folder()
    library = folder.open()
    write(desk.root / "palau", TONGA.replace("Tonga", "Palau"))
    library = folder.open(desk.track, before=library)
    for process in multiprocessing.active_children():
        process.join()
    assert folder.open(desk.track, before=library).hash == library.hash
    assert desk.read == ["palau.txt"]
    desk.open()
    assert desk.read == []


def test_after_many_edits_an_index_says_what_one_made_anew_says(tmp_path: Path) -> None:
    (tmp_path / "edited").mkdir()
    assert list(differences(Edited(tmp_path / "edited", seed=7), 12)) == []


def test_who_reads_for_a_desk_that_is_killed_ends_with_it(tmp_path: Path, folder: Folder) -> None:
    root = folder(**{f"a{number}": TONGA * 60 for number in range(200)})
    indexing = subprocess.Popen(
        [sys.executable, "-m", "bot", "index", root],
        env={**os.environ, "POLICYDESK_ENGINE": "max-score", "POLICYDESK_INDEX": str(tmp_path / "indexes")},
        stdout=subprocess.DEVNULL,
    )
    with indexing:
        while len(readers := psutil.Process(indexing.pid).children()) < 2:
            assert indexing.poll() is None
        indexing.kill()
    assert psutil.wait_procs(readers, timeout=60)[1] == []


# --- on the command line


def test_the_command_line_indexes_a_folder_ahead_and_asks_it(desk: Desk, tmp_path: Path) -> None:
    there = {"POLICYDESK_ENGINE": "max-score", "POLICYDESK_INDEX": str(tmp_path / "indexes")}
    done = policydesk("index", desk.root, **there)
    assert done.returncode == 0
    assert "3 articles, 6 passages: indexed in" in done.stdout
    (place,) = [path for path in (tmp_path / "indexes").iterdir() if path.is_dir()]
    assert (place / "manifest.json").exists()
    asked = policydesk("ask", ASKED, "--articles", desk.root, **there)
    assert "handed seven patrol ships" in asked.stdout


def test_a_small_folder_needs_no_index(desk: Desk) -> None:
    done = policydesk("index", desk.root)
    assert "3 articles, 6 passages: so few are read anew at each start" in done.stdout
