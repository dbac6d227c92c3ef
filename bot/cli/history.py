"""`policydesk history`: what was asked and answered, looked through, told in full and written out."""

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.app import open_database, open_folder
from bot.cli.options import settings_in_force
from bot.cli.output.date_options import first_moment, last_moment
from bot.record.export import ExportFormat
from bot.settings import Settings
from retrieval.errors import ArticlesError
from retrieval.library import Library
from retrieval.reading.articles import scan_folder
from storage.database.connection import DeskDatabase
from storage.record.exchanges import ExchangeLog
from storage.record.selection import OpinionFilter, Selection
from storage.record.source_status import CitedArticles
from storage.verdicts.models import Ruling, Verdict


class OutcomeOption(StrEnum):
    """How an exchange ended."""

    ANSWERED = "answered"
    ABSTAINED = "abstained"


class JudgmentOption(StrEnum):
    """What reviewers say of an exchange: one of their rulings, nothing yet, or one this and another that."""

    RIGHT = Ruling.RIGHT.value
    PARTLY = Ruling.PARTLY.value
    WRONG = Ruling.WRONG.value
    SHOULD_HAVE_ANSWERED = Ruling.SHOULD_HAVE_ANSWERED.value
    SHOULD_HAVE_ABSTAINED = Ruling.SHOULD_HAVE_ABSTAINED.value
    NONE = "none"
    DISPUTED = "disputed"


_ID: dict[str, Any] = {"min": -(2**63), "max": 2**63 - 1}
_DATE: dict[str, Any] = {"metavar": "DATE", "show_default": False}
history = typer.Typer(invoke_without_command=True, pretty_exceptions_enable=False)
Chat = Annotated[int | None, typer.Option("--chat", metavar="ID", help="Asked in this chat.", **_ID)]
Person = Annotated[int | None, typer.Option("--person", metavar="ID", help="Asked by this user.", **_ID)]
Ended = Annotated[OutcomeOption | None, typer.Option("--outcome", help="How it ended.")]
Said = Annotated[JudgmentOption | None, typer.Option("--verdict", help="What reviewers say of it.")]
Liked = Annotated[OpinionFilter | None, typer.Option("--feedback", help="Some thumb up or down, or none.")]
Since = Annotated[
    dt.datetime | None, typer.Option(parser=first_moment, help="Asked on this day (month, year) or later.", **_DATE)
]
Until = Annotated[
    dt.datetime | None, typer.Option(parser=last_moment, help="Asked on this day (month, year) or before.", **_DATE)
]
Search = Annotated[
    str | None, typer.Option(help='Words in question or reply; OR, NOT, "a phrase" and begin* may be used.')
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Articles = Annotated[
    Path | None, typer.Option("--articles", metavar="DIR", help="Folder of articles.", show_default="the five shipped")
]


@history.callback()
def look_through(  # noqa: PLR0913, PLR0917 - each is an option
    context: typer.Context,
    chat: Chat = None,
    person: Person = None,
    outcome: Ended = None,
    verdict: Said = None,
    feedback: Liked = None,
    since: Since = None,
    until: Until = None,
    search: Search = None,
    as_json: AsJson = False,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="Most exchanges to show.")] = 20,
    articles: Articles = None,
) -> None:
    """Show what was asked and answered, newest first, and which sources have changed since."""
    if context.invoked_subcommand:
        return
    from bot.cli.output.tables import history_json, history_table  # noqa: PLC0415

    settings = settings_in_force(articles=articles)
    with opened(settings) as (database, verdicts):
        exchanges = ExchangeLog(database).select(_selection(context.params, verdicts), limit)
    articles_now = _cited_articles(settings)
    typer.echo(history_json(exchanges, articles_now)) if as_json else history_table(exchanges, articles_now)


@history.command()
def show(
    number: Annotated[int, typer.Argument(metavar="ID", min=1, max=2**63 - 1, help="The exchange's number.")],
    as_json: AsJson = False,
    articles: Articles = None,
) -> None:
    """Tell all there is to say of one exchange."""
    from bot.cli.output.record_tables import account_tables  # noqa: PLC0415
    from bot.record.exchange_report import exchange_report  # noqa: PLC0415

    settings = settings_in_force(articles=articles)
    with opened(settings) as (database, verdicts):
        account = exchange_report(database, number, _library(settings), verdicts)
    typer.echo(account.model_dump_json(indent=2)) if as_json else account_tables(account)


@history.command()
def export(  # noqa: PLR0913, PLR0917 - each is an option
    context: typer.Context,
    form: Annotated[ExportFormat, typer.Option("--format", help="For spreadsheets, programs, or people.")],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it.", show_default="to standard output")
    ] = None,
    chat: Chat = None,
    person: Person = None,
    outcome: Ended = None,
    verdict: Said = None,
    feedback: Liked = None,
    since: Since = None,
    until: Until = None,
    search: Search = None,
) -> None:
    """Write the record out, newest first."""
    from bot.record.export import entries, write_out, written  # noqa: PLC0415

    settings = settings_in_force()
    before = context.parent.params if context.parent else {}
    wanted = {**before, **{name: value for name, value in context.params.items() if value is not None}}
    with opened(settings) as (database, verdicts):
        found = entries(ExchangeLog(database).each(_selection(wanted, verdicts)), verdicts)
        write_out(written(found, form), output)


@contextlib.contextmanager
def opened(settings: Settings) -> Iterator[tuple[DeskDatabase, list[Verdict]]]:
    """The record, and the verdicts on it that count.

    Raises:
        DatabaseError: One of them cannot be opened.
    """
    from bot.record.exchange_report import verdicts_on  # noqa: PLC0415

    with contextlib.closing(open_database(settings)) as database:
        yield database, verdicts_on(settings.database)


def _selection(wanted: Mapping[str, Any], verdicts: list[Verdict]) -> Selection:
    """The exchanges that the options of a command ask for."""
    judged = wanted.get("verdict")
    return Selection(
        chat_id=wanted.get("chat"),
        user_id=wanted.get("person"),
        outcome=wanted.get("outcome"),
        feedback=wanted.get("feedback"),
        since=wanted.get("since"),
        until=wanted.get("until"),
        search=wanted.get("search"),
        among=None if judged in {None, JudgmentOption.NONE} else _judged(verdicts, judged),
        apart_from=frozenset(verdict.exchange_id for verdict in verdicts)
        if judged is JudgmentOption.NONE
        else frozenset(),
    )


def _judged(verdicts: list[Verdict], judged: JudgmentOption | None) -> frozenset[int]:
    """The exchanges of which a reviewer says this, or of which reviewers say different things."""
    if judged is JudgmentOption.DISPUTED:
        first = {verdict.exchange_id: verdict.verdict for verdict in reversed(verdicts)}
        return frozenset(v.exchange_id for v in verdicts if v.verdict is not first[v.exchange_id])
    return frozenset(v.exchange_id for v in verdicts if v.verdict.value == judged)


def _cited_articles(settings: Settings) -> CitedArticles | None:
    """What tells how cited articles stand now; the record can be read without any."""
    try:
        return CitedArticles(scan_folder(settings.articles, settings.max_article_bytes)[0])
    except ArticlesError as error:
        typer.echo(f"policydesk: It is not known which sources have changed. {error}", err=True)
        return None


def _library(settings: Settings) -> Library | None:
    """Today's articles; the record can be read without any."""
    try:
        return open_folder(settings).open()
    except ArticlesError as error:
        typer.echo(f"policydesk: It is not known how the quotes stand today. {error}", err=True)
        return None
