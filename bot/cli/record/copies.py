"""`policydesk record`: the record moved between SQLite and PostgreSQL, and a copy of it for review kept in a file."""

import contextlib
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bot.app import open_database
from bot.cli.options import settings_in_force
from bot.cli.output.command_table import PLAIN
from bot.cli.output.progress import waiting
from bot.cli.output.words import plural
from bot.errors import SettingsError
from bot.settings import SERVER_SCHEMES, read_settings
from storage.database.connection import DeskDatabase
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
    from storage.database.postgres.copying import copy_record  # noqa: PLC0415 - only here

    with _open_alone(source) as one, _open_alone(target) as other, waiting("Copying and checking"):
        has_nul = not target.startswith(SERVER_SCHEMES)
        with one.reading() as rows, other.writing() as copy:
            changed = copy_record(rows, copy, has_nul=has_nul)
        other.number_on()
        with one.reading() as rows, other.writing() as copy:
            differing = {name: count for name, count in copy_record(rows, copy, has_nul=has_nul).items() if count}
    if differing:
        raise DatabaseError(f"The copy differs from what was copied in {', '.join(differing)}: try again.")
    typer.echo(f"Moved and verified: {plural(sum(changed.values()), 'row')} written. Verdicts stay where they are.")


@record.command()
def ship(
    to: Annotated[Path, typer.Argument(metavar="TO", help="The file to make or bring up to date.")],
    every: Annotated[
        int | None, typer.Option(min=1, max=86_400, metavar="SECONDS", help="Go on, so often.", show_default=False)
    ] = None,
) -> None:
    """Keep a copy of a record on PostgreSQL in a file, for review, verify, replay and exports."""
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
    """Bring a copy up to date with the record at one moment; verdicts on forgotten exchanges go too."""
    from storage.database.postgres.copying import copy_record  # noqa: PLC0415 - only here

    with contextlib.closing(DeskDatabase(to)) as target:
        with source.reading_afresh() as rows, target.writing() as copy:
            rows.execute("begin isolation level repeatable read, read only")
            changed = sum(copy_record(rows, copy, has_nul=True).values())
        if changed:
            target.scrub()
            forget_verdicts(target)
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
