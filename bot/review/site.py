"""The review site: a Datasette over the log and the verdicts, with the plugin that adds the pages."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from bot.review import datasette_plugin
from bot.review.library_cache import LibraryCache
from bot.review.review_context import LOG, VERDICTS, ReviewContext, add_context, remove_context
from bot.review.sign_in.links import SignInLinks
from bot.review.sign_in.passwords import PasswordSignIn
from bot.review.sign_in.sessions import Sessions
from bot.review.tables import metadata
from retrieval.articles_folder import ArticlesFolder
from storage.database.connection import DeskDatabase
from storage.database.verdict_migrations import verdicts_beside
from storage.verdicts.book import VerdictBook, forget_verdicts
from storage.verdicts.reviewers import Reviewer

FOLDER = Path(__file__).parent
_SETTINGS = {
    "num_sql_threads": 4,
    "allow_download": False,
    "truncate_cells_html": 400,
    "default_allow_sql": True,
    "sql_time_limit_ms": 2_000,
    "suggest_facets": False,  # with a million rows it costs seconds and finds nothing
    "facet_time_limit_ms": 2_000,
}


@contextmanager
def open_site(log: DeskDatabase, folder: ArticlesFolder, reviewers: Sequence[Reviewer]) -> Iterator[Datasette]:
    """Open a site over a log for reviewers who sign in with a password.

    Raises:
        DatabaseError: The verdicts cannot be opened.
    """
    forget_verdicts(log)  # and pairs the others with their exchanges
    book = VerdictBook(log)
    if not pm.is_registered(datasette_plugin):
        pm.register(datasette_plugin)
    datasette = Datasette(
        metadata=metadata(),
        settings=_SETTINGS,
        template_dir=str(FOLDER / "templates"),
        static_mounts=[("review", str(FOLDER / "static"))],
    )
    context = ReviewContext(log, book, LibraryCache(folder), SignInLinks(), PasswordSignIn(reviewers), Sessions())
    add_context(datasette, context)
    datasette.remove_database("_memory")
    for name, path in ((LOG, log.path), (VERDICTS, verdicts_beside(log.path))) if log.is_file else ():
        datasette.add_database(Database(datasette, str(path), is_mutable=True), name=name)
    try:
        yield datasette
    finally:
        datasette.executor.shutdown()
        for database in datasette.databases.values():
            database.close()
        remove_context(datasette)
        context.passwords.close()
        book.close()
