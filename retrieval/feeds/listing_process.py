"""The process that reads a feed, under limits of its own making.

Run as `python -m retrieval.feeds.listing_process`: a `ListingTask` on a line of standard input, then the feed's bytes;
on standard output a `FeedListing` or a `FeedRefusal`.
"""

import os
import sys

from retrieval.documents.models import ReadingLimits
from retrieval.documents.reader_process import confine
from retrieval.feeds.models import FeedDocument, FeedListing, FeedRefusal, ListingLimits
from retrieval.models import Value


class ListingTask(Value):
    """Where a feed came from, and the limits on reading it."""

    url: str
    content_type: str
    limits: ListingLimits


def main() -> None:
    """Read the feed on standard input."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints, the answer stays clean
    task = ListingTask.model_validate_json(sys.stdin.buffer.readline())
    confine(ReadingLimits(seconds=task.limits.seconds, memory=task.limits.memory))
    with answer:
        document = FeedDocument(task.url, sys.stdin.buffer.read(), task.content_type)
        answer.write(answer_to(document).model_dump_json().encode())


def answer_to(document: FeedDocument) -> FeedListing | FeedRefusal:
    """Read a feed, or say why it cannot be read."""
    try:
        from retrieval.feeds.listing import list_items  # noqa: PLC0415 - under the limits

        return list_items(document)
    except MemoryError:
        return FeedRefusal(reason="reading it takes too much memory")
    except Exception:  # noqa: BLE001 - libraries raise anything over a damaged feed; it is said, not hidden
        return FeedRefusal(reason="it is damaged")


if __name__ == "__main__":
    main()
