"""Templates are compiled once, not at each start; whatever became of what is kept, the words are the template's."""

import sys
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader

from prompts.template_cache import TemplateCache


class Compiling(Environment):
    """Counts what it compiles."""

    compiled = 0

    def compile(self, *given: Any, **named: Any) -> Any:
        self.compiled += 1
        return super().compile(*given, **named)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "hello.j2").write_text("Hello {{ name }}")
    (tmp_path / "catalogue.mo").write_bytes(b"1")
    return tmp_path


def start(folder: Path, language: str = "en") -> tuple[str, int]:
    """The words of the template after a start, and how many templates were compiled for them."""
    cache = TemplateCache(folder, language, [folder / "catalogue.mo"])
    environment = Compiling(loader=FileSystemLoader(folder), bytecode_cache=cache)
    return environment.get_template("hello.j2").render(name="you"), environment.compiled


def test_a_template_is_compiled_at_the_first_start_only_and_for_each_language(folder: Path) -> None:
    assert [start(folder), start(folder), start(folder, "ja")] == [("Hello you", 1), ("Hello you", 0), ("Hello you", 1)]


def test_it_is_compiled_again_when_it_or_a_translation_changes(folder: Path) -> None:
    start(folder)
    (folder / "hello.j2").write_text("Good evening {{ name }}")
    assert start(folder) == ("Good evening you", 1)
    (folder / "catalogue.mo").write_bytes(b"12")
    assert start(folder) == ("Good evening you", 1)


def test_what_is_damaged_or_cannot_be_kept_is_compiled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start(folder)
    (kept,) = (folder / "__pycache__").iterdir()
    kept.write_bytes(kept.read_bytes()[:40])
    assert [start(folder), start(folder)] == [("Hello you", 1), ("Hello you", 0)]
    kept.unlink()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert [start(folder), start(folder)] == [("Hello you", 1)] * 2
    (folder / "__pycache__").rmdir()
    (folder / "__pycache__").touch()  # no folder
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert [start(folder), start(folder)] == [("Hello you", 1)] * 2
