"""The one place that builds objects: settings in, a desk or a Telegram bot out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.access import Access, Rules
from bot.desk import Desk
from bot.settings import Settings
from prompts.render import Renderer
from retrieval.folder import ArticlesFolder
from retrieval.library import Library
from storage.database import DeskDatabase
from storage.holdings import Holdings
from storage.log import ExchangeLog
from storage.models import Exchange
from storage.threads import Threads

if TYPE_CHECKING:
    from bot.keeper import LibraryKeeper
    from bot.service import Bot


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
    return ArticlesFolder(settings.articles, settings.max_article_bytes)


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


def build_keeper(office: Office) -> LibraryKeeper:
    """Set up what reads the articles again while the bot answers."""
    from bot.keeper import LibraryKeeper  # noqa: PLC0415 - only a bot that runs needs it

    holdings = Holdings(office.database)

    def note(library: Library) -> None:
        holdings.replace(office.folder.path, library.articles)

    note(office.desk.library)
    return LibraryKeeper(office.folder, office.desk, note)


def build_bot(office: Office, keeper: LibraryKeeper, access: Access, token: str, url: str) -> Bot:
    """Set up the Telegram bot; nothing is sent until it runs.

    Args:
        office: What answers, and what it works from.
        keeper: Reads the articles again.
        access: Who may ask, and who may change articles.
        token: The bot's token.
        url: Root of the Bot API server.
    """
    from bot.handlers.curators import Curators  # noqa: PLC0415 - the command line must not wait for Telegram's library
    from bot.handlers.reloading import Reloading  # noqa: PLC0415
    from bot.service import build_application  # noqa: PLC0415

    renderer = office.desk.renderer
    curators = Curators(access, renderer)
    conversations = [Reloading(keeper, renderer, curators)]
    return build_application(token, url, office.desk, access, conversations, is_paced=office.settings.pace)
