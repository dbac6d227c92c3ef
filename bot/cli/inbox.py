"""`policydesk inbox`: updates set aside after they failed."""

import contextlib
from collections.abc import Iterator
from typing import Annotated

import typer

from bot.app import open_database
from bot.cli.options import settings_in_force
from bot.cli.output.command_table import PLAIN
from bot.errors import InboxError
from storage.delivery.inbox import Inbox

inbox = typer.Typer(
    help="Show updates that were set aside, and decide what becomes of them.",
    no_args_is_help=True,
    **PLAIN,
)
Number = Annotated[
    int,
    typer.Argument(
        metavar="NUMBER", min=-(2**63), max=2**63 - 1, help="The update's number, as `inbox list` shows it."
    ),
]

_NUMBERS_MAY_BE_NEGATIVE = {"ignore_unknown_options": True}
"""Those of the desk's own updates are."""


@contextlib.contextmanager
def _inbox(*, only_read: bool = False) -> Iterator[Inbox]:
    with contextlib.closing(open_database(settings_in_force(), only_read=only_read)) as database:
        yield Inbox(database)


@inbox.command("list")
def show(as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with what was sent.")] = False) -> None:
    """List the updates that were set aside, oldest first, and how many wait."""
    from bot.cli.output.tables import inbox_json, inbox_table  # noqa: PLC0415 - only here

    with _inbox(only_read=True) as updates:
        entries, backlog = updates.list_set_aside(), updates.backlog()
    typer.echo(inbox_json(entries, backlog)) if as_json else inbox_table(entries, backlog)


@inbox.command(context_settings=_NUMBERS_MAY_BE_NEGATIVE)
def retry(number: Number) -> None:
    """Have an update worked off again; a running bot does so within seconds."""
    with _inbox() as updates:
        _check_found(updates.retry(number), number)
    typer.echo(f"Waits to be worked off: {number}.")


@inbox.command(context_settings=_NUMBERS_MAY_BE_NEGATIVE)
def drop(number: Number) -> None:
    """Give an update up; what was sent is deleted."""
    with _inbox() as updates:
        _check_found(updates.drop(number), number)
    typer.echo(f"Given up: {number}.")


def _check_found(is_found: bool, number: int) -> None:
    if not is_found:
        raise InboxError(f"Nothing numbered {number} was set aside: see `policydesk inbox list`.")
