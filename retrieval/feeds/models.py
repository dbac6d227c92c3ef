"""The values of reading a feed: its items and how it is refused."""

import datetime as dt
from typing import Annotated, NamedTuple

from pydantic import Field

from retrieval.models import Value

MOST_ITEMS = 5_000
"""Most items that are taken of a feed or sitemap; those further down are the oldest ones."""


class FeedItem(Value):
    """An article that a feed lists."""

    url: str  # absolute, without a fragment
    title: str | None = None
    date: dt.date | None = None  # of publication, as the feed has it
    publisher: str | None = None


class FeedListing(Value):
    """The content of a feed or sitemap."""

    title: str | None = None
    items: tuple[FeedItem, ...] = ()
    sitemaps: tuple[str, ...] = ()  # that a sitemap index names


class FeedRefusal(Value):
    """Why a document is no feed."""

    reason: str


class FeedDocument(NamedTuple):
    """A document that may be a feed."""

    url: str  # that it came from, to which relative links belong
    content: bytes
    content_type: str = ""  # of its HTTP header


class ListingLimits(Value):
    """The cost that the reading of one feed may have."""

    seconds: Annotated[float, Field(gt=0)] = 20  # by the clock, and of one processor
    memory: Annotated[int, Field(ge=1)] = 400_000_000  # address space of the process that reads, in bytes
