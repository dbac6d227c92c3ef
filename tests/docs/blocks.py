"""Blocks of a document that are made, each between two comments which name it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def block(document: Path, name: str) -> str:
    """The block of that name as it stands in a document."""
    return _split(document, name)[1]


def write_block(document: Path, name: str, text: str) -> None:
    """Put a block in the place of the one that stands in a document."""
    before, _, after = _split(document, name)
    document.write_text(before + text + after, encoding="utf-8")


def _split(document: Path, name: str) -> tuple[str, str, str]:
    text = document.read_text(encoding="utf-8")
    begin, end = re.search(rf"<!-- {name}: [^\n]*-->\n", text), f"<!-- end of {name} -->"
    assert begin is not None, f"{document} has no block {name}"
    inner, _, after = text[begin.end() :].partition(end)
    return text[: begin.end()], inner, end + after
