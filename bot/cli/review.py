"""`policydesk review` and `reviewers`: the record on web pages, and the accounts of reviewers."""

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import demo_settings, settings_in_force
from bot.cli.output.command_table import PLAIN
from storage.verdicts.reviewers import (
    ReviewRole,
    add_reviewer,
    normalize_name,
    read_reviewers,
    remove_reviewer,
    reviewers_beside,
)

reviewers = typer.Typer(help="Say who may review.", no_args_is_help=True, **PLAIN)
Name = Annotated[str, typer.Argument(metavar="NAME", help="What they sign in as.")]


def review(
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port of the pages.")] = 8001,
    host: Annotated[str, typer.Option(help="Address to bind to; others than loopback can be reached by others.")] = (
        "127.0.0.1"
    ),
    of_demo: Annotated[bool, typer.Option("--demo", help="Show the record of `policydesk demo`.")] = False,
    name: Annotated[str | None, typer.Option(help="Whom the link signs in.", show_default="your user name")] = None,
) -> None:
    """Review the record on web pages; prints a link that signs you in once."""
    from bot.review.server import serve_review  # noqa: PLC0415 - the other commands start faster without it

    serve_review(
        demo_settings() if of_demo else settings_in_force(),
        host,
        port,
        normalize_name(name or getpass.getuser()),
        typer.echo,
    )


@reviewers.command("list")
def show() -> None:
    """List who may sign in with a password."""
    for reviewer in read_reviewers(_file()):
        typer.echo(f"{reviewer.name} ({reviewer.role})")


@reviewers.command()
def add(
    name: Name,
    role: Annotated[ReviewRole, typer.Option(help="Reviewers judge; owners also see the tables.")] = (
        ReviewRole.REVIEWER
    ),
) -> None:
    """Let somebody sign in; asks for the password, or takes a line of input. Again to change role and password."""
    reviewer = add_reviewer(_file(), name, role, _password())
    typer.echo(f"{reviewer.name} may sign in ({reviewer.role}) once `policydesk review` is started again.")


@reviewers.command()
def remove(name: Name) -> None:
    """Let somebody sign in no more; holds once `policydesk review` is started again."""
    remove_reviewer(_file(), name)
    typer.echo(f"Removed: {name}")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _file() -> Path:
    settings = settings_in_force()
    return settings.reviewers or reviewers_beside(settings.database)
