"""Files that somebody sends to break the desk: each gets a clear line, costs little, and leaves nothing behind."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from retrieval.reading.articles import read_folder
from tests.support.hostile_files import HOSTILE, READS, SAMPLE, Hostile

MEMORY = 400_000_000
ROOT = Path(__file__).parents[3]


class Sent(NamedTuple):
    """What came of sending every file: what was said, how much memory it took, and where what could be read is."""

    said: Mapping[str, str]
    peak: int
    folder: Path
    scratch: Path


def step(config: pytest.Config) -> int:
    return 1 if config.getoption("--all-hostile") else SAMPLE


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test for each of the files that are sent."""
    if "hostile" in metafunc.fixturenames:
        metafunc.parametrize("hostile", HOSTILE[:: step(metafunc.config)], ids=lambda hostile: hostile.name)


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Sent:
    """The files sent, by two processes, one after the other within each."""
    every = step(pytestconfig)
    folder, scratch = tmp_path_factory.mktemp("articles"), tmp_path_factory.mktemp("scratch")
    command = [sys.executable, "-m", "tests.support.hostile_files", str(folder)]
    environment = {**os.environ, "TMPDIR": str(scratch)}
    with ExitStack() as stack:
        passes = [
            stack.enter_context(
                subprocess.Popen([*command, first, str(2 * every)], stdout=subprocess.PIPE, cwd=ROOT, env=environment)
            )
            for first in ("0", str(every))
        ]
        reports = [json.loads(each.communicate()[0]) for each in passes]
    said = {name: said for report in reports for name, said in report["said"].items()}
    return Sent(said, max(report["peak"] for report in reports), folder, scratch)


def test_there_are_at_least_a_hundred() -> None:
    assert len({hostile.name for hostile in HOSTILE}) == len(HOSTILE) >= 100


def test_each_is_refused_in_one_clear_line_or_read_like_any_other(sent: Sent, hostile: Hostile) -> None:
    said = sent.said[hostile.name]
    if hostile.said == READS:
        assert said == ""
        return
    assert re.search(hostile.said, said)
    if said:
        assert re.fullmatch(r"\S+ cannot be added: [^;]+; [^;]+\.", said)
        assert said.isprintable()


def test_memory_stays_under_400_mb(sent: Sent) -> None:
    assert sent.peak < MEMORY


def test_what_was_refused_left_nothing_behind(sent: Sent) -> None:
    read = {name for name, said in sent.said.items() if not said}
    landed = {path.name.removesuffix(".source.json").removesuffix(".txt") for path in sent.folder.iterdir()}
    assert landed == {name.removesuffix(".txt") for name in read}
    assert list(sent.scratch.iterdir()) == []


def test_what_was_read_is_an_article_without_anything_that_commands_or_hides(sent: Sent) -> None:
    articles, skipped = read_folder(sent.folder)
    assert skipped == []
    assert len(articles) == sum(not said for said in sent.said.values())
    for article in articles:
        assert article.title.isprintable()
        if article.original:
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]", article.text)
