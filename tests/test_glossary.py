"""The glossary is kept: no module, class, function or argument is named by a word of its last column."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "retrieval", "prompts", "storage")
NOT = re.compile(r"`(\w+)`")


def rejected() -> set[str]:
    rows = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    cells = [row.rstrip("| ").rpartition("|")[2] for row in rows if row.startswith("|") and row.count("|") == 4]
    return {word for cell in cells if "`" in cell for word in NOT.findall(cell)}


def names(path: Path) -> Iterator[str]:
    yield path.stem
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg


def snake(name: str) -> str:
    return "_" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_") + "_"


def test_no_name_is_a_word_that_the_glossary_rejects() -> None:
    """A word within a name counts as the name does."""
    words = rejected()
    assert {"okapi", "chunk", "waiting_room"} <= words
    found = [
        f"{path.relative_to(ROOT)}: {name} ({word})"
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        for name in sorted(set(names(path)))
        for word in words
        if f"_{word}_" in snake(name)
    ]
    assert found == []


def test_every_folder_of_the_product_says_what_it_is_for() -> None:
    """In one sentence, which a newcomer reads first."""
    folders = {path.parent for room in ROOMS for path in (ROOT / room).rglob("*.py")}
    sentences = {
        folder: ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) for folder in folders
    }
    assert [folder for folder, sentence in sentences.items() if not sentence or "\n" in sentence] == []
