"""Whether the articles are as they should be: all of them usable, and read by the bot."""

from bot.settings import Settings
from retrieval.articles_folder import Changes, changes
from retrieval.models import SkippedFile, Value
from retrieval.reading.articles import read_folder
from storage.record.articles_read import ReadArticles


class SourcesCheck(Value):
    """What there is to say of the articles folder.

    Attributes:
        articles: How many articles it holds.
        skipped: Files that cannot be used.
        unread: How it differs from what the bot last read of it; none where the bot has never read it.
    """

    articles: int
    skipped: tuple[SkippedFile, ...]
    unread: Changes | None

    @property
    def is_fine(self) -> bool:
        """Whether nothing is to be done."""
        return not self.skipped and not self.unread


def check_sources(settings: Settings, holdings: ReadArticles) -> SourcesCheck:
    """Read every article.

    Args:
        settings: Where they are.
        holdings: What the bot last read.

    Raises:
        ArticlesError: The folder cannot be listed, or nothing in it is usable.
        DatabaseError: What the bot last read cannot be known.
    """
    articles, skipped = read_folder(settings.articles, settings.max_article_bytes)
    read = holdings.hashes(settings.articles)
    unread = changes(read, {article.file: article.sha256 for article in articles}) if read else None
    return SourcesCheck(articles=len(articles), skipped=tuple(skipped), unread=unread)
