"""An answer whose source has changed since, or is gone, is marked so wherever it is shown again."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import Office
from tests.support.desk import CLI, policydesk, write
from tests.support.ships import TONGA

ASKED = "How many patrol ships did Japan hand to Tonga?"
Open = Callable[..., Office]
Folder = Callable[..., Path]


@pytest.fixture
def root(folder: Folder, office_of: Open) -> Path:
    """A folder from which a question was answered."""
    articles = folder(tonga=TONGA, other="Other news\n\nThe council of Samoa met in Apia on Friday.\n")
    assert office_of(articles).desk.ask(ASKED, CLI).answer.citations[0].file == "tonga.txt"
    return articles


def freshness(root: Path) -> list[str | None]:
    """What `policydesk history` says of the sources of the only answer."""
    (exchange,) = json.loads(policydesk("history", "--json", "--articles", root).stdout)
    return [citation["freshness"] for citation in exchange["citations"]]


def shown(root: Path) -> str:
    return policydesk("history", "--articles", root).stdout


def test_a_source_that_is_what_it_was_is_not_marked(root: Path) -> None:
    write(root / "another", TONGA.replace("Tonga", "Niue"))
    assert freshness(root) == ["current"]
    assert "since" not in shown(root)


def test_a_source_that_changed_since_is_marked(root: Path) -> None:
    write(root / "tonga", TONGA + "\nMore news follows.\n")
    assert freshness(root) == ["changed"]
    assert "tonga.txt:3 (changed since)" in shown(root)


def test_a_source_that_is_gone_is_marked(root: Path) -> None:
    (root / "tonga.txt").unlink()
    assert freshness(root) == ["gone"]
    assert "tonga.txt:3 (gone since)" in shown(root)


def test_a_source_that_was_only_renamed_is_current(root: Path) -> None:
    (root / "pacific").mkdir()
    (root / "tonga.txt").rename(root / "pacific" / "tonga.txt")
    assert freshness(root) == ["current"]


def test_a_source_that_is_what_it_was_again_is_current_again(root: Path) -> None:
    write(root / "tonga", "Something else\n\nNothing of it is left.\n")
    write(root / "tonga", TONGA)
    assert freshness(root) == ["current"]


def test_the_record_can_be_read_where_the_articles_cannot(root: Path) -> None:
    done = policydesk("history", "--articles", root / "missing")
    assert done.returncode == 0
    assert "tonga.txt:3" in done.stdout
    assert "It is not known which sources have changed. No folder of articles at" in done.stderr
