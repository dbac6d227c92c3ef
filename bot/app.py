"""The one place that builds objects: settings in, a desk or a Telegram bot out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from bot.access import Access, Rules
from bot.desk import Desk
from bot.settings import Settings
from prompts.render import Renderer
from retrieval.library import Library
from retrieval.models import Article
from storage.database import DeskDatabase
from storage.log import ExchangeLog
from storage.models import Exchange
from storage.threads import Threads

if TYPE_CHECKING:
    from bot.service import Bot


def open_library(settings: Settings, track: Callable[[Sequence[Article]], Iterable[Article]] = iter) -> Library:
    """Read and index the articles.

    Args:
        settings: Where they are.
        track: Wraps the list of articles while they are indexed, to show progress.

    Raises:
        ArticlesError: No article can be used.
    """
    return Library.open(settings.articles, settings.max_article_bytes, track)


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
    threads = Threads(database) if database else None
    return Desk(library, Renderer(settings.templates), record, settings.threshold, settings.sure, threads)


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


def build_bot(settings: Settings, desk: Desk, access: Access, database: DeskDatabase) -> Bot:
    """Set up the Telegram bot; nothing is sent until it runs.

    Args:
        settings: The token, and where Telegram and the articles are.
        desk: What answers.
        access: Who may ask.
        database: Where everything is kept.

    Raises:
        SettingsError: There is no token.
    """
    from bot.service import build_application  # noqa: PLC0415 - the command line must not wait for Telegram's library

    return build_application(settings.token(), settings.telegram_url, desk, access, settings, database)
