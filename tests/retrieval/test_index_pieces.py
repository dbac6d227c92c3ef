"""An index is built in pieces and merged on disk, with little memory, and copied from machine to machine."""

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from retrieval.articles_folder import ArticlesFolder
from retrieval.bm25.choice import ScorerName
from retrieval.errors import ArticlesError
from retrieval.index.analysis import analyse
from retrieval.index.segment import build_segment
from retrieval.indexer import column_files, folder_indexer, incremental, parallel_reading, piece_merge
from retrieval.indexer.index_files import IndexOrigin, open_index
from retrieval.indexer.location import IndexLocation
from retrieval.indexer.snapshot import BaseSegment, build_base_segment
from retrieval.models import Article
from retrieval.reading.articles import MAX_BYTES, read_folder
from retrieval.text.term_dictionary import TermDictionary
from tests.edited_folder import Edited
from tests.retrieval.test_folder_indexer import ASKED, FIJI, TONGA, Desk, Folder, first_quote
from tests.support.desk import policydesk, write


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
    chance, place = random.Random(seed), tmp_path / "index"
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
        ArticlesFolder(edited.root, engine=ScorerName.MAX_SCORE, keeping=location).open(whole=True)
        articles, _ = read_folder(edited.root)
        one_go = build_base_segment(build_segment([analyse(article) for article in articles]), ScorerName.MAX_SCORE)
        kept = open_index(place, IndexOrigin.of(MAX_BYTES)).base
        assert differences(kept, one_go) == []
        assert kept.segment.entries == one_go.segment.entries
        for _ in range(chance.randint(1, 5)):
            edited.edit()
