"""Settings in, a desk with all it works from out; the Telegram bot around it is built in `bot.serving`."""

from typing import NamedTuple

from bot.access import Access, Rules
from bot.desk import Books, Desk
from bot.settings import Settings
from prompts.render import Renderer
from retrieval.folder import ArticlesFolder
from retrieval.library import Library
from storage.database import DeskDatabase
from storage.log import ExchangeLog
from storage.models import Exchange
from storage.threads import Threads
from storage.ties import CollectionTies


class Office(NamedTuple):
    """A desk with all it works from.

    Attributes:
        settings: How it works.
        folder: Where its articles come from.
        desk: What answers.
        database: Where it records.
    """

    settings: Settings
    folder: ArticlesFolder
    desk: Desk
    database: DeskDatabase


def open_folder(settings: Settings) -> ArticlesFolder:
    """Set up the reading of the articles; nothing is read yet."""
    return ArticlesFolder(settings.articles, settings.max_article_bytes, settings.engine)


def open_database(settings: Settings) -> DeskDatabase:
    """Open the database.

    Raises:
        DatabaseError: It cannot be opened.
    """
    return DeskDatabase(settings.database)


def open_desk(settings: Settings, library: Library, database: DeskDatabase | None) -> Desk:
    """Set up a desk.

    Args:
        settings: How it answers.
        library: What it answers from.
        database: Where it records; None for evaluation, where nothing is said to anyone.

    Raises:
        TemplatesError: A team's own template cannot be used.
    """
    record = ExchangeLog(database).record if database else _unrecorded
    books = Books(Threads(database), CollectionTies(database)) if database else None
    return Desk(library, Renderer(settings.templates), record, settings.threshold, settings.sure, books)


def _unrecorded(exchange: Exchange) -> Exchange:
    return exchange


def open_access(settings: Settings, database: DeskDatabase, *owners: int) -> Access:
    """Set up who may ask.

    Args:
        settings: Who the owners are, whether the desk is open, and how much may be asked.
        database: What access is kept in.
        *owners: User ids of further owners.
    """
    rules = Rules(
        owners=frozenset({*settings.owners, *owners}),
        is_open=settings.open,
        limit_person=settings.limit_person,
        limit_chat=settings.limit_chat,
    )
    return Access(database, rules)
