"""Fetches feeds: what each lists is noted, and its items are read a few at a time."""

import asyncio
import datetime as dt
import logging
from typing import NamedTuple

from bot.articles.add_document import check_folder
from bot.clock import Clock, utc_now
from bot.errors import SettingsError
from bot.feeds.client import FeedClient, web_place
from bot.feeds.intake import ItemIntake, Sources, failure, key_of, reason_of
from bot.feeds.page import FetchError, Page, Setback, unpack_file
from bot.settings import Settings
from retrieval.documents.file_names import check_collection
from retrieval.documents.store import FilesListener
from retrieval.errors import DocumentError, FeedError
from retrieval.feeds.models import FeedDocument, FeedItem, FeedListing
from retrieval.feeds.reader import read_listing
from retrieval.reading.front_matter import web_address
from storage.feeds.book import AddressReach, Feed, FeedBook, ItemState, WaitingItem

INTERVAL = dt.timedelta(hours=1)
"""Least time between two fetches of a feed."""
LONGEST = dt.timedelta(days=1)
"""The same after failures, each of which doubles it; a server may ask for a week."""
LONGEST_ASKED = dt.timedelta(days=7)
CLAIMED = dt.timedelta(minutes=30)
"""After how long without a page others take a feed for abandoned; a robots.txt may ask for a minute between two."""
LISTING_BYTES = 10_000_000
MOST_SITEMAPS = 20
MOST_ITEMS = 50
"""Most items of a feed that one fetch reads."""
MOST_ATTEMPTS = 3

logger = logging.getLogger(__name__)


class FetchReport(NamedTuple):
    """Result of a fetch."""

    feed: Feed
    new: int = 0  # items that it had not listed before
    kept: int = 0
    repeated: int = 0
    failed: int = 0
    problems: tuple[str, ...] = ()  # of items, those to be tried again included
    error: str | None = None


