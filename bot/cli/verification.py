"""`policydesk verify` and `replay`: quotes on record checked, and questions on record asked again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Never

import typer

from bot.app import open_desk, open_folder
from bot.cli.options import CHECK_FAILED, INDEXING, Articles, AsJson, open_record, settings_in_force
from bot.cli.output.progress import ProgressBar, waiting
from bot.errors import RecordError
from retrieval.reading.articles import read_folder
from storage.database.connection import DeskDatabase
from storage.models import LoggedExchange
from storage.record.exchanges import ExchangeLog
from storage.record.selection import Selection

Number = Annotated[
    int | None, typer.Argument(metavar="[ID]", min=1, max=2**63 - 1, help="The exchange's number.", show_default=False)
]
DIGITS = 18
"""Most digits of an exchange's number."""
All = Annotated[bool, typer.Option("--all", help="The whole record.")]


def verify(
    subject: Annotated[
        str | None,
        typer.Argument(metavar="[ID|BRIEF]", help="The exchange's number, or a brief's file.", show_default=False),
    ] = None,
    whole: All = False,
    articles: Articles = None,
    as_json: AsJson = False,
) -> None:
    """Check every quote against its article as it is now; exit code 0 only when all stand, word for word.

    Of a brief's .docx, .md or .html file its proof line is checked too, and that the quotes stand in it as published.
    """
    number = int(subject) if subject and subject.isascii() and subject.isdigit() and len(subject) <= DIGITS else None
    if subject is not None and number is None:
        _verify_document(Path(subject), articles, as_json=as_json)
    from bot.cli.output.record_tables import verification_tables  # noqa: PLC0415
    from bot.record.exchange_report import exchange_on_record  # noqa: PLC0415
    from bot.record.verification import verify_all, verify_exchange  # noqa: PLC0415
    from storage.record.quote_status import QuotedArticles, logged_quotes  # noqa: PLC0415

    _check_choice(number, whole=whole)
    settings = settings_in_force(articles=articles)
    quoted = QuotedArticles(read_folder(settings.articles, settings.max_article_bytes)[0])
    with open_record(settings) as (database, _):
        if number is None:
            with waiting("Checking every quote"):
                found = verify_all(quoted, logged_quotes(database))
        else:
            found = verify_exchange(quoted, exchange_on_record(database, number))
    typer.echo(found.model_dump_json(indent=2)) if as_json else verification_tables(found)
    raise SystemExit(0 if found.stands else CHECK_FAILED)


def _verify_document(path: Path, articles: Path | None, *, as_json: bool) -> Never:
    from bot.briefs.check import check_document  # noqa: PLC0415
    from bot.cli.output.record_tables import document_tables  # noqa: PLC0415
    from storage.record.quote_status import QuotedArticles  # noqa: PLC0415

    settings = settings_in_force(articles=articles)
    quoted = QuotedArticles(read_folder(settings.articles, settings.max_article_bytes)[0])
    found = check_document(quoted, path)
    typer.echo(found.model_dump_json(indent=2)) if as_json else document_tables(found)
    raise SystemExit(0 if found.stands else CHECK_FAILED)


def replay(number: Number = None, whole: All = False, articles: Articles = None, as_json: AsJson = False) -> None:
    """Ask again with today's articles and settings, and show what differs; nothing is logged."""
    from bot.cli.output.record_tables import replays_json, replays_tables  # noqa: PLC0415
    from bot.record.exchange_report import verdicts_by_exchange  # noqa: PLC0415
    from bot.record.replay import replays  # noqa: PLC0415
    from storage.record.conversations import Conversations  # noqa: PLC0415

    _check_choice(number, whole=whole)
    settings = settings_in_force(articles=articles)
    with open_record(settings) as (database, verdicts):
        exchanges = _exchanges(database, number)
        desk = open_desk(settings, open_folder(settings).open(INDEXING), database)
        found = replays(desk, Conversations(database), ProgressBar("Asking")(exchanges), verdicts_by_exchange(verdicts))
        replays_json(found) if as_json else replays_tables(found)


def _check_choice(number: int | None, *, whole: bool) -> None:
    if (number is None) is not whole:
        raise typer.BadParameter("name the ID of one exchange, or --all for the whole record.", param_hint="ID")


def _exchanges(database: DeskDatabase, number: int | None) -> Iterator[LoggedExchange]:
    """Return one question on record, or the whole record."""
    from bot.record.exchange_report import exchange_on_record  # noqa: PLC0415
    from bot.record.replay import is_question  # noqa: PLC0415

    if number is None:
        return ExchangeLog(database).each(Selection())
    exchange = exchange_on_record(database, number)
    if not is_question(exchange):
        raise RecordError(
            f"Exchange {number} is no question: "
            + (
                f"it shows more of {exchange.more_of}, replay that."
                if exchange.more_of
                else "it was picked in inline mode."
            )
        )
    return iter([exchange])
