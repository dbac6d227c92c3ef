"""The job that fetches feeds while the bot runs."""

import asyncio
import logging

from bot.app import Office
from bot.articles.shared_documents import documents_listener
from bot.clock import repeat, utc_now
from storage.feeds.book import FeedBook

LOOK_SECONDS = 60
"""How often it is looked whether a feed is due."""

logger = logging.getLogger(__name__)


class FeedJob:
    """Fetches due feeds; without a feed no client is even made."""

    def __init__(self, office: Office) -> None:
        self._office, self._book = office, FeedBook(office.database)

    async def run(self) -> None:
        """Fetch now and again, until cancelled."""
        await repeat(self.once, LOOK_SECONDS, "Feeds could not be fetched.")

    async def once(self) -> None:
        """Fetch what is due; new articles are read by whoever watches the folder."""
        if not await asyncio.to_thread(self._book.due, utc_now()):
            return
        from bot.feeds.client import FeedClient  # noqa: PLC0415 - most desks have no feed
        from bot.feeds.fetcher import FeedFetcher  # noqa: PLC0415

        desk, settings = self._office.desk, self._office.settings
        listener = await asyncio.to_thread(documents_listener, settings, self._office.database)
        async with FeedClient() as client:
            fetcher = FeedFetcher(settings, self._book, client, lambda: desk.library.sources, listener=listener)
            for report in await fetcher.fetch_due():
                logger.info("Feed %s: %s new articles", report.feed.url, report.kept)
                for problem in report.problems:
                    logger.info("Feed %s: not read: %s", report.feed.url, problem)
