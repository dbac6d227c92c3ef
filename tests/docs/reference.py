"""The reference of commands and settings in docs/reference.md."""

import re
from collections.abc import Iterator
from typing import Any

import typer

from bot.cli.main import app
from bot.cli.output.command_table import COMMANDS
from bot.settings import PREFIX, Settings
from tests.docs.blocks import ROOT

REFERENCE = ROOT / "docs" / "reference.md"
ANY_NUMBER, ESCAPED = re.compile(r" \[-?\d{19}<=x.*?\]|; 1<=x<=\d{19}"), "\\|"
DEFAULTS = {
    "articles": "the five shipped",
    "database": "`policydesk.db` in the user's data folder",
    "weights": "beside the database",
    "index": "beside the database",
    "sure": "0.55, or the threshold if higher",
    "searchers": "one a processor, up to 4; 0 on one",
    "telegram_url": "Telegram's own",
    "webhook_secret": "made of the token",
    "reviewers": "`.reviewers.json` beside the database",
}
"""Words for defaults that depend on something."""


def commands_of(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """The commands of a group and of the groups in it, by what is typed."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            if command.invoke_without_command:
                yield before + name, command
            yield from commands_of(command, f"{before}{name} ")
        else:
            yield before + name, command


def command_reference() -> str:
    """Every command with its arguments and options, in the groups of the help."""
    program: Any = typer.main.get_command(app)
    parts = []
    for title, names in COMMANDS.items():
        parts.append(f"\n### {title}\n")
        parts += [_described(*each) for each in commands_of(program) if each[0].split()[0] in names]
    return "\n".join(parts) + "\n"


def _described(name: str, command: Any) -> str:
    context = typer.Context(command, info_name=name)
    rows = [_row(parameter, context) for parameter in command.params]
    table = ["", "| | |", "|---|---|", *rows] if rows else []
    arguments = [parameter.metavar for parameter in command.params if parameter.param_type_name == "argument"]
    return "\n".join([f"#### `{' '.join(['policydesk', name, *arguments])}`", "", command.help, *table, ""])


def _row(parameter: Any, context: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"| `{parameter.metavar}` | {parameter.help or ''} |"
    names, words = parameter.get_help_record(context)
    words = ANY_NUMBER.sub("", " ".join(words.split())).replace("[default: (", "[default: ").replace(")]", "]")
    return f"| `{names.replace('|', ESCAPED)}` | {words} |"


def setting_reference() -> str:
    """Every setting with its default and meaning, as a table."""
    rows = [f"| `{PREFIX}{name.upper()}` | {_default(name)} | {field.description} |" for name, field in _settings()]
    return "\n".join(["", "| setting | default | meaning |", "|---|---|---|", *rows, "", ""])


def _settings() -> Iterator[tuple[str, Any]]:
    yield from Settings.model_fields.items()


def _default(name: str) -> str:
    default = Settings.model_fields[name].default
    if name in DEFAULTS:
        return DEFAULTS[name]
    if default is None or default == ():
        return "none"
    return str(default).lower() if isinstance(default, bool) else str(default)
