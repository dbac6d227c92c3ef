"""The one place that builds objects: settings in, a desk or a Telegram bot out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from bot.desk import Desk
from bot.settings import Settings
from prompts.render import Renderer
from retrieval.library import Library
from retrieval.models import Article
from storage.database import DeskDatabase
from storage.log import ExchangeLog
from storage.models import Exchange

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
    return Desk(library, Renderer(settings.templates), record, settings.threshold, settings.sure)


def _unrecorded(exchange: Exchange) -> Exchange:
    return exchange


def build_bot(settings: Settings, desk: Desk, database: DeskDatabase) -> Bot:
    """Set up the Telegram bot; nothing is sent until it runs.

    Args:
        settings: The token, and where Telegram and the articles are.
        desk: What answers.
        database: Where everything is kept.

    Raises:
        SettingsError: There is no token.
    """
    from bot.service import build_application  # noqa: PLC0415 - the command line must not wait for Telegram's library

    return build_application(settings.token(), settings.telegram_url, desk, settings, database)
