"""The job of the watches: new articles are matched as they come, and notices put on their way when they are due."""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from bot.clock import Clock, utc_now
from bot.desk.desk import Desk
from bot.watches.matching import ArticleMatcher, ConfidenceBars, arrived, collection_of, digest_of, unmatched
from bot.watches.schedule import is_due
from retrieval.errors import PolicydeskError
from retrieval.library import Library
from retrieval.models import Passage, Source
from storage.delivery.inbox import PendingUpdate
from storage.errors import DatabaseError, DatabaseGoneError
from storage.watches.arrivals import ArrivalBook
from storage.watches.book import WatchBook
from storage.watches.models import ArrivedArticle, SeenArticle, Watch, WatchMatch

LOOK_SECONDS = 1.0
"""How often it is looked for new articles and due notices."""
TOGETHER = 20
"""How many articles are noted in one transaction."""
UNDER_WAY = 16
"""How many notices may be on their way: what people ask goes beside them, not behind."""

logger = logging.getLogger(__name__)


class WatchOptions(NamedTuple):
    """How watches are told."""

    bars: ConfidenceBars
    apart: dt.timedelta  # least time between two notices of a watch
    clock: Clock = utc_now
    look_seconds: float = LOOK_SECONDS


class WatchJob:
    """Matches articles on a thread of its own; `take` has updates of the desk's own worked off."""

    def __init__(
        self,
        desk: Desk,
        book: WatchBook,
        arrivals: ArrivalBook,
        take: Callable[[Iterable[PendingUpdate]], None],
        options: WatchOptions,
    ) -> None:
        self._desk, self._book, self._arrivals, self._take = desk, book, arrivals, take
        self._options = options
        self._matcher = ArticleMatcher(desk, options.bars)
        self._done: Library | None = None
        self._thread = ThreadPoolExecutor(1, "watches")

    async def run(self) -> None:
        """Match and tell until cancelled."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                try:
                    await loop.run_in_executor(self._thread, self.match)
                    self._take(await loop.run_in_executor(self._thread, self.begin_due))
                except DatabaseGoneError:
                    pass  # the bot ends, which says so
                except PolicydeskError as error:  # whatever it was, it is tried again
                    logger.warning("The watches wait: %s", error)
                except Exception:
                    logger.exception("The watches wait")
                await asyncio.sleep(self._options.look_seconds)
        finally:
            self._thread.shutdown(wait=False, cancel_futures=True)

    def match(self) -> None:
        """Look at the articles that have come since the last time.

        Raises:
            DatabaseError: What was looked at cannot be noted.
        """
        library = self._desk.library
        if self._done is library:
            return
        watches, seen = self._book.all(), self._arrivals.seen()
        if not seen and not watches:
            return
        if not seen:
            self._arrivals.begin(library.sources)
            seen = self._arrivals.seen()
        self._matcher.watch_for(watches, library)
        left = list(unmatched(library.sources, seen))
        for start in range(0, len(left), TOGETHER):
            self._look_at(library, left[start : start + TOGETHER], seen)
        self._done = library

    def _look_at(self, library: Library, sources: Iterable[Source], seen: dict[str, SeenArticle]) -> None:
        waiting = self._arrivals.waiting()
        noted: list[ArrivedArticle] = []
        before: dict[int, set[str]] = {}
        for source in sources:
            article = self._arrived(library, source, seen.get(source.file), before)
            for digest in article.digests:
                before.setdefault(digest, set()).add(collection_of(source))
            if moved := [digest for digest in article.digests if _has_gone(library, waiting.get(digest), digest)]:
                self._arrivals.move(moved, source.file)
            noted.append(article)
        self._arrivals.note(noted, self._options.clock())

    def _arrived(
        self, library: Library, source: Source, known: SeenArticle | None, before: Mapping[int, set[str]]
    ) -> ArrivedArticle:
        """An article and its new passages; `before` has the passages of articles not noted yet."""
        passages = library.passages_of(source.file)
        if known is not None and not known.noted:  # what stood in it before is not known
            return arrived(source, passages)
        digests = {digest_of(passage) for passage in passages}
        placed = self._arrivals.collections_of(digests) if self._matcher.parts else {}
        new = {digest: set[str]() for digest in digests - self._arrivals.known(digests)} | placed
        for digest in digests & before.keys():
            new[digest] = new.get(digest, set()) | before[digest]
        article = arrived(source, passages, self._matches(library, source, passages, new) if new else ())
        here = collection_of(source)
        return article._replace(placed=tuple((digest, here) for digest in new) if self._matcher.parts else ())

    def _matches(
        self, library: Library, source: Source, passages: Sequence[Passage], new: Mapping[int, set[str]]
    ) -> Sequence[WatchMatch]:
        try:
            return self._matcher.match(library, source, passages, new)
        except DatabaseError:
            raise
        except Exception:  # whatever an article may hold, those behind it are looked at
            logger.exception("%s could not be matched with what is watched for", source.file)
            return ()

    def begin_due(self) -> list[PendingUpdate]:
        """Put the notices on their way that are due, the longest first, as many as may be.

        Raises:
            DatabaseError: They cannot be put on their way.
        """
        now = self._options.clock()
        waiting = [each.watch for each in self._book.waiting() if is_due(each, now, self._options.apart)]
        room = UNDER_WAY - self._book.notices_under_way() if waiting else 0
        return [update for watch in waiting[: max(0, room)] if (update := self._begin(watch, now))]

    def _begin(self, watch: Watch, now: dt.datetime) -> PendingUpdate | None:
        number = self._book.begin_notice(watch.id, now)
        return None if number is None else PendingUpdate(number, watch.chat_id)


def _has_gone(library: Library, file: str | None, digest: int) -> bool:
    """Whether a passage that waits stands no more in its article; a copy may be where the watcher is told nothing."""
    return file is not None and all(digest_of(library.passage(place)) != digest for place in library.places_of(file))
