"""An index is built in pieces and merged on disk, with little memory, and copied from machine to machine."""

import errno
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from retrieval.articles_folder import ArticlesFolder
from retrieval.bm25.choice import ScorerName
from retrieval.errors import ArticlesError
from retrieval.index.analysis import analyse
from retrieval.index.segment import build_segment
from retrieval.indexer import column_files, file_cache, folder_reader, incremental, parallel_reading, piece_merge
from retrieval.indexer.index_files import SIGNATURES, IndexOrigin, open_index
from retrieval.indexer.location import IndexLocation
from retrieval.indexer.snapshot import BaseSegment, build_base_segment
from retrieval.reading.articles import MAX_BYTES, read_folder
from retrieval.reading.sidecars import Sidecar
from retrieval.text.term_dictionary import TermDictionary
from tests.edited_folder import Edited
from tests.retrieval.indexer.test_folder_indexer import Desk, Folder, first_quote
from tests.retrieval.semantic.word_meaning import WordMeaning
from tests.support.desk import policydesk, write
from tests.support.ships import FIJI, TONGA


@pytest.fixture
def desk(folder: Folder, tmp_path: Path) -> Desk:
    """A folder of three articles whose index is kept."""
    return Desk(folder(fiji=FIJI, samoa=TONGA.replace("Tonga", "Samoa"), tonga=TONGA), tmp_path / "kept" / "index")


def arrays_of(name: str, value: object) -> Iterator[tuple[str, np.ndarray]]:
    """The arrays of a value, each by the names of the fields that lead to it."""
    if isinstance(value, TermDictionary):
        yield from arrays_of(f"{name}.letters", value.letters)
        yield from arrays_of(f"{name}.bounds", value.bounds)
    elif isinstance(value, np.ndarray | float):
        yield name, np.asarray(value)
    elif isinstance(value, tuple) and hasattr(value, "_asdict"):
        for field, part in value._asdict().items():
            yield from arrays_of(f"{name}.{field}", part)


def differences(one: BaseSegment, other: BaseSegment) -> list[str]:
    """The arrays of two indexes whose bytes, kinds or shapes differ."""
    pairs = zip(arrays_of("", one), arrays_of("", other), strict=True)
    return [
        f"{name} {first.dtype} {first.shape}, {second.dtype} {second.shape}"
        for (name, first), (_, second) in pairs
        if (first.dtype, first.shape, first.tobytes()) != (second.dtype, second.shape, second.tobytes())
    ]


