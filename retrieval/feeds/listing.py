"""A feed's bytes to its items: feedparser reads RSS and Atom, lxml sitemaps."""

import datetime as dt
import html
import io
import re
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import feedparser
from lxml import etree

from retrieval.feeds.models import MOST_ITEMS, FeedDocument, FeedItem, FeedListing, FeedRefusal
from retrieval.patterns import lazy_pattern
from retrieval.reading.articles import shorten_title
from retrieval.reading.front_matter import web_address

_SITEMAP = lazy_pattern(rb"<(?:[\w.-]+:)?(?:sitemapindex|urlset)\b")
_PAGE = lazy_pattern(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_HEAD = 4096
_TAG = lazy_pattern(r"<[^<>]*>")
_WORD = lazy_pattern(r"\w")


def list_items(document: FeedDocument) -> FeedListing | FeedRefusal:
    """Read a feed or sitemap."""
    if _SITEMAP.search(document.content[:_HEAD]):
        return _sitemap(document)
    headers = {"content-location": document.url, "content-type": document.content_type or "application/xml"}
    parsed = feedparser.parse(io.BytesIO(document.content), response_headers=headers, sanitize_html=False)
    if not parsed.get("version") and not parsed.entries:
        return FeedRefusal(reason=_why_not(document.content))
    title = _plain(parsed.feed.get("title"))
    items = filter(None, (_item(entry, document.url) for entry in parsed.entries))
    return FeedListing(title=title, items=tuple(islice(items, MOST_ITEMS)))


def _why_not(content: bytes) -> str:
    if _PAGE.search(content[:_HEAD]):
        return "it is a web page; name the address of its RSS or Atom feed, or of its sitemap"
    return "it is neither an RSS or Atom feed nor a sitemap"


def _item(entry: Mapping[str, Any], base: str) -> FeedItem | None:
    """An entry of a feed; None where no address is stated."""
    url = _address(entry.get("link"), base)
    if url is None:
        return None
    source = entry.get("source") or {}
    return FeedItem(
        url=url,
        title=_plain(entry.get("title")),
        date=_day(entry),
        publisher=_plain(source.get("title") or entry.get("publisher")),
    )


def _address(link: str | None, base: str) -> str | None:
    try:
        return web_address(urldefrag(urljoin(base, (link or "").strip())).url) if link else None
    except ValueError:  # no valid host
        return None


def _plain(text: str | None) -> str | None:
    """A title, which may be HTML, as text; None where it holds no word."""
    plain = html.unescape(_TAG.sub(" ", text or ""))
    plain = "".join(letter if letter.isprintable() else " " for letter in plain)
    return shorten_title(plain) if _WORD.search(plain) else None


def _day(entry: Mapping[str, Any]) -> dt.date | None:
    """The day on which an entry was published, where it was published; none that is still to come."""
    for name in ("published", "created", "updated"):
        if (day := _written_day(entry.get(name), entry.get(f"{name}_parsed"))) is not None:
            return _past(day)
    return None


def _past(day: dt.date | None) -> dt.date | None:
    return day if day and day <= dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1) else None


def _written_day(written: str | None, parsed: Any) -> dt.date | None:
    """The day as written, whatever the zone; where only feedparser can read the date, the day in UTC."""
    readers: tuple[Callable[[str], dt.datetime], ...] = (parsedate_to_datetime, dt.datetime.fromisoformat)
    for read in readers:
        try:
            return read((written or "").strip()).date()
        except (ValueError, IndexError, TypeError):
            continue
    try:
        return dt.date(*parsed[:3]) if parsed else None
    except ValueError:
        return None


# --- sitemaps


def _sitemap(document: FeedDocument) -> FeedListing | FeedRefusal:
    """Read a sitemap or an index of such (sitemaps.org 0.9), of which only addresses on its own host count."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(document.content, parser)
    host = urlsplit(document.url).hostname
    items: dict[str, FeedItem] = {}
    sitemaps: dict[str, None] = {}
    for entry in root.iter("{*}url", "{*}sitemap"):
        url = _address(entry.findtext("{*}loc"), document.url)
        if url is None or urlsplit(url).hostname != host:
            continue
        if etree.QName(entry).localname == "sitemap":
            sitemaps[url] = None
        else:
            items.setdefault(url, _page(url, entry))
    return FeedListing(
        title=host, items=tuple(islice(items.values(), MOST_ITEMS)), sitemaps=tuple(islice(sitemaps, MOST_ITEMS))
    )


def _page(url: str, entry: Any) -> FeedItem:
    """A page of a sitemap, which a news sitemap also dates and names."""
    written = entry.findtext(".//{*}publication_date")
    return FeedItem(
        url=url,
        title=_plain(entry.findtext(".//{*}title")),
        date=_past(_written_day(written, None)),
        publisher=_plain(entry.findtext(".//{*}publication/{*}name")),
    )
