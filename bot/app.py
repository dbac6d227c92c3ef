"""Settings in, a desk with all it works from out; the Telegram bot around it is built in `bot.serving`."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.access.policy import Access, AccessRules
from bot.desk.desk import ConversationStore, Desk
from bot.settings import Settings
from prompts.render import Renderer
from retrieval.articles_folder import ArticlesFolder
from retrieval.indexer.location import IndexLocation
from retrieval.library import Library
from retrieval.ranking.tuning import read_tuning
from storage.chats.collection_choices import CollectionChoices
from storage.database.connection import DeskDatabase
from storage.models import Exchange
from storage.record.conversations import Conversations
from storage.record.exchanges import ExchangeLog

if TYPE_CHECKING:
    from bot.metrics import Metrics  # takes a tenth of a second to load, and only `serve` may want it


class Office(NamedTuple):
    """A desk with all it works from.

    Attributes:
        settings: How it works.
        folder: Where its articles come from.
        desk: What answers.
        database: Where it records.
        metrics: What is counted meanwhile; None where nobody asks for it.
    """

    settings: Settings
    folder: ArticlesFolder
    desk: Desk
    database: DeskDatabase
    metrics: Metrics | None = None


def open_folder(settings: Settings) -> ArticlesFolder:
    """Set up the reading of the articles; none is read yet.

    Raises:
        WeightsError: What the desk has learnt cannot be read.
    """
    tuning = read_tuning(settings.weights)
    keeping = IndexLocation(index_place(settings), logging.getLogger("policydesk").warning)
    return ArticlesFolder(settings.articles, settings.max_article_bytes, tuning, settings.engine, keeping)


def index_place(settings: Settings) -> Path:
    """Where the index of the articles is kept: each folder has its own."""
    folder = settings.articles.resolve()
    return settings.index / f"{folder.name}-{hashlib.sha256(bytes(folder)).hexdigest()[:12]}"


def open_database(settings: Settings) -> DeskDatabase:
    """Open the database.

    Raises:
        DatabaseError: It cannot be opened.
    """
    return DeskDatabase(settings.database)


def open_desk(
    settings: Settings,
    library: Library,
    database: DeskDatabase | None,
    told: Callable[[Exchange], None] | None = None,
) -> Desk:
    """Set up a desk.

    Args:
        settings: How it answers.
        library: What it answers from.
        database: Where it records; None for evaluation, where nothing is said to anyone.
        told: Told of every exchange that is on record.

    Raises:
        TemplatesError: A team's own template cannot be used.
    """
    log = ExchangeLog(database) if database else None
    books = (
        ConversationStore(Conversations(database), CollectionChoices(database), log.find_by_update)
        if database and log
        else None
    )
    record = log.record if log else _unrecorded
    desk = Desk(library, Renderer(settings.templates), record, settings.threshold, settings.sure, books)
    if told is not None:
        desk.told = told
    return desk


def _unrecorded(exchange: Exchange) -> Exchange:
    return exchange


def open_access(settings: Settings, database: DeskDatabase, *owners: int) -> Access:
    """Set up who may ask.

    Args:
        settings: Who the owners are, whether the desk is open, and how much may be asked.
        database: What access is kept in.
        *owners: User ids of further owners.
    """
    rules = AccessRules(
        owners=frozenset({*settings.owners, *owners}),
        is_open=settings.open,
        limit_person=settings.limit_person,
        limit_chat=settings.limit_chat,
    )
    return Access(database, rules)
