"""README says what is so: its conversation is real, and no command, option or setting is missing from it."""

import re
from collections.abc import Iterator
from typing import Any

import typer

from bot.cli.main import app
from bot.settings import PREFIX, Settings
from tests.support.readme import BLOCK, README, exchange

TEXT = README.read_text(encoding="utf-8")
REFERENCE = (README.parent / "docs" / "reference.md").read_text(encoding="utf-8")


def test_the_conversation_on_the_first_screen_is_what_the_desk_says() -> None:
    shown = BLOCK.search(TEXT)
    assert shown is not None
    assert shown.group() == exchange()
    assert len(shown.group().splitlines()) == 5


def commands_of(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """The commands of a group and of the groups in it, by what is typed."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_of(command, f"{before}{name} ")
        else:
            yield before + name, command


def test_every_command_and_each_of_its_options_is_described() -> None:
    for name, command in commands_of(typer.main.get_command(app)):
        row = re.search(rf"^\| `policydesk {name}\b[^|]*", REFERENCE, re.MULTILINE)
        assert row is not None, name
        options = [option for parameter in command.params for option in parameter.opts if option.startswith("-")]
        assert [option for option in options if option != "--help" and option not in row.group()] == [], name


def test_every_setting_is_described() -> None:
    assert [name for name in Settings.model_fields if f"| `{PREFIX}{name.upper()}` |" not in REFERENCE] == []


def test_the_two_commands_come_first() -> None:
    commands = re.findall(r"^make (\w+)", TEXT, re.MULTILINE)
    assert commands[:2] == ["demo", "test"]


def test_the_first_page_is_short_and_shows_a_picture() -> None:
    """What a newcomer needs; all else stands in docs."""
    lines = TEXT.splitlines()
    assert len(lines) <= 150
    assert any("![" in line for line in lines[:20])


def test_every_document_is_named_on_the_first_page() -> None:
    named = {path.name for path in (README.parent / "docs").glob("*.md") if f"docs/{path.name}" not in TEXT}
    assert named == set()
