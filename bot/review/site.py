"""The site: a Datasette over the log and the verdicts, with what its pages work from."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from weakref import WeakKeyDictionary

from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from bot.review.library_cache import LibraryCache
from bot.review.sign_in_links import SignInLinks
from retrieval.articles_folder import ArticlesFolder
from storage.database.connection import DeskDatabase
from storage.verdicts.book import VerdictBook, forget_verdicts, verdicts_beside
from storage.verdicts.reviewers import Reviewer

LOG, VERDICTS = "log", "verdicts"
"""What the two databases are called on the site."""
PARTS = Path(__file__).parent
_SETTINGS = {
    "num_sql_threads": 4,
    "allow_download": False,
    "default_allow_sql": True,
    "sql_time_limit_ms": 2_000,
    "suggest_facets": False,  # with a million rows it costs seconds and finds nothing
    "facet_time_limit_ms": 2_000,
}


class Review(NamedTuple):
    """What the pages work from.

    Attributes:
        log: The file of the log; it is only read.
        book: The verdicts.
        shelf: The articles.
        links: The sign-in links that have not been used.
    """

    log: Path
    book: VerdictBook
    shelf: LibraryCache
    links: SignInLinks


_REVIEWS: WeakKeyDictionary[Datasette, Review] = WeakKeyDictionary()


def review_of(datasette: Datasette) -> Review:
    """What the pages of a site work from."""
    return _REVIEWS[datasette]


def is_review(datasette: Datasette) -> bool:
    """Whether a Datasette is ours; plugins are told of every one in the process."""
    return datasette in _REVIEWS


def open_site(log: Path, folder: ArticlesFolder, reviewers: Sequence[Reviewer]) -> Datasette:
    """Set up the site.

    Args:
        log: The database of the log; its schema is brought up to date, after which it is only read.
        folder: The articles.
        reviewers: Who may sign in with a password.

    Returns:
        A Datasette; `app()` is what serves it.

    Raises:
        DatabaseError: The log or the verdicts cannot be opened.
    """
    from bot.review import datasette_plugin as plugin  # noqa: PLC0415 - it needs this module

    with closing(DeskDatabase(log)) as database:
        forget_verdicts(database)
    book = VerdictBook(verdicts_beside(log))
    if not pm.is_registered(plugin):
        pm.register(plugin)
    datasette = Datasette(
        metadata=_metadata(reviewers),
        settings=_SETTINGS,
        template_dir=str(PARTS / "templates"),
        static_mounts=[("review", str(PARTS / "static"))],
    )
    _REVIEWS[datasette] = Review(log, book, LibraryCache(folder), SignInLinks())
    datasette.remove_database("_memory")
    for name, path in ((LOG, log), (VERDICTS, verdicts_beside(log))):
        datasette.add_database(Database(datasette, str(path), is_mutable=True), name=name)
    return datasette


def close_site(datasette: Datasette) -> None:
    """Close what the site has opened."""
    datasette.executor.shutdown()
    for database in datasette.databases.values():
        database.close()
    _REVIEWS.pop(datasette).book.close()


def _metadata(reviewers: Sequence[Reviewer]) -> dict[str, object]:
    """What Datasette and its password plugin are told; never shown, see `gate`."""
    accounts = {f"{reviewer.name}_password_hash": reviewer.password for reviewer in reviewers}
    actors = {reviewer.name: {"id": reviewer.name, "role": reviewer.role.value} for reviewer in reviewers}
    return {
        "title": "policydesk",
        "allow": {"role": ["owner", "reviewer"]},
        "databases": {name: {"allow": {"role": "owner"}} for name in (LOG, VERDICTS)},
        "plugins": {"datasette-auth-passwords": {**accounts, "actors": actors}},
    }