class FeedFetcher:
    """Adds feeds, and fetches due feeds, one after the other."""

    def __init__(
        self,
        settings: Settings,
        book: FeedBook,
        client: FeedClient,
        sources: Sources,
        clock: Clock = utc_now,
        listener: FilesListener | None = None,
    ) -> None:
        self._settings, self._book, self._client, self._clock = settings, book, client, clock
        self._intake = ItemIntake(settings, book, sources, listener)

    async def add(self, url: str, collection: str | None = None) -> FetchReport:
        """Add a feed, once it is seen to be one; its items are read by the next fetch.

        Raises:
            FeedError: It is none, cannot be fetched, or is there already.
            SettingsError: The articles folder is that of the shipped articles.
            DocumentError: The collection is no name for a folder.
        """
        check_folder(self._settings)
        if self._book.find(url):
            raise FeedError(url, "it is there already; see `policydesk feed list`")
        host = _host_of(url)
        collection = check_collection(f"feeds/{_folder_of(host)}" if collection is None else collection)
        now = self._clock()
        reach = await self._client.reach(url)
        feed = Feed(url=url, host=host, reach=reach, collection=collection, added_at=now)
        if feed.reach is AddressReach.NOWHERE:
            raise FeedError(url, "its address is none that a feed can have")
        self._client.go_as(feed)
        try:
            feed, listing = await self._list(feed)
        except FetchError as error:
            raise FeedError(url, error.reason) from error
        self._book.add(feed)
        return FetchReport(feed, new=self._book.note_listing(feed, _waiting(listing), now))

    async def fetch_due(self) -> list[FetchReport]:
        """Fetch due feeds; a feed that another process has claimed is left to that process."""
        due = await asyncio.to_thread(self._book.due, self._clock())
        return [report for feed in due if (report := await self._fetch(feed))]

    async def _fetch(self, feed: Feed) -> FetchReport | None:
        now = self._clock()
        if not await asyncio.to_thread(self._book.claim, feed, now, now + CLAIMED):
            return None
        report = FetchReport(feed)
        due: dt.datetime | None = now + INTERVAL
        try:
            self._check_place()
            self._client.go_as(feed)
            new = 0 if self._is_fresh(feed, now) else await self._look(feed)
            report = report._replace(new=new)
            report = await self._read_items(report)
        except (FetchError, FeedError, SettingsError) as error:
            report = report._replace(error=reason_of(error))
            due = _due_after(feed, error, now)
            logger.warning("The feed %s: %s", feed.url, report.error)
        except Exception:  # whatever a site may send, the other feeds go on
            logger.exception("The feed %s", feed.url)
            report = report._replace(error="reading it failed in a way that was not foreseen; the log has it")
        finally:
            await asyncio.to_thread(self._book.end_fetch, feed, due, report.error)
        return report

    def _check_place(self) -> None:
        """Refuse to fetch what could not be kept."""
        check_folder(self._settings)
        if not self._settings.articles.is_dir():
            raise SettingsError(f"There is no folder of articles at {self._settings.articles}.")

    def _is_fresh(self, feed: Feed, now: dt.datetime) -> bool:
        """Whether a feed was fetched so recently, as it was added, that only its items are to be read."""
        return feed.looked_at is not None and now - feed.looked_at < INTERVAL

    async def _look(self, feed: Feed) -> int:
        """Note what a feed lists now; returns how many items are new."""
        feed, listing = await self._list(feed)
        return await asyncio.to_thread(self._book.note_listing, feed, _waiting(listing), self._clock())

    async def _list(self, feed: Feed) -> tuple[Feed, FeedListing]:
        """Fetch a feed, with the sitemaps that it names; an unchanged feed lists nothing."""
        asked = {"If-None-Match": feed.etag, "If-Modified-Since": feed.modified}
        page = await self._client.get(feed.url, LISTING_BYTES, {name: value for name, value in asked.items() if value})
        if page.is_unchanged:
            return feed, FeedListing(title=feed.title)
        listing = await self._listing(page)
        if listing.sitemaps:  # each has changes of its own, so that it is asked for every time
            items = list(listing.items)
            for url in listing.sitemaps[:MOST_SITEMAPS]:
                await self._keep_claim(feed)
                items += await self._sitemap(url)
            listing = listing.model_copy(update={"items": tuple(items)})
            page = page._replace(etag=None, modified=None)
        seen = {"title": listing.title or feed.title, "etag": page.etag, "modified": page.modified}
        return feed.model_copy(update=seen), listing

    async def _sitemap(self, url: str) -> tuple[FeedItem, ...]:
        return (await self._listing(await self._client.get(url, LISTING_BYTES))).items

    async def _keep_claim(self, feed: Feed) -> None:
        await asyncio.to_thread(self._book.keep_claim, feed, self._clock() + CLAIMED)

    async def _listing(self, page: Page) -> FeedListing:
        content = unpack_file(page.content, LISTING_BYTES)
        return await asyncio.to_thread(read_listing, FeedDocument(page.url, content, page.content_type))

    async def _read_items(self, report: FetchReport) -> FetchReport:
        """Read items that wait; a server that asks to wait is left alone.

        Raises:
            FetchError: The server asks to wait, or is out of reach.
        """
        for item in await asyncio.to_thread(self._book.waiting, report.feed, MOST_ITEMS):
            await self._keep_claim(report.feed)
            state, error = await self._read_item(report.feed, item)
            problem = (f"{item.url}: {reason_of(error)}",) if error else ()
            report = report._replace(
                problems=(*report.problems, *problem),
                kept=report.kept + (state is ItemState.KEPT),
                repeated=report.repeated + (state is ItemState.REPEATED),
                failed=report.failed + (state is ItemState.FAILED),
            )
            if isinstance(error, FetchError) and error.retry_after is not None:
                raise error
        return report

    async def _read_item(self, feed: Feed, item: WaitingItem) -> tuple[ItemState, Exception | None]:
        error: Exception | None = None
        try:
            outcome = await asyncio.to_thread(self._intake.known, item)
            if outcome is None:
                page = await self._client.get(item.url, self._settings.max_article_bytes)
                outcome = await asyncio.to_thread(self._intake.take, feed, item, page)
        except (FetchError, DocumentError) as failed:
            error, outcome = failed, failure(failed, item, MOST_ATTEMPTS)
        await asyncio.to_thread(self._book.note_item, feed, item, outcome)
        return outcome.state, error


def _host_of(url: str) -> str:
    try:
        if web_address(url):
            return web_place(url).host
    except FetchError:
        pass
    raise FeedError(url, "it is no address of a feed; write it as https://example.org/feed.xml")


def _folder_of(host: str) -> str:
    return host.replace(":", "-").strip("-.") or "host"


def _waiting(listing: FeedListing) -> list[WaitingItem]:
    return [WaitingItem(key=key_of(item.url), **item.model_dump()) for item in listing.items]


def _due_after(feed: Feed, error: Exception, now: dt.datetime) -> dt.datetime | None:
    """When a feed that failed is due again; never where it is gone for good."""
    if isinstance(error, FetchError) and error.setback is Setback.GONE:
        return None
    wait: dt.timedelta = min(INTERVAL * 2 ** min(feed.failures + 1, 10), LONGEST)
    asked = error.retry_after if isinstance(error, FetchError) and error.retry_after else 0
    return now + max(wait, min(dt.timedelta(seconds=asked), LONGEST_ASKED))
