"""`policydesk access`: the list of people and groups who may ask, shown and decided on."""

import contextlib
from collections.abc import Iterator
from typing import Annotated

import typer

from bot.access.decisions import Decisions
from bot.app import open_access, open_database
from bot.cli.options import AsJson, settings_in_force
from bot.cli.output.command_table import PLAIN
from prompts.markup import clean
from storage.access.models import Party, Role

access = typer.Typer(help="Show who may ask, and decide who may.", no_args_is_help=True, **PLAIN)
PartyName = Annotated[str, typer.Argument(metavar="WHO", help="A code, a user id or a group's chat id.")]
_IDS_MAY_BE_NEGATIVE = {"ignore_unknown_options": True}


@contextlib.contextmanager
def _decisions() -> Iterator[Decisions]:
    settings = settings_in_force()
    with contextlib.closing(open_database(settings)) as database:
        yield Decisions(open_access(settings, database).book, settings.owners)


def _report(party: Party) -> None:
    role = f", {party.role.value}" if party.is_let_in else ""
    typer.echo(clean(f"{party.standing.value.capitalize()}: {party.name or 'unseen so far'} ({party.id}){role}."))


@access.command("list")
def show(as_json: AsJson = False) -> None:
    """List who asked to be let in and how it was decided; those who wait come first."""
    from bot.cli.output.tables import parties_json, parties_table  # noqa: PLC0415 - only here

    settings = settings_in_force()
    with contextlib.closing(open_database(settings, only_read=True)) as database:
        parties = open_access(settings, database).book.parties()
    typer.echo(parties_json(parties)) if as_json else parties_table(parties, settings.owners)


@access.command(context_settings=_IDS_MAY_BE_NEGATIVE)
def approve(
    party: PartyName, role: Annotated[Role, typer.Option(help="What they may do: asker or curator.")] = Role.ASKER
) -> None:
    """Let a person or a group in; again with another role to change it."""
    with _decisions() as decisions:
        _report(decisions.approve(party, role))


@access.command(context_settings=_IDS_MAY_BE_NEGATIVE)
def deny(party: PartyName) -> None:
    """Turn a person or a group away; the owners are not asked about them again."""
    with _decisions() as decisions:
        _report(decisions.deny(party))


@access.command(context_settings=_IDS_MAY_BE_NEGATIVE)
def revoke(party: PartyName) -> None:
    """Take back what a person or a group was given."""
    with _decisions() as decisions:
        _report(decisions.revoke(party))
