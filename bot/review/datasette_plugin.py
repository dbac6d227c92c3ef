"""What Datasette asks of its plugins, answered for our site: routes, the gate, and the verdicts beside the log."""

import sqlite3
from collections.abc import Callable
from urllib.parse import quote

from datasette.app import Datasette
from jinja2 import Environment
from pluggy import HookimplMarker

from bot.review import exchange_views as views
from bot.review import overview_views as overviews
from bot.review import template_filters as wording
from bot.review.access_gate import App, gated
from bot.review.site import LOG, is_review, review_of
from storage.verdicts.book import verdicts_beside

hookimpl = HookimplMarker("datasette")


@hookimpl
def register_routes(datasette: Datasette) -> list[tuple[str, Callable[..., object]]]:
    """Our pages."""
    return [*views.ROUTES, *overviews.ROUTES] if is_review(datasette) else []


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    """The gate, before everything."""
    return lambda app: gated(datasette, app) if is_review(datasette) else app


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Datasette) -> None:
    """Whoever reads the log reads the verdicts beside it."""
    if is_review(datasette) and database == LOG:
        path = verdicts_beside(review_of(datasette).log)
        conn.execute("attach database ? as verdicts", [f"file:{quote(str(path))}?mode=ro"])


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    """What our templates write with."""
    if is_review(datasette):
        env.filters |= wording.FILTERS


@hookimpl
def menu_links(datasette: Datasette, actor: object) -> list[dict[str, str]]:
    """The way back from Datasette's pages to ours."""
    return [{"href": "/inbox", "label": "Review"}] if is_review(datasette) and actor else []
