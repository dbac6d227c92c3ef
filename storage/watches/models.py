"""The values of watches: standing questions with their schedules, and passages that wait to be told."""

import datetime as dt
from typing import NamedTuple

from retrieval.models import Value


class WatchPlace(NamedTuple):
    """A chat, and in a forum one of its topics."""

    chat_id: int
    thread_id: int | None = None


class WatchSchedule(Value):
    """When notices are due: at once, though seldom, or at an hour of each day in a time zone."""

    hour: int | None = None  # of the day, 0 to 23; None for at once
    zone: str = "UTC"  # by its name in the IANA database


class Watch(Value):
    """A standing question of a person or a group.

    Attributes:
        user_id: Who set it up; none for anonymous administrators.
        chat_id: Where notices go.
        thread_id: The topic of a forum; 0 for none.
        topic: The question, as written, without its schedule.
        language: Of the notices, where nobody chose another.
        level: How much is told: 0 at first, below it only what is surer, above it what is less sure too.
        made_at: In UTC.
        told_at: When the last notice was due; none before the first.
    """

    id: int
    user_id: int | None
    chat_id: int
    thread_id: int = 0
    topic: str
    language: str
    level: int = 0
    hour: int | None = None
    zone: str = "UTC"
    made_at: dt.datetime
    told_at: dt.datetime | None = None

    @property
    def place(self) -> WatchPlace:
        """Where notices go."""
        return WatchPlace(self.chat_id, self.thread_id or None)

    @property
    def schedule(self) -> WatchSchedule:
        """When notices are due."""
        return WatchSchedule(hour=self.hour, zone=self.zone)


class NewWatch(NamedTuple):
    """A watch before it has a number."""

    user_id: int | None
    place: WatchPlace
    topic: str
    language: str
    schedule: WatchSchedule | None  # none to leave it as it is, or at once where it is new


class WatchLimits(NamedTuple):
    """How many watches one person may set up, and how many one group may have."""

    person: int
    chat: int


class WaitingWatch(NamedTuple):
    """A watch for which passages wait, and since when the first of them does."""

    watch: Watch
    since: dt.datetime


class WatchMatch(NamedTuple):
    """A new passage that answers a watch, by its article and digest."""

    watch_id: int
    digest: int


class SeenArticle(NamedTuple):
    """The text of an article that was looked at; where not `noted`, the passages of it are not known yet."""

    sha256: str
    noted: bool


class ArrivedArticle(NamedTuple):
    """A known article: the digests of its passages, and its passages that match watches."""

    file: str
    sha256: str
    digests: tuple[int, ...]
    matches: tuple[WatchMatch, ...] = ()
    placed: tuple[tuple[int, str], ...] = ()  # passages with their collection, which some watchers are not told of
