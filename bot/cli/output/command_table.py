"""The commands by group, with their summaries; a command's module is loaded when the command is used."""

import gc
import importlib
import sys
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import typer
from typer.core import CompletionItem, TyperGroup  # type: ignore[attr-defined] # it is the one that typer takes


class Subcommands(TyperGroup):
    """A group of commands, whose help shows their summaries whole."""

    def format_commands(self, _context: object, formatter: Any) -> None:
        """Write a section a group of commands."""
        for title, commands in self.sections():
            with formatter.section(title):
                formatter.write_dl(commands)

    def sections(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Yield the sections of the help: a title, and the commands with their summaries."""
        yield "Commands", [(name, _summary(command)) for name, command in self.commands.items()]


def _summary(command: Any) -> str:
    return str(command.help).partition(";")[0].rstrip(".")


PLAIN: dict[str, Any] = {"cls": Subcommands, "pretty_exceptions_enable": False, "rich_markup_mode": None}
"""How groups of commands are made: to format help and errors, rich would take a tenth of a second to load."""


class CommandEntry(NamedTuple):
    """A command's module and summary; the summary is how its help begins."""

    module: str
    summary: str


COMMANDS = {
    "Ask": {
        "ask": CommandEntry("ask", "Answer one question"),
        "chat": CommandEntry("ask", "Ask one question after the other"),
        "timeline": CommandEntry("ask", "Quote the dated sentences on a topic, oldest first"),
        "compare": CommandEntry("ask", "Quote two sides or more on a topic, differences first"),
        "brief": CommandEntry("briefs.making", "Make a document of quotes on a topic, by aspect, with notes"),
    },
    "Articles": {
        "sources": CommandEntry("articles", "List the articles, and the files that could not be used"),
        "add": CommandEntry("articles", "Read a document, show what was read, and keep it as an article"),
        "remove": CommandEntry("articles", "Remove an article and the document it was read from"),
        "feed": CommandEntry("feeds.commands", "Add articles from feeds"),
        "glossary": CommandEntry("evaluation", "Propose lines for a glossary of the desk's own"),
        "index": CommandEntry("articles", "Bring the index of a large folder up to date"),
    },
    "Record": {
        "history": CommandEntry("history", "Show what was asked and answered, newest first"),
        "review": CommandEntry("review", "Review the record on web pages"),
        "verify": CommandEntry("verification", "Check every quote against its article as it is now"),
        "replay": CommandEntry("verification", "Ask again with today's articles and settings"),
        "judgments": CommandEntry("evaluation", "Make judged questions of verdicts"),
        "run": CommandEntry("ask", "Ask judged questions without logging them"),
        "evaluate": CommandEntry("evaluation", "Measure the desk on judged questions, without logging them"),
        "tune": CommandEntry("evaluation", "Learn weights from judged questions"),
    },
    "Run": {
        "demo": CommandEntry("serve", "Run the bot on a local Telegram with a chat page; needs no token"),
        "serve": CommandEntry("serve", "Run the bot on Telegram"),
        "doctor": CommandEntry("operations", "Check the installation, with a cure for every fault"),
        "inbox": CommandEntry("inbox", "Show updates that were set aside, and decide what becomes of them"),
    },
    "Administer": {
        "access": CommandEntry("access", "Show who may ask, and decide who may"),
        "watch": CommandEntry("watches.watch", "Show what is watched for, and stop it"),
        "reviewers": CommandEntry("review", "Say who may review"),
        "record": CommandEntry(
            "record.copies", "Move the record between SQLite and PostgreSQL, or keep a copy of it in a file"
        ),
        "backup": CommandEntry("operations", "Copy record and verdicts into one file"),
        "restore": CommandEntry("operations", "Put a backup in the place of record and verdicts"),
        "retain": CommandEntry("operations", "Forget what is older than so many days"),
        "config": CommandEntry("operations", "Show the settings in force"),
    },
}
"""The groups and commands in the order of the help."""
ENTRIES = {name: entry for group in COMMANDS.values() for name, entry in group.items()}


class LoadedCommands(Mapping[str, Any]):
    """The commands by name, each loaded when looked up."""

    def __getitem__(self, name: str) -> Any:
        module = f"bot.cli.{ENTRIES[name].module}"
        is_new = module not in sys.modules
        found = getattr(importlib.import_module(module), name)
        if is_new:
            gc.freeze()  # nothing of what was loaded is ever garbage
        gc.enable()
        if isinstance(found, typer.Typer):
            command: Any = typer.main.get_group(found)
            command.name = name
            return command
        alone = typer.Typer(add_completion=False, **PLAIN)
        alone.command(name)(found)
        return typer.main.get_command(alone)

    def __iter__(self) -> Iterator[str]:
        return iter(ENTRIES)

    def __len__(self) -> int:
        return len(ENTRIES)


class Program(Subcommands):
    """All commands: help and completion are made of the table, without loading one."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = LoadedCommands()  # type: ignore[assignment] # nothing is added

    def sections(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Yield the groups of the table."""
        for group, commands in COMMANDS.items():
            yield group, [(name, entry.summary) for name, entry in commands.items()]

    def shell_complete(self, ctx: typer.Context, incomplete: str) -> list[CompletionItem]:  # type: ignore[override]
        """Complete the name of a command, or of an option of the program."""
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        return [
            CompletionItem(name, help=entry.summary) for name, entry in ENTRIES.items() if name.startswith(incomplete)
        ]
