"""The options that several commands take, and how commands open settings, desk and record."""

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.app import Office, open_database, open_desk, open_folder
from bot.cli.output.progress import ProgressBar
from bot.desk.answer_cache import LibraryRunner, run_here
from bot.settings import DATA, Settings, exposed_settings, former_engine_name, read_settings, unknown_variables
from retrieval.articles_folder import ArticlesFolder
from retrieval.library import Library
from storage.database.connection import DeskDatabase
from storage.verdicts.models import Verdict

if TYPE_CHECKING:
    from bot.metrics import Metrics

Articles = Annotated[
    Path | None, typer.Option("--articles", metavar="DIR", help="Folder of articles.", show_default="the five shipped")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def topic_words(words: list[str]) -> list[str]:
    """Return the words of a topic as they are.

    Raises:
        BadParameter: There is no letter or figure in them.
    """
    if not any(character.isalnum() for word in words for character in word):
        raise typer.BadParameter("there is no word in it: write what it is to be about.")
    return words


CHECK_FAILED = 1
"""Exit code of a check that found what is to be put right."""
INDEXING = ProgressBar("Indexing")


def settings_in_force(**overrides: object) -> Settings:
    """Read the settings, and warn on standard error of misspelt variables and of a file that everybody can read.

    Args:
        **overrides: Values from the command line, which win; None stands for 'not given'.

    Raises:
        SettingsError: A value cannot be used.
    """
    settings = read_settings(**overrides)
    for name in unknown_variables():
        typer.echo(f"policydesk: there is no setting {name}; see `policydesk config`.", err=True)
    if former := former_engine_name():
        typer.echo(f"policydesk: POLICYDESK_ENGINE={former} is called {settings.engine} by now.", err=True)
    if exposed := exposed_settings():
        typer.echo(f"policydesk: everybody on this machine can read {exposed}: chmod o= {exposed}", err=True)
    return settings


def demo_settings(articles: Path | None = None, **overrides: object) -> Settings:
    """Read the settings of the demo, whose record and copy of the articles are its own where no others are set.

    Raises:
        SettingsError: A value cannot be used, or the copy cannot be written.
    """
    from bot.demo import demo_articles  # noqa: PLC0415 - the other commands start faster without it

    given = settings_in_force(articles=articles, **overrides).model_fields_set
    if "articles" not in given:
        articles = demo_articles(DATA / "demo-articles")
    return read_settings(articles=articles, database=None if "database" in given else DATA / "demo.db", **overrides)


@contextlib.contextmanager
def open_office(
    settings: Settings, metrics: "Metrics | None" = None, run: LibraryRunner = run_here
) -> Iterator[Office]:
    """Open a desk whose answers are logged, with its library and database."""
    with contextlib.closing(open_database(settings)) as database:
        folder = open_folder(settings)
        _receive_documents(settings, database)
        listener = metrics.exchange if metrics else None
        desk = open_desk(settings, open_library(folder), database, listener, run)
        yield Office(settings, folder, desk, database, metrics)


def _receive_documents(settings: Settings, database: DeskDatabase) -> None:
    if settings.documents == "folder":
        return
    from bot.articles.shared_documents import shared_documents  # noqa: PLC0415 - only where they are in the database

    if (documents := shared_documents(settings, database)) is not None:
        documents.receive()


def open_library(folder: ArticlesFolder) -> Library:
    """Index the articles, and warn of each file that cannot be used."""
    library = folder.open(INDEXING)
    for file in library.skipped:
        logging.getLogger("policydesk").warning("Skipped %s: %s; %s.", file.file, file.reason, file.cure)
    return library


@contextlib.contextmanager
def open_record(settings: Settings) -> Iterator[tuple[DeskDatabase, list[Verdict]]]:
    """Open the record with the newest verdict of each reviewer on each exchange.

    Raises:
        DatabaseError: Log or verdicts cannot be opened.
    """
    from storage.verdicts.book import verdicts_on  # noqa: PLC0415 - only where the record is read

    with contextlib.closing(open_database(settings, only_read=True)) as database:
        yield database, verdicts_on(database)
