"""The weekly digest for the owners: figures of the week, gaps of the articles, and sources that have changed."""

import asyncio
import datetime as dt
import logging
from collections.abc import Iterable

from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.clock import Clock, repeat, utc_now
from bot.desk.desk import Desk
from bot.messages.localizer import Localizer
from retrieval.library import Library
from retrieval.models import Value
from storage.database.connection import DeskDatabase
from storage.record.source_status import CitedArticles, Freshness
from storage.record.weekly_figures import OpenQuestion, WeekFigures, WeeklyFigures
from storage.verdicts.book import verdicts_on

EVERY_SECONDS = 3_600
WEEK = dt.timedelta(weeks=1)
SENT_AFTER = dt.timedelta(hours=7)
"""The digest is sent this long after the week has ended, on Monday at midnight UTC."""
LISTED = 5
CUTS = (300, 150, 60)
"""Code points shown of a question, tried from the left until the message fits."""

logger = logging.getLogger(__name__)


class Digest(Value):
    """The digest of a week, from its first to its last day."""

    first: dt.date
    last: dt.date
    figures: WeekFigures
    gaps: tuple[OpenQuestion, ...]  # questions that the articles do not answer, the most frequent first
    changed: tuple[tuple[str, Freshness], ...]  # articles cited in the week that have changed since or are gone
    reviewed_at: str | None  # the address of the review pages


class Digests:
    """Sends each owner the digest of each week once, in their language."""

    def __init__(  # noqa: PLR0913, PLR0917 - each is another thing it needs
        self,
        bot: Bot,
        weeks: WeeklyFigures,
        desk: Desk,
        localizer: Localizer,
        owners: Iterable[int],
        log: DeskDatabase,
        review_url: str | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self._bot, self._weeks, self._desk, self._localizer = bot, weeks, desk, localizer
        self._owners, self._log, self._review_url, self._clock = sorted(owners), log, review_url, clock

    async def run(self) -> None:
        """Send digests that are due, now and once an hour, until cancelled."""
        await repeat(self.once, EVERY_SECONDS, "The week's digest could not be made.")

    async def once(self) -> None:
        """Send the digest of the last week that has ended to the owners who do not have it yet.

        Raises:
            DatabaseError: The record cannot be read.
        """
        until = _monday(self._clock() - SENT_AFTER)
        week = (until - WEEK).date()
        waiting = [owner for owner in self._owners if not await asyncio.to_thread(self._weeks.is_sent, week, owner)]
        if waiting:
            digest = await asyncio.to_thread(self._digest, until)
            for owner in waiting:
                await self._send(owner, digest)

    async def _send(self, owner: int, digest: Digest) -> None:
        words = self._localizer.to_party(owner).fitting_notice("digest", CUTS, digest=digest, listed=LISTED)
        try:
            await self._bot.send_message(owner, words, ParseMode.HTML)
        except TelegramError as error:
            logger.warning("Owner %s could not be told of the week (%s): they must write to the bot once", owner, error)
            return
        await asyncio.to_thread(self._weeks.note_sent, digest.first, owner, self._clock())

    def _digest(self, until: dt.datetime) -> Digest:
        library, since = self._desk.library, until - WEEK
        figures = self._weeks.figures(since, until, verdicts_on(self._log))
        return Digest(
            first=since.date(),
            last=(until - dt.timedelta(days=1)).date(),
            figures=figures,
            gaps=tuple(asked for asked in figures.refused if _is_gap(library, asked.question)),
            changed=tuple(_changed_sources(library, figures)),
            reviewed_at=self._review_url,
        )


def _monday(time: dt.datetime) -> dt.datetime:
    """Return the midnight, UTC, at which the week of a time began."""
    day = time.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - dt.timedelta(days=day.weekday())


def _is_gap(library: Library, question: str) -> bool:
    """Whether an unanswered question is one that an article could have answered."""
    query = library.read(question)
    return bool(query.terms) and query.chat is None and query.fault is None and not query.foreign


def _changed_sources(library: Library, figures: WeekFigures) -> list[tuple[str, Freshness]]:
    articles = CitedArticles(library.sources)
    freshness_of = {cited.file: articles.freshness(cited) for cited in figures.cited}
    return [(file, freshness) for file, freshness in freshness_of.items() if freshness is not Freshness.CURRENT]
