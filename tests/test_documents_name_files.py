"""Every path, module and section that a document names exists, and decisions keep their form."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = "bot|retrieval|prompts|storage|tests|docs|seeds"
DECISIONS = sorted(ROOT.glob("docs/decisions/*.md"))
DOCUMENTS = [ROOT / name for name in ("README.md", "SECURITY.md", "CHANGELOG.md", "DECISIONS.md")]
DOCUMENTS += sorted(ROOT.glob("docs/**/*.md"))

TOP = r"[A-Z]{4,}\.md|pyproject\.toml|requirements[\w-]*\.txt"
PATH = re.compile(rf"(?<![\w/.:-])(?:(?:{ROOMS})/[\w./*-]*[\w/*]|(?:{TOP})\b)")
"""A path from the root on, in backticks or not; `*` stands for anything."""
FILE = re.compile(r"`(?:[^`\s]*/)?(\w+\.(?:py|js))\b[^`]*`")
"""A module or script in backticks, wherever it stands."""
MODULE = re.compile(rf"(?<![\w/.-])(?:{ROOMS})(?:\.[a-z_]+)+\b(?!\.)")
"""A module as Python names it, as in `python -m tests.fuzz`."""
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")
"""A link within the repository: where to, and to which section."""


def newest(changelog: str) -> str:
    """Return the newest section of a changelog; older ones name the files of their time."""
    return "\n## ".join(changelog.split("\n## ")[:2])


def text_of(document: Path) -> str:
    """Return the text of a document whose names must be right today."""
    text = document.read_text(encoding="utf-8")
    return newest(text) if document.name == "CHANGELOG.md" else text


@cache
def file_names() -> frozenset[str]:
    """Return the name of every Python module and page script."""
    rooms = [room for room in ROOMS.split("|") if room not in ("docs", "seeds")]
    found = [path for room in rooms for path in (ROOT / room).rglob("*.*")]
    return frozenset(path.name for path in [*found, *ROOT.glob("*.py")] if path.suffix in (".py", ".js"))


@cache
def sections(document: Path) -> frozenset[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)


def missing(document: Path) -> Iterator[str]:
    """Yield each name in a document that leads nowhere."""
    text = text_of(document)
    for path in PATH.findall(text):
        if not any(ROOT.glob(path.rstrip("/"))):
            yield path
    for name in FILE.findall(text):
        if name not in file_names():
            yield name
    for module in MODULE.findall(text):
        place = ROOT / module.replace(".", "/")
        if not place.is_dir() and not place.with_suffix(".py").is_file():
            yield module
    for target, section in LINK.findall(text):
        linked = (document.parent / target).resolve() if target else document
        if not linked.exists() or (section and section not in sections(linked)):
            yield f"{target}#{section}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_every_path_that_a_document_names_exists(document: Path) -> None:
    assert sorted(set(missing(document))) == []


def test_a_name_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text(
        "# A page\nSee `bot/gone.py`, `gone.py`, docs/gone.md, `python -m tests.gone`, [one](gone.md), [two](#gone).\n"
        "Also `bot/desk*`, docs/quality.md, `python -m tests.fuzz` and [itself](page.md#a-page).",
        encoding="utf-8",
    )
    assert list(missing(document)) == [
        "bot/gone.py",
        "docs/gone.md",
        "gone.py",
        "gone.py",
        "tests.gone",
        "gone.md#",
        "#gone",
    ]


@pytest.mark.parametrize("document", DECISIONS, ids=lambda document: document.stem)
def test_a_decision_has_a_date_and_at_most_eight_lines(document: Path) -> None:
    entries = re.split(r"^### ", document.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    bodies = {entry.splitlines()[0]: re.split(r"\n## ", entry)[0].strip().splitlines()[1:] for entry in entries}
    assert [title for title in bodies if not re.match(r"\d{4}-\d\d-\d\d · \S", title)] == []
    assert [title for title, body in bodies.items() if not 1 <= len(body) <= 8] == []


def test_every_file_of_decisions_is_listed() -> None:
    index = (ROOT / "DECISIONS.md").read_text(encoding="utf-8")
    assert len(index.splitlines()) <= 25
    assert [path.name for path in DECISIONS if f"docs/decisions/{path.name}" not in index] == []
