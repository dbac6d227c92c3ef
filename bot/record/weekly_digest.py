"""The week's digest for the owners: what was asked, what is missing, what is disputed, and which sources changed."""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Iterable
from pathlib import Path

from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.messages.localizer import Localizer
from bot.record.exchange_report import verdicts_on
from retrieval.errors import PolicydeskError
from retrieval.library import Library
from retrieval.models import Value
from storage.record.source_status import CitedArticles, Freshness
from storage.record.weekly_figures import OpenQuestion, WeekFigures, WeeklyFigures

EVERY_SECONDS = 3_600
WEEK = dt.timedelta(weeks=1)
TOLD_FROM = dt.timedelta(hours=7)
"""How long after a week has ended, on Monday at midnight UTC, it is told of."""
LISTED = 5
CUTS = (300, 150, 60)
"""How much of a question is shown, in code points, tried from the left until the message fits."""

logger = logging.getLogger(__name__)


class Digest(Value):
    """What the owners are told of a week.

    Attributes:
        first: Its first day.
        last: Its last day.
        figures: What was asked.
        gaps: Questions that the articles do not answer, those asked most often first.
        changed: Articles cited in the week that have changed since, or are gone.
        reviewed_at: The address of the review pages; none where nobody said.
    """

    first: dt.date
    last: dt.date
    figures: WeekFigures
    gaps: tuple[OpenQuestion, ...]
    changed: tuple[tuple[str, Freshness], ...]
    reviewed_at: str | None


class Digests:
    """Tells the owners of each week once, in their language."""

    def __init__(  # noqa: PLR0913, PLR0917 - each is another thing it needs
        self,
        bot: Bot,
        book: WeeklyFigures,
        library: Callable[[], Library],
        interpreter: Localizer,
        owners: Iterable[int],
        log: Path,
        reviewed_at: str | None = None,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        """Set up.

        Args:
            bot: What to say it with.
            book: Figures of weeks, and who was told of them.
            library: Gives the articles as they are now.
            interpreter: Has the words.
            owners: Their user ids.
            log: The file of the record, beside which the verdicts are.
            reviewed_at: The address of the review pages.
            clock: Gives the time, with its zone.
        """
        self._bot, self._book, self._library, self._interpreter = bot, book, library, interpreter
        self._owners, self._log, self._reviewed_at, self._clock = sorted(owners), log, reviewed_at, clock

    async def run(self) -> None:
        """Do it now and once an hour, until cancelled."""
        while True:
            try:
                await self.once()
            except PolicydeskError as error:  # in an hour it may work
                logger.warning("The week's digest could not be made. %s", error)
            await asyncio.sleep(EVERY_SECONDS)

    async def once(self) -> None:
        """Tell the owners who were not told yet of the last week that has ended.

        Raises:
            DatabaseError: The record cannot be read.
        """
        until = _monday(self._clock() - TOLD_FROM)
        week = (until - WEEK).date()
        waiting = [owner for owner in self._owners if not await asyncio.to_thread(self._book.is_sent, week, owner)]
        if waiting:
            digest = await asyncio.to_thread(self._digest, until)
            for owner in waiting:
                await self._tell(owner, digest)

    async def _tell(self, owner: int, digest: Digest) -> None:
        words = self._interpreter.to_party(owner).fitting_notice("digest", CUTS, digest=digest, listed=LISTED)
        try:
            await self._bot.send_message(owner, words, ParseMode.HTML)
        except TelegramError as error:
            logger.warning("Owner %s could not be told of the week (%s): they must write to the bot once", owner, error)
            return
        await asyncio.to_thread(self._book.note_sent, digest.first, owner, self._clock())

    def _digest(self, until: dt.datetime) -> Digest:
        library, since = self._library(), until - WEEK
        figures = self._book.figures(since, until, verdicts_on(self._log))
        return Digest(
            first=since.date(),
            last=(until - dt.timedelta(days=1)).date(),
            figures=figures,
            gaps=tuple(asked for asked in figures.refused if _is_gap(library, asked.question)),
            changed=tuple(_changed(library, figures)),
            reviewed_at=self._reviewed_at,
        )


def _monday(moment: dt.datetime) -> dt.datetime:
    """The midnight, UTC, at which the week of a moment began."""
    day = moment.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - dt.timedelta(days=day.weekday())


def _is_gap(library: Library, question: str) -> bool:
    """Whether a question was refused because no article answers it, not because it was none."""
    query = library.read(question)
    return bool(query.terms) and query.chat is None and query.fault is None and not query.foreign


def _changed(library: Library, figures: WeekFigures) -> list[tuple[str, Freshness]]:
    articles = CitedArticles(library.sources)
    found = {cited.file: articles.freshness(cited) for cited in figures.cited}
    return [(file, freshness) for file, freshness in found.items() if freshness is not Freshness.CURRENT]
