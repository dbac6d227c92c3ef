"""`policydesk doctor`, `backup`, `restore`, `retain` and `config`: running a desk from the shell."""

import contextlib
import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from bot.app import open_database
from bot.cli.options import CHECK_FAILED, AsJson, settings_in_force
from bot.cli.output.progress import waiting
from bot.cli.output.words import plural
from bot.settings import MOST_DAYS
from prompts.markup import clean
from storage.database.inspection import Inspection
from storage.errors import DatabaseError


def doctor() -> None:
    """Check the installation, with a cure for every fault; exit code 1 if there is a fault."""
    from bot.operations.doctor import CheckLevel, examine  # noqa: PLC0415 - only here

    settings = settings_in_force()
    is_well = True
    for finding in examine(settings):
        typer.echo(clean(f"{finding.level:<8} {finding.subject:<12} {finding.words}"))
        is_well &= finding.level is not CheckLevel.WRONG
    raise SystemExit(0 if is_well else CHECK_FAILED)


def backup(
    to: Annotated[Path, typer.Argument(metavar="TO", help="The file to make.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a backup that is there.")] = False,
) -> None:
    """Copy record and verdicts into one file, also while the bot works, and verify the copy."""
    from storage.database.backups import back_up  # noqa: PLC0415 - only here

    settings = settings_in_force()
    with waiting("Copying and checking"):
        found = back_up(settings.database, to, force=force)
    typer.echo(f"Backed up to {to} and verified: {_summary(found)}.")


def restore(source: Annotated[Path, typer.Argument(metavar="FROM", help="A backup.")]) -> None:
    """Put a backup in the place of record and verdicts, which are kept beside; the bot must be stopped."""
    from storage.database.backups import restore as put_back  # noqa: PLC0415 - only here
    from storage.record.people import PeopleRecord, forgotten_in  # noqa: PLC0415

    settings = settings_in_force()
    with waiting("Checking and copying"):
        restored = put_back(source, settings.database, dt.datetime.now(dt.UTC))
    typer.echo(f"Restored to {settings.database} and verified: {_summary(restored.inspection)}.")
    if kept := [str(path) for path in (restored.replaced, restored.replaced_verdicts) if path]:
        typer.echo(f"What was there is kept as {' and '.join(kept)}; delete it when you do not need it any more.")
    if restored.replaced is None:
        return
    try:
        forgotten = forgotten_in(restored.replaced)
    except DatabaseError as error:
        typer.echo(f"Whoever was forgotten since the backup may be in it again, for what was there is damaged: {error}")
        return
    with contextlib.closing(open_database(settings)) as database:
        count = PeopleRecord(database).forget_again(forgotten)
    typer.echo(f"Forgotten again: {plural(count, 'question')} forgotten since the backup.")


def retain(
    days: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_DAYS, help="Age in days; POLICYDESK_KEEP_DAYS if not given.", show_default=False),
    ] = None,
) -> None:
    """Forget what is older than so many days, as the running bot does every hour."""
    from bot.operations.retention import Retention  # noqa: PLC0415 - only here
    from storage.chats.upload_drafts import DraftBook  # noqa: PLC0415
    from storage.delivery.inbox import Inbox  # noqa: PLC0415
    from storage.record.people import PeopleRecord  # noqa: PLC0415

    settings = settings_in_force(keep_days=days)
    with contextlib.closing(open_database(settings)) as database:
        swept = Retention(PeopleRecord(database), DraftBook(database), Inbox(database), settings.keep_days).once()
    if settings.keep_days is None:
        typer.echo("Questions are kept for ever: POLICYDESK_KEEP_DAYS is 'never'. Name an age with --days.")
    else:
        typer.echo(f"Forgotten: {plural(swept.questions, 'question')} older than {settings.keep_days} days.")
    typer.echo(f"Removed: {plural(swept.drafts, 'document')} that nobody decided on.")


def config(as_json: AsJson = False) -> None:
    """Show the settings in force; secrets are masked."""
    from bot.cli.output.tables import settings_json, settings_table  # noqa: PLC0415

    settings = settings_in_force()
    typer.echo(settings_json(settings)) if as_json else settings_table(settings)


def _summary(inspection: Inspection) -> str:
    parties = inspection.count("parties")
    people = "1 person or group" if parties == 1 else f"{parties:,} people and groups"
    judged = [plural(inspection.count("verdicts"), "verdict")] if "verdicts" in dict(inspection.counts) else []
    return ", ".join([plural(inspection.count("exchanges"), "exchange"), people, *judged])
