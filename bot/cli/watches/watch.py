"""`policydesk watch`: the standing questions of all people and groups, shown and stopped."""

import contextlib
from collections.abc import Iterator
from typing import Annotated

import typer

from bot.app import open_database
from bot.cli.options import AsJson, settings_in_force
from bot.cli.output.command_table import PLAIN
from bot.errors import WatchError
from storage.watches.book import WatchBook

watch = typer.Typer(help="Show what is watched for, and stop it.", no_args_is_help=True, **PLAIN)
Number = Annotated[
    int, typer.Argument(metavar="NUMBER", min=1, max=2**63 - 1, help="The watch's number, as `watch list` shows it.")
]


@contextlib.contextmanager
def _book(*, only_read: bool = False) -> Iterator[WatchBook]:
    with contextlib.closing(open_database(settings_in_force(), only_read=only_read)) as database:
        yield WatchBook(database)


@watch.command("list")
def show(as_json: AsJson = False) -> None:
    """List what is watched for: by whom, where, when it is told, and how much waits to be told."""
    from bot.cli.watches.watch_table import watches_json, watches_table  # noqa: PLC0415 - only here

    with _book(only_read=True) as book:
        watches, waiting = book.all(), book.counts_waiting()
    typer.echo(watches_json(watches, waiting)) if as_json else watches_table(watches, waiting)


@watch.command()
def stop(number: Number) -> None:
    """Stop a watch; a running bot tells no more of it. Nobody is told so."""
    with _book() as book:
        if not book.stop(number):
            raise WatchError(f"Nothing numbered {number} is watched for: see `policydesk watch list`.")
    typer.echo(f"Stopped: {number}.")
