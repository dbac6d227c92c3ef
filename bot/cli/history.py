"""`policydesk history`: exchanges on record listed, shown in full and exported."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.app import open_folder
from bot.cli.options import Articles, AsJson, open_record, settings_in_force
from bot.cli.output.command_table import PLAIN
from bot.cli.output.date_options import period_end, period_start
from bot.cli.output.progress import ProgressBar, Tally
from bot.cli.output.words import plural
from bot.record.export import ExportFormat
from bot.settings import Settings
from retrieval.errors import ArticlesError
from retrieval.library import Library
from retrieval.reading.articles import scan_folder
from storage.record.exchanges import ExchangeLog
from storage.record.selection import OpinionFilter, Selection
from storage.record.source_status import CitedArticles
from storage.verdicts.models import Ruling, Verdict


class OutcomeOption(StrEnum):
    """How an exchange ended."""

    ANSWERED = "answered"
    ABSTAINED = "abstained"
    CHAT = "chat"


class JudgmentOption(StrEnum):
    """Reviewers' ruling on an exchange, no ruling yet, or rulings that differ."""

    RIGHT = Ruling.RIGHT.value
    PARTLY = Ruling.PARTLY.value
    WRONG = Ruling.WRONG.value
    SHOULD_HAVE_ANSWERED = Ruling.SHOULD_HAVE_ANSWERED.value
    SHOULD_HAVE_ABSTAINED = Ruling.SHOULD_HAVE_ABSTAINED.value
    NONE = "none"
    DISPUTED = "disputed"


_ID: dict[str, Any] = {"min": -(2**63), "max": 2**63 - 1}
_DATE: dict[str, Any] = {"metavar": "DATE", "show_default": False}
history = typer.Typer(invoke_without_command=True, **PLAIN)
Chat = Annotated[int | None, typer.Option("--chat", metavar="ID", help="Asked in this chat.", **_ID)]
Person = Annotated[int | None, typer.Option("--person", metavar="ID", help="Asked by this user.", **_ID)]
Outcome = Annotated[OutcomeOption | None, typer.Option("--outcome", help="How it ended.")]
Verdicts = Annotated[JudgmentOption | None, typer.Option("--verdict", help="What reviewers say of it.")]
Thumbs = Annotated[OpinionFilter | None, typer.Option("--feedback", help="Some thumb up or down, or none.")]
Since = Annotated[
    dt.datetime | None, typer.Option(parser=period_start, help="Asked on this day (month, year) or later.", **_DATE)
]
Until = Annotated[
    dt.datetime | None, typer.Option(parser=period_end, help="Asked on this day (month, year) or before.", **_DATE)
]
Search = Annotated[
    str | None, typer.Option(help='Words in question or reply; OR, NOT, "a phrase" and begin* may be used.')
]


@history.callback()
def list_exchanges(  # noqa: PLR0913, PLR0917 - each is an option
    context: typer.Context,
    chat: Chat = None,
    person: Person = None,
    outcome: Outcome = None,
    verdict: Verdicts = None,
    feedback: Thumbs = None,
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
    with open_record(settings) as (database, verdicts):
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
    from bot.cli.output.record_tables import report_tables  # noqa: PLC0415
    from bot.record.exchange_report import exchange_report  # noqa: PLC0415

    settings = settings_in_force(articles=articles)
    with open_record(settings) as (database, verdicts):
        report = exchange_report(database, number, _library(settings), verdicts)
    typer.echo(report.model_dump_json(indent=2)) if as_json else report_tables(report)


@history.command()
def export(  # noqa: PLR0913, PLR0917 - each is an option
    context: typer.Context,
    form: Annotated[ExportFormat, typer.Option("--format", help="For spreadsheets, programs, or people.")],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it.", show_default="to standard output")
    ] = None,
    chat: Chat = None,
    person: Person = None,
    outcome: Outcome = None,
    verdict: Verdicts = None,
    feedback: Thumbs = None,
    since: Since = None,
    until: Until = None,
    search: Search = None,
) -> None:
    """Write the record out, newest first."""
    from bot.record.exchange_report import verdicts_by_exchange  # noqa: PLC0415
    from bot.record.export import export_entries, export_text, write_out  # noqa: PLC0415

    settings = settings_in_force()
    before = context.parent.params if context.parent else {}
    options = {**before, **{name: value for name, value in context.params.items() if value is not None}}
    with open_record(settings) as (database, verdicts):
        exchanges = Tally(ProgressBar("Exporting")(ExchangeLog(database).each(_selection(options, verdicts))))
        write_out(export_text(export_entries(exchanges, verdicts_by_exchange(verdicts)), form), output)
    if output:
        typer.echo(f"Exported to {output}: {plural(exchanges.count, 'exchange')}.")


def _selection(options: Mapping[str, Any], verdicts: list[Verdict]) -> Selection:
    judgment = options.get("verdict")
    return Selection(
        chat_id=options.get("chat"),
        user_id=options.get("person"),
        outcome=options.get("outcome"),
        feedback=options.get("feedback"),
        since=options.get("since"),
        until=options.get("until"),
        search=options.get("search"),
        among=None if judgment in {None, JudgmentOption.NONE} else _with_judgment(verdicts, judgment),
        apart_from=frozenset(v.exchange_id for v in verdicts) if judgment is JudgmentOption.NONE else frozenset(),
    )


def _with_judgment(verdicts: list[Verdict], judgment: JudgmentOption | None) -> frozenset[int]:
    """Return the exchanges with a verdict of this ruling, or with verdicts that differ."""
    if judgment is JudgmentOption.DISPUTED:
        first = {verdict.exchange_id: verdict.verdict for verdict in reversed(verdicts)}
        return frozenset(v.exchange_id for v in verdicts if v.verdict is not first[v.exchange_id])
    return frozenset(v.exchange_id for v in verdicts if v.verdict.value == judgment)


def _cited_articles(settings: Settings) -> CitedArticles | None:
    """Return today's articles by file; without any the record can be read all the same."""
    try:
        return CitedArticles(scan_folder(settings.articles, settings.max_article_bytes)[0])
    except ArticlesError as error:
        typer.echo(f"policydesk: It is not known which sources have changed. {error}", err=True)
        return None


def _library(settings: Settings) -> Library | None:
    """Open today's library; without one the record can be read all the same."""
    try:
        return open_folder(settings).open()
    except ArticlesError as error:
        typer.echo(f"policydesk: It is not known how the quotes stand today. {error}", err=True)
        return None
