"""A site with a feed, and a desk that reads it by a clock of the test's."""

import datetime as dt
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from bot.feeds import client
from bot.feeds.client import FeedClient
from bot.feeds.fetcher import FeedFetcher, FetchReport
from bot.settings import Settings, read_settings
from retrieval.feeds import reader
from retrieval.feeds.listing_process import answer_to
from retrieval.feeds.models import FeedDocument, FeedListing, FeedRefusal, ListingLimits
from retrieval.models import Article
from retrieval.reading.articles import scan_folder
from storage.database.connection import DeskDatabase
from storage.feeds.book import FeedBook, FeedStatus
from tests.bot.feeds.feed_site import FeedSite, feed_site

with warnings.catch_warnings(action="ignore"):
    import trafilatura  # noqa: F401 - where it is first loaded urllib3 warns that there is no PySocks

READ_ISOLATED = reader._read


class FeedDesk:
    """A desk's feeds: added and fetched at a time that the test sets, with no pause but noted ones."""

    def __init__(self, settings: Settings, database: DeskDatabase, site: FeedSite) -> None:
        self.settings, self.book, self.site = settings, FeedBook(database), site
        self.now = dt.datetime.now(dt.UTC)
        self.pauses: list[float] = []
        self.client = FeedClient(pause=self._pause, clock=lambda: self.now, request_seconds=1.0)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def fetcher(self) -> FeedFetcher:
        return FeedFetcher(self.settings, self.book, self.client, self.articles, lambda: self.now)

    def articles(self) -> list[Article]:
        return scan_folder(self.settings.articles)[0]

    async def add(self, path: str = "/feed.xml") -> FetchReport:
        return await self.fetcher().add(self.site.url + path)

    async def fetch(self, *, after: dt.timedelta = dt.timedelta()) -> list[FetchReport]:
        self.now += after
        return await self.fetcher().fetch_due()

    async def subscribe(self, path: str = "/feed.xml") -> FetchReport:
        """Add a feed and read its items."""
        await self.add(path)
        (report,) = await self.fetch()
        return report

    @property
    def status(self) -> FeedStatus:
        (status,) = self.book.statuses()
        return status

    def by_title(self) -> dict[str, Article]:
        return {article.title: article for article in self.articles() if article.file.startswith("feeds/")}

    def errors(self) -> list[str]:
        """What was said of each item that could not be read."""
        with self.book._database.reading() as db:
            rows = db.execute("select error from feed_items where error is not null order by position").fetchall()
        return [error for (error,) in rows]


@pytest.fixture
def site() -> Iterator[FeedSite]:
    with feed_site() as opened:
        yield opened


@pytest.fixture
def own_articles(folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of articles that may be added to."""
    root = folder(first="A report\n\nThe first harbour was opened in 2001 by the minister.\n")
    monkeypatch.setenv("POLICYDESK_ARTICLES", str(root))
    return root


@pytest.fixture
async def feeds(own_articles: Path, database: DeskDatabase, site: FeedSite) -> AsyncIterator[FeedDesk]:
    desk = FeedDesk(read_settings(articles=own_articles), database, site)
    async with desk.client:
        yield desk


@pytest.fixture(autouse=True)
def _feeds_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A feed is read in this process, unless a test is about limits, and commands leave no pause: both take longest."""
    monkeypatch.setattr(client, "PAUSE_SECONDS", 0)

    def read(document: FeedDocument, limits: ListingLimits) -> FeedListing | FeedRefusal:
        return answer_to(document) if limits == ListingLimits() else READ_ISOLATED(document, limits)

    monkeypatch.setattr(reader, "_read", read)
