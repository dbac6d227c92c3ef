"""`policydesk feed`: feeds added, listed, removed and fetched."""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

import typer

from bot.app import open_database
from bot.articles.shared_documents import documents_listener
from bot.cli.options import CHECK_FAILED, AsJson, settings_in_force
from bot.cli.output.command_table import PLAIN
from bot.cli.output.words import plural
from bot.feeds.client import FeedClient
from bot.feeds.fetcher import FeedFetcher, FetchReport
from prompts.markup import clean
from retrieval.errors import FeedError
from retrieval.models import Article
from retrieval.reading.articles import scan_folder
from storage.feeds.book import FeedBook

feed = typer.Typer(help="Add articles from feeds; fetched while the bot runs.", no_args_is_help=True, **PLAIN)
FeedUrl = Annotated[str, typer.Argument(metavar="URL", help="Address of an RSS or Atom feed, or of a sitemap.")]


@contextlib.asynccontextmanager
async def _fetcher() -> AsyncIterator[FeedFetcher]:
    settings = settings_in_force()

    @functools.cache
    def articles() -> Sequence[Article]:
        return scan_folder(settings.articles, settings.max_article_bytes)[0]

    with contextlib.closing(open_database(settings)) as database:
        async with FeedClient() as client:
            listener = documents_listener(settings, database)
            yield FeedFetcher(settings, FeedBook(database), client, articles, listener=listener)


@feed.command()
def add(
    url: FeedUrl,
    collection: Annotated[
        str | None, typer.Option(metavar="NAME", help="Sub-folder of the articles.", show_default="feeds/HOST")
    ] = None,
) -> None:
    """Add a feed; its items are read by the next fetch."""

    async def act() -> FetchReport:
        async with _fetcher() as fetcher:
            return await fetcher.add(url, collection)

    added = asyncio.run(act())
    title = added.feed.title or added.feed.host
    typer.echo(clean(f"Added: {title}, {plural(added.new, 'item')}, into {added.feed.collection}."))


@feed.command("list")
def show(as_json: AsJson = False) -> None:
    """List the feeds, and how the last fetch of each ended."""
    from bot.cli.output.feed_tables import feeds_json, feeds_table  # noqa: PLC0415 - only here

    with contextlib.closing(open_database(settings_in_force(), only_read=True)) as database:
        statuses = FeedBook(database).statuses()
    typer.echo(feeds_json(statuses)) if as_json else feeds_table(statuses)


@feed.command()
def remove(url: FeedUrl) -> None:
    """Remove a feed; articles that came from it stay."""
    with contextlib.closing(open_database(settings_in_force())) as database:
        if not FeedBook(database).remove(url):
            raise FeedError(url, "there is no such feed; see `policydesk feed list`")
    typer.echo(clean(f"Removed: {url}. Its articles stay."))


@feed.command()
def fetch() -> None:
    """Fetch the feeds that are due, each once an hour at most."""

    async def act() -> list[FetchReport]:
        async with _fetcher() as fetcher:
            return await fetcher.fetch_due()

    reports = asyncio.run(act())
    for report in reports:
        counts = f"{report.kept} kept, {report.repeated} there already, {report.failed} failed"
        typer.echo(clean(f"{report.feed.url}: {report.error or counts}"))
        for problem in report.problems:
            typer.echo(clean(f"  {problem}"), err=True)
    if not reports:
        typer.echo("No feed is due; `policydesk feed list` says when the next one is.")
    if any(report.error for report in reports):
        raise SystemExit(CHECK_FAILED)
