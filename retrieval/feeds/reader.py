"""Reads feeds, each in a process of its own with a limited cost."""

import tempfile

from pydantic import TypeAdapter, ValidationError

from retrieval.documents.reader import run_confined
from retrieval.errors import FeedError
from retrieval.feeds.listing_process import ListingTask
from retrieval.feeds.models import FeedDocument, FeedListing, FeedRefusal, ListingLimits

_ANSWER: TypeAdapter[FeedListing | FeedRefusal] = TypeAdapter(FeedListing | FeedRefusal)


def read_listing(document: FeedDocument, limits: ListingLimits | None = None) -> FeedListing:
    """Read a feed or sitemap; nothing is fetched or written.

    Raises:
        FeedError: It is none, or cannot be read within the limits.
    """
    answer = _read(document, limits or ListingLimits())
    if isinstance(answer, FeedRefusal):
        raise FeedError(document.url, answer.reason)
    return answer


def _read(document: FeedDocument, limits: ListingLimits) -> FeedListing | FeedRefusal:
    task = ListingTask(url=document.url, content_type=document.content_type, limits=limits)
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answer:
        given.write(task.model_dump_json().encode() + b"\n")
        given.write(document.content)
        given.seek(0)
        ended = run_confined("retrieval.feeds.listing_process", given, answer, limits.seconds)
        answer.seek(0)
        said = answer.read()
    if ended is None:
        return FeedRefusal(reason=f"reading it takes longer than {limits.seconds:g} seconds")
    try:
        return _ANSWER.validate_json(said)
    except ValidationError:
        return FeedRefusal(reason=f"it cannot be read (the reader ended with {ended})")
