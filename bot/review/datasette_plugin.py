"""The hooks of a Datasette plugin: routes to the pages, the gate, the verdicts beside the log, and template filters."""

import sqlite3
from collections.abc import Callable
from urllib.parse import quote

from datasette.app import Datasette
from jinja2 import Environment
from pluggy import HookimplMarker
from starlette.types import ASGIApp

from bot.review import exchange_views, overview_views, sign_in_views
from bot.review.access_gate import AccessGate
from bot.review.page import Route
from bot.review.review_context import LOG, context_of, is_review
from bot.review.template_filters import FILTERS
from storage.database.verdict_migrations import verdicts_beside

hookimpl = HookimplMarker("datasette")


@hookimpl
def register_routes(datasette: Datasette) -> list[Route]:
    """Return the routes to the pages."""
    return [*exchange_views.ROUTES, *overview_views.ROUTES, *sign_in_views.ROUTES] if is_review(datasette) else []


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[ASGIApp], ASGIApp]:
    """Put the gate before the site."""

    def wrap(app: ASGIApp) -> ASGIApp:
        return AccessGate(datasette, app) if is_review(datasette) else app

    return wrap


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Datasette) -> None:
    """Attach the verdicts to each connection to the log."""
    if is_review(datasette) and database == LOG:
        path = verdicts_beside(context_of(datasette).log)
        conn.execute("attach database ? as verdicts", [f"file:{quote(str(path))}?mode=ro"])


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    """Add the filters of the templates."""
    if is_review(datasette):
        env.filters |= FILTERS


@hookimpl
def menu_links(datasette: Datasette, actor: object) -> list[dict[str, str]]:
    """Return the link from Datasette's pages back to the inbox."""
    return [{"href": "/inbox", "label": "Review"}] if is_review(datasette) and actor else []
