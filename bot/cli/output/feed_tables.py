"""Output of `policydesk feed`."""

import datetime as dt
import json
from collections.abc import Sequence

from bot.cli.output.console import add_row, new_table, print_table
from storage.feeds.book import FeedStatus


def feeds_json(statuses: Sequence[FeedStatus]) -> str:
    """Return the feeds as a list of objects."""
    return json.dumps([status.model_dump(mode="json") for status in statuses], ensure_ascii=False, indent=2)


def feeds_table(statuses: Sequence[FeedStatus]) -> None:
    """Print the feeds, and how the last fetch of each ended."""
    table = new_table("Feed", "Title", "Folder", "Fetched", "Next", "Kept", "There", "Waiting", "Failed", "Error")
    for status in statuses:
        feed = status.feed
        times = _minute(feed.looked_at), _minute(feed.due_at) or "never"
        counts = status.kept, status.repeated, status.waiting, status.failed
        add_row(table, feed.url, feed.title, feed.collection, *times, *counts, feed.error)
    print_table(table)


def _minute(time: dt.datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M}" if time else ""
