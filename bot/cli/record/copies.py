"""`policydesk record`: the record moved between SQLite and PostgreSQL, and a copy of it for review kept in a file."""

import contextlib
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from sqlite_utils import Migrations

from bot.app import open_database
from bot.cli.options import settings_in_force
from bot.cli.output.command_table import PLAIN
from bot.cli.output.progress import waiting
from bot.cli.output.words import plural
from bot.errors import SettingsError
from bot.server_url import is_database_url
from bot.settings import read_settings
from storage.database.connection import DeskDatabase
from storage.database.migrations import MIGRATIONS
from storage.database.verdict_migrations import VERDICT_MIGRATIONS
from storage.errors import DatabaseError, UnavailableError
from storage.verdicts.book import forget_verdicts

record = typer.Typer(
    help="Move the record between SQLite and PostgreSQL, or keep a copy of it in a file.", no_args_is_help=True, **PLAIN
)
_PLACE = "A file of SQLite, or the address of a PostgreSQL database."


@record.command()
def move(
    source: Annotated[str, typer.Argument(metavar="FROM", help=_PLACE)],
    target: Annotated[str, typer.Argument(metavar="TO", help=_PLACE)],
) -> None:
    """Copy the record to another database and verify each row; a copy that was cut short goes on."""
    has_nul = not is_database_url(target)
    with _open_alone(source) as one, _open_alone(target) as other, waiting("Copying and checking"):
        written = _move(one, other, MIGRATIONS, has_nul=has_nul)
        if one.has_verdicts():
            with contextlib.closing(one.open_verdicts()) as book, contextlib.closing(other.open_verdicts()) as copy:
                written += _move(book, copy, VERDICT_MIGRATIONS, has_nul=has_nul)
    typer.echo(f"Moved and verified: {plural(written, 'row')} written.")


def _move(one: DeskDatabase, other: DeskDatabase, migrations: Migrations, *, has_nul: bool) -> int:
    """Copy a database and then once more, which finds nothing to do where the copy is as it should be."""
    from storage.database.postgres.copying import copy_record  # noqa: PLC0415 - only here

    with one.reading() as rows, other.writing() as copy:
        written = copy_record(rows, copy, migrations, has_nul=has_nul)
    other.number_on()
    with one.reading() as rows, other.writing() as copy:
        again = copy_record(rows, copy, migrations, has_nul=has_nul)
    if differing := [name for name, count in again.items() if count]:
        raise DatabaseError(f"The copy differs from what was copied in {', '.join(differing)}: try again.")
    return sum(written.values())


@record.command()
def ship(
    to: Annotated[Path, typer.Argument(metavar="TO", help="The file to make or bring up to date.")],
    every: Annotated[
        int | None, typer.Option(min=1, max=86_400, metavar="SECONDS", help="Go on, so often.", show_default=False)
    ] = None,
) -> None:
    """Keep a copy of a record on PostgreSQL in a file, to look into its tables and take it along."""
    settings = settings_in_force()
    if settings.server is None:
        raise SettingsError("The record is a file of SQLite already: `policydesk backup` copies it.")
    with contextlib.closing(open_database(settings)) as source:
        while True:
            try:
                typer.echo(f"Shipped to {to}: {plural(bring_up_to_date(to, source), 'row')} changed.")
            except UnavailableError as error:
                if every is None:
                    raise
                logging.getLogger("policydesk").warning("%s", error)
            if every is None:
                return
            time.sleep(every)


def bring_up_to_date(to: Path, source: DeskDatabase) -> int:
    """Bring a copy up to date with the record and its verdicts, each at one moment."""
    with contextlib.closing(DeskDatabase(to)) as target:
        changed = _ship(source, target, MIGRATIONS)
        if source.has_verdicts():
            with contextlib.closing(source.open_verdicts()) as book, contextlib.closing(target.open_verdicts()) as copy:
                changed += _ship(book, copy, VERDICT_MIGRATIONS)
        else:
            forget_verdicts(target)
    return changed


def _ship(source: DeskDatabase, target: DeskDatabase, migrations: Migrations) -> int:
    from storage.database.postgres.copying import copy_record  # noqa: PLC0415 - only here

    with source.reading_afresh() as rows, target.writing() as copy:
        rows.execute("begin isolation level repeatable read, read only")
        changed = sum(copy_record(rows, copy, migrations, has_nul=True).values())
    if changed:
        target.scrub()
    return changed


@contextlib.contextmanager
def _open_alone(place: str) -> Iterator[DeskDatabase]:
    """Open a database that no bot serves from meanwhile."""
    with contextlib.closing(open_database(read_settings(database=place))) as database:
        if not database.begin_serving():
            raise DatabaseError("A bot serves from the database: stop it first.")
        try:
            yield database
        finally:
            database.end_serving()