@pytest.mark.parametrize("seed", range(6))
def test_an_index_of_pieces_is_that_of_one_go_to_the_last_byte(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the size of the pieces, of the parts that are merged, and what was edited since."""
    chance, place, model = random.Random(seed), tmp_path / "index", WordMeaning() if seed % 2 else None
    (tmp_path / "articles").mkdir()
    edited = Edited(tmp_path / "articles", seed)
    write(edited.root / "日本.txt", "海上保安\n\n日本は巡視船を供与した。ベトナムは感謝した。\n")
    write(edited.root / "blank.txt", "© 2023 Kyodo News\n")
    monkeypatch.setattr(parallel_reading, "BATCH", chance.choice([1, 2, 5]))
    monkeypatch.setattr(piece_merge, "WORDS_AT_A_TIME", chance.choice([1, 7, 1000]))
    monkeypatch.setattr(piece_merge, "TOKEN_BYTES", chance.choice([1, 64, 4096]))
    monkeypatch.setattr(incremental, "PIECE", chance.choice([1, 20, 1000]))
    location = IndexLocation(place, pytest.fail, memory=chance.choice([4096, 40_000, 4_000_000]))
    for _ in range(3):
        ArticlesFolder(edited.root, engine=ScorerName.MAX_SCORE, keeping=location, model=model).open(whole=True)
        articles, _ = read_folder(edited.root)
        segment = build_segment([analyse(article, model) for article in articles])
        one_go = build_base_segment(segment, ScorerName.MAX_SCORE)
        kept = open_index(place, IndexOrigin.of(MAX_BYTES, model)).base
        assert differences(kept, one_go) == []
        assert kept.segment.entries == one_go.segment.entries
        for _ in range(chance.randint(1, 5)):
            edited.edit()


# --- interrupted, and without room


def test_a_build_that_is_killed_leaves_nothing_that_is_taken_for_an_index(tmp_path: Path, folder: Folder) -> None:
    root = folder(**{f"a{number}": TONGA * 60 for number in range(100)})
    indexes = tmp_path / "indexes"
    there = {"POLICYDESK_ENGINE": "max-score", "POLICYDESK_INDEX": str(indexes)}
    command = [sys.executable, "-m", "bot", "index", str(root)]
    with subprocess.Popen(command, env={**os.environ, **there}, stdout=subprocess.DEVNULL) as indexing:
        while not list(indexes.glob(".*/segment.letters.npy")):
            assert indexing.poll() is None
        readers = psutil.Process(indexing.pid).children()
        indexing.kill()
    psutil.wait_procs(readers, timeout=60)
    (left,) = indexes.glob(".*")
    assert "indexed in" in policydesk("index", root, **there).stdout
    assert not left.exists()
    assert len([path for path in indexes.iterdir() if path.is_dir()]) == 1


class _Full:
    """A disk that is full after some writes."""

    def __init__(self, writes: int) -> None:
        self.left = writes

    def append(self, column: column_files.ColumnFile, part: np.ndarray) -> int:
        """Write, while there is room."""
        self.left -= 1
        if self.left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return APPEND(column, part)


APPEND = column_files.ColumnFile.append


@pytest.mark.parametrize("writes", [0, 20, 60, 80])
def test_on_a_full_disk_the_index_that_is_there_is_served_on(
    writes: int, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open()
    before = sorted((path.name, path.read_bytes()) for path in desk.place.iterdir() if path.name != SIGNATURES)
    write(desk.root / "tonga", TONGA.replace("seven", "eight"))
    full = _Full(writes)
    with monkeypatch.context() as then:
        then.setattr(column_files.ColumnFile, "append", lambda *parts: full.append(*parts))  # noqa: PLW0108 - a method
        assert first_quote(desk.open()) == TONGA.splitlines()[2].replace("seven", "eight")
    said = f"The index at {desk.place} cannot be made anew (No space left on device): what is there is used on."
    assert desk.notes == [said]
    assert sorted((p.name, p.read_bytes()) for p in desk.place.iterdir() if p.name != SIGNATURES) == before
    assert [path.name for path in desk.place.parent.iterdir() if path.is_dir()] == [desk.place.name]


@pytest.mark.parametrize("memory", [1_000_000, 1_000])
def test_on_a_full_disk_a_folder_is_indexed_in_memory_only_where_that_is_enough(
    memory: int, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(column_files.ColumnFile, "append", lambda column, part: _Full(0).append(column, part))
    folder = ArticlesFolder(
        desk.root, engine=ScorerName.MAX_SCORE, keeping=IndexLocation(desk.place, desk.notes.append, memory)
    )
    if memory == 1_000:
        with pytest.raises(
            ArticlesError, match=r"No space left on device.*too many to be indexed in memory: make room"
        ):
            folder.open()
        assert desk.notes == []
    else:
        assert first_quote(folder.open()) == TONGA.splitlines()[2]
        said = f"No index can be kept at {desk.place} (No space left on device): each start makes it anew."
        assert desk.notes == [said]


# --- built on one machine for another


@pytest.fixture
def copied(desk: Desk, tmp_path: Path) -> Desk:
    """Articles and their index as they come to another machine, in other folders, as other files."""
    desk.open()
    there = Desk(tmp_path / "there" / "articles", tmp_path / "there" / "index")
    shutil.copytree(desk.root, there.root, copy_function=shutil.copyfile)
    shutil.copytree(desk.place, there.place)
    return there


def test_an_index_copied_from_another_machine_is_taken_over(copied: Desk) -> None:
    manifest = (copied.place / "manifest.json").read_bytes()
    assert first_quote(copied.open()) == TONGA.splitlines()[2]
    assert (copied.read, copied.notes) == ([], [])
    assert (copied.place / "manifest.json").read_bytes() == manifest
    assert str(copied.root.parent) not in manifest.decode()


def test_an_article_that_is_another_there_is_seen_in_a_copied_index(copied: Desk) -> None:
    write(copied.root / "tonga.txt", TONGA.replace("seven", "eight"))
    assert first_quote(copied.open()) == TONGA.splitlines()[2].replace("seven", "eight")
    assert copied.read == ["tonga.txt"]


def test_what_describes_an_article_there_counts_in_a_copied_index(copied: Desk) -> None:
    sidecar = Sidecar(title="As described", text_sha256="", sha256="", bytes=0)
    write(copied.root / "tonga.txt.source.json", sidecar.model_dump_json())
    assert "As described" in [source.title for source in copied.open().sources]


def test_a_copied_index_is_told_by_the_file_system_once_it_has_been_taken_over(
    copied: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in copied.root.iterdir():
        os.utime(file, (1_700_000_000, 1_700_000_000))
    monkeypatch.setattr(file_cache, "SETTLED_NS", -(10**12))
    copied.open()
    monkeypatch.setattr(folder_reader, "read_file", pytest.fail)
    assert first_quote(copied.open()) == TONGA.splitlines()[2]


@pytest.mark.parametrize("cut", [1, 1000])
def test_a_copy_that_was_cut_short_is_made_anew_and_that_is_said(cut: int, copied: Desk) -> None:
    largest = max(copied.place.iterdir(), key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:-cut])
    assert first_quote(copied.open()) == TONGA.splitlines()[2]
    assert copied.notes == [f"The index at {copied.place} is damaged ({largest.name}): it is made anew."]


def test_signatures_that_are_damaged_or_of_another_index_are_not_believed(copied: Desk) -> None:
    signatures = (copied.place / SIGNATURES).read_bytes()
    for damaged in (signatures.replace(b"tonga", b"samoa"), signatures[:-1], b"", signatures.replace(b"true", b"null")):
        (copied.place / SIGNATURES).write_bytes(damaged)
        assert first_quote(copied.open()) == TONGA.splitlines()[2]
        assert (copied.read, copied.notes) == ([], [])
