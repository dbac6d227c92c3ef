"""The check of the articles folder: files that cannot be used, and changes that the bot has not read."""

import datetime as dt

from bot.settings import Settings
from retrieval.articles_folder import Changes, changes
from retrieval.index.date_order import date_undecided, readings
from retrieval.models import SkippedFile, Value
from retrieval.reading.articles import read_folder
from storage.record.articles_read import ReadArticles


class UndecidedDate(Value):
    """A date in figures that leaves an article undated: nothing tells its day from its month."""

    file: str
    written: str
    readings: tuple[dt.date, ...]  # the days it may be


class SourcesCheck(Value):
    """State of the articles folder."""

    articles: int  # how many
    undated: int  # how many of them
    undecided: tuple[UndecidedDate, ...] = ()  # of these, by a date with two readings
    skipped: tuple[SkippedFile, ...]
    unread: Changes | None  # since the bot last read the folder; None where it never did

    @property
    def is_fine(self) -> bool:
        """Whether all files can be used and the bot has read them."""
        return not self.skipped and not self.unread


def check_sources(settings: Settings, read_articles: ReadArticles) -> SourcesCheck:
    """Read every article, and compare the folder with the articles that the bot last read.

    Raises:
        ArticlesError: The folder cannot be listed, or nothing in it is usable.
        DatabaseError: The articles that the bot last read are not known.
    """
    articles, skipped = read_folder(settings.articles, settings.max_article_bytes)
    read = read_articles.hashes(settings.articles)
    unread = changes(read, {article.file: article.sha256 for article in articles}) if read else None
    undated = [article for article in date_undecided(articles) if article.date is None]
    return SourcesCheck(
        articles=len(articles),
        undated=len(undated),
        undecided=tuple(
            UndecidedDate(file=article.file, written=article.undecided_date, readings=readings(article))
            for article in undated
            if article.undecided_date is not None
        ),
        skipped=tuple(skipped),
        unread=unread,
    )
