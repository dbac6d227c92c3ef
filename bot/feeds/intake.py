"""An item of a feed from its page to an article, unless it is one already."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from urllib.parse import urlsplit

from bot.articles.add_document import source_file
from bot.feeds.page import FetchError, Page, Setback
from bot.settings import Settings
from retrieval.documents.file_names import file_name
from retrieval.documents.models import Draft, ReadingLimits
from retrieval.documents.reader import read_document
from retrieval.documents.store import FilesListener, describe_draft, keep, known_versions
from retrieval.errors import DocumentError, FeedError
from retrieval.file_problems import FileProblem
from retrieval.models import Article, Source
from retrieval.patterns import lazy_pattern
from retrieval.reading.articles import read_file
from storage.feeds.book import Feed, FeedBook, ItemOutcome, ItemState, WaitingItem

Sources = Callable[[], Sequence[Source]]
"""Gives the articles there are, which may be without their texts."""


_TRACKERS = ("utm_", "fbclid=", "gclid=")
_PORT = lazy_pattern(r":(?:80|443)$")


def key_of(url: str) -> str:
    """An address without what does not tell pages apart: scheme, a last slash, and where a reader came from."""
    parts = urlsplit(url)
    query = "&".join(part for part in parts.query.split("&") if part and not part.lower().startswith(_TRACKERS))
    return _PORT.sub("", parts.netloc.lower()) + parts.path.rstrip("/") + f"?{query}" * bool(query)


class ItemIntake:
    """Reads pages, and keeps them as articles; its methods block."""

    def __init__(self, settings: Settings, book: FeedBook, sources: Sources, listener: FilesListener | None) -> None:
        self._listener = listener
        self._settings, self._book, self._sources = settings, book, sources

    def known(self, item: WaitingItem) -> ItemOutcome | None:
        """Return the outcome of an item whose address is that of an article, before it is fetched."""
        file = self._book.read_before([item.key])
        if file is None:
            file = next((source_file(source) for source in self._alike.get(item.key, ())), None)
        return None if file is None else ItemOutcome(ItemState.REPEATED, file=file)

    def take(self, feed: Feed, item: WaitingItem, page: Page) -> ItemOutcome:
        """Keep the page of an item as an article, unless it is one already.

        Raises:
            FetchError: Its format is not read.
            DocumentError: It cannot become an article.
        """
        final = key_of(page.url)
        if (file := self._book.read_before([final])) is not None:
            return ItemOutcome(ItemState.REPEATED, final, file=file)
        draft, content = self._read(feed, item, page)
        digest = hashlib.sha256(" ".join(draft.text.split()).encode()).hexdigest()
        file = self._book.read_before([], digest)
        if file is None:
            file = next(map(source_file, self._same(draft, final)), None)
        if file is not None:
            return ItemOutcome(ItemState.REPEATED, final, digest, file)
        return ItemOutcome(ItemState.KEPT, final, digest, self._keep(draft, content, feed.collection))

    def _read(self, feed: Feed, item: WaitingItem, page: Page) -> tuple[Draft, bytes]:
        ending = page.ending
        if ending is None:
            raise FetchError(f"its format is not read ({page.content_type[:60]})", Setback.LASTING)
        content = page.document
        limits = ReadingLimits(bytes=self._settings.max_article_bytes)
        draft = read_document(f"page{ending}", content, limits)
        title = item.title or draft.title
        publisher = draft.publisher or item.publisher or feed.title
        draft = describe_draft(draft, title, draft.date or item.date, publisher, _original(draft, page))
        name = file_name(title.replace("/", "-").replace("\\", "-") + ending)
        return draft.model_copy(update={"name": name}), content

    def _keep(self, draft: Draft, content: bytes, collection: str) -> str:
        try:
            return keep(draft, content, self._settings.articles, collection, listener=self._listener)
        except DocumentError as error:
            if error.flaw in {FileProblem.NOT_STORED, FileProblem.JUST_ADDED}:
                raise FeedError(draft.url or draft.name, error.reason) from error
            raise

    @cached_property
    def _alike(self) -> dict[str, list[Source]]:
        """The articles by address and by title."""
        found: dict[str, list[Source]] = {}
        for source in self._sources():
            for name in {source.title, key_of(source.url) if source.url else source.title}:
                found.setdefault(name, []).append(source)
        return found

    def _same(self, draft: Draft, key: str) -> Iterable[Article]:
        """Articles of the same text, among those of the same title or address, as only these are read."""
        folder, most = self._settings.articles, self._settings.max_article_bytes
        alike = [*self._alike.get(draft.title, ()), *self._alike.get(key, ())]
        read = (read_file(folder, source.file, most) for source in alike)
        return known_versions(draft, (article for article in read if isinstance(article, Article))).same


def _original(draft: Draft, page: Page) -> str:
    """The address of the original: the stated address, where it is on the same host, else that of the page."""
    if draft.url and urlsplit(draft.url).hostname == urlsplit(page.url).hostname:
        return draft.url
    return page.url


def reason_of(error: Exception) -> str:
    """Return the reason of an error, without the name of the page or feed."""
    return error.reason if isinstance(error, DocumentError | FetchError | FeedError) else str(error)


def failure(error: Exception, item: WaitingItem, most_attempts: int) -> ItemOutcome:
    """The outcome of an item that could not be read: waiting again, or failed after a lasting error."""
    is_lasting = isinstance(error, DocumentError) or (
        isinstance(error, FetchError) and error.setback is not Setback.PASSING
    )
    is_over = is_lasting or item.attempts + 1 >= most_attempts
    return ItemOutcome(ItemState.FAILED if is_over else ItemState.WAITING, error=reason_of(error))
