"""README says what is so: its conversation is real, and no command, option or setting is missing from it."""

import re

from tests.docs.blocks import block
from tests.docs.readme import README, exchange
from tests.docs.reference import REFERENCE, command_reference, setting_reference

TEXT = README.read_text(encoding="utf-8")


def test_the_conversation_on_the_first_screen_is_what_the_desk_says() -> None:
    shown = block(README, "exchange")
    assert shown == exchange()
    assert len(shown.splitlines()) == 2 + 5


def test_every_command_option_and_setting_is_described_as_it_is() -> None:
    """The reference is made from them: `make docs`."""
    assert block(REFERENCE, "commands") == command_reference()
    assert block(REFERENCE, "settings") == setting_reference()


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
