"""Settings in, a desk with all it works from out; the Telegram bot around it is built in `bot.serving`."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.access.policy import Access, AccessRules
from bot.desk.answer_cache import LibraryRunner, run_here
from bot.desk.desk import ConversationStore, Desk, DeskOptions, ExchangeListener
from bot.errors import SettingsError
from bot.settings import Settings
from prompts.render import Renderer
from retrieval.articles_folder import ArticlesFolder
from retrieval.glossary.readings import Glossary
from retrieval.glossary.table import read_entries
from retrieval.indexer.location import IndexLocation
from retrieval.library import Library
from retrieval.query.reader import LanguageOptions
from retrieval.ranking.tuning import read_tuning
from retrieval.semantic_choice import choose_model
from storage.chats.collection_choices import CollectionChoices
from storage.database.connection import DeskDatabase
from storage.models import Exchange
from storage.record.conversations import Conversations
from storage.record.exchanges import ExchangeLog

if TYPE_CHECKING:
    from bot.metrics import Metrics  # takes a tenth of a second to load, and only `serve` may want it


class Office(NamedTuple):
    """A desk with all it works from."""

    settings: Settings
    folder: ArticlesFolder
    desk: Desk
    database: DeskDatabase
    metrics: Metrics | None = None  # none where no address is set at which they are read


def open_folder(settings: Settings) -> ArticlesFolder:
    """Set up the reading of the articles; none is read yet.

    Raises:
        WeightsError: What the desk has learnt cannot be read.
        SemanticError: A semantic model is wanted, but not installed.
        GlossaryError: Its own glossary cannot be used.
    """
    tuning = read_tuning(settings.weights)
    note, memory = logging.getLogger("policydesk").warning, settings.index_memory << 20
    location = IndexLocation(index_place(settings), note, memory)
    model, languages = choose_model(settings.semantic, settings.semantic_model), language_options(settings)
    folder, most = settings.articles, settings.max_article_bytes
    return ArticlesFolder(folder, most, tuning, settings.engine, location, model=model, languages=languages)


def language_options(settings: Settings) -> LanguageOptions:
    """Return how questions are read in other languages: with the desk's own glossary over the shipped one.

    Raises:
        GlossaryError: The desk's own cannot be used.
    """
    own = read_entries(settings.glossary) if settings.glossary else ()
    first = None if settings.first_language == "question" else settings.first_language
    return LanguageOptions(Glossary(own), first)


def index_place(settings: Settings) -> Path:
    """Where the index of the articles is kept: each folder has its own."""
    folder = settings.articles.resolve()
    return settings.index / f"{folder.name}-{hashlib.sha256(bytes(folder)).hexdigest()[:12]}"


def open_database(settings: Settings, *, only_read: bool = False) -> DeskDatabase:
    """Open the database; where it is only read it need not be writable.

    Raises:
        DatabaseError: It cannot be opened.
        SettingsError: It is on PostgreSQL, and the extra for that is not installed.
    """
    if settings.server is None:
        return DeskDatabase(settings.database, only_read=only_read)
    try:
        from storage.database.postgres.database import PostgresDatabase  # noqa: PLC0415 - needs the extra
    except ImportError as error:
        raise SettingsError(
            "POLICYDESK_DATABASE leads to PostgreSQL, for which the extra is not installed: pip install "
            "'policydesk[postgres]'"
        ) from error
    return PostgresDatabase(settings.server.get_secret_value(), settings.database)


def open_desk(
    settings: Settings,
    library: Library,
    database: DeskDatabase | None,
    listener: ExchangeListener | None = None,
    run: LibraryRunner = run_here,
) -> Desk:
    """Set up a desk, which records nothing where `database` is None, for evaluation.

    Raises:
        TemplatesError: A team's own template cannot be used.
    """
    renderer, options = Renderer(settings.templates), DeskOptions(settings.threshold, settings.sure, run, listener)
    if database is None:
        return Desk(library, renderer, _unrecorded, options)
    log = ExchangeLog(database)
    store = ConversationStore(Conversations(database), CollectionChoices(database), log)
    return Desk(library, renderer, log.record, options, store)


def _unrecorded(exchange: Exchange) -> Exchange:
    return exchange


def open_access(settings: Settings, database: DeskDatabase, *owners: int) -> Access:
    """Set up who may ask; `owners` are further owners, by user id."""
    rules = AccessRules(
        owners=frozenset({*settings.owners, *owners}),
        is_open=settings.open,
        limit_person=settings.limit_person,
        limit_chat=settings.limit_chat,
    )
    return Access(database, rules)
