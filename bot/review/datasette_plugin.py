"""The hooks of a Datasette plugin: routes to the pages, the gate, the verdicts beside the log, and template filters."""

import sqlite3
from collections.abc import Callable, Generator
from urllib.parse import quote

from datasette.app import Datasette
from datasette.utils.asgi import Base400, Request, Response
from datasette.views.base import DatasetteError
from jinja2 import Environment
from markupsafe import Markup
from pluggy import HookimplMarker, Result
from starlette.types import ASGIApp

from bot.review import exchange_views, overview_views
from bot.review.access_gate import AccessGate
from bot.review.briefs import views as brief_views
from bot.review.page import Route, render_problem
from bot.review.reply_html import reply_beginning
from bot.review.review_context import LOG, context_of, is_review, reviewer_of
from bot.review.sign_in import views as sign_in_views
from bot.review.tables import TABLES
from bot.review.template_filters import FILTERS, two_places
from prompts.markup import clean
from prompts.models import Channel
from storage.database.verdict_migrations import verdicts_beside
from storage.errors import ReviewError

hookimpl = HookimplMarker("datasette")
MINUTE_CHARS = len("2026-11-30T05:24")


@hookimpl
def register_routes(datasette: Datasette) -> list[Route]:
    """Return the routes to the pages."""
    if not is_review(datasette):
        return []
    routes = [*exchange_views.ROUTES, *overview_views.ROUTES, *brief_views.ROUTES, *sign_in_views.ROUTES]
    return routes if context_of(datasette).log.is_file else [*routes, *overview_views.ROUTES_WITHOUT_TABLES]


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
        path = verdicts_beside(context_of(datasette).log.path)
        conn.execute("attach database ? as verdicts", [f"file:{quote(str(path))}?mode=ro"])


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    """Add the filters of the templates."""
    if is_review(datasette):
        env.filters |= FILTERS


@hookimpl
def extra_template_vars(datasette: Datasette, request: Request | None) -> dict[str, object]:
    """Tell every page who looks, and the tables for people."""
    if not is_review(datasette) or request is None:
        return {}
    return {"person": reviewer_of(datasette, request.scope), "record_tables": TABLES}


@hookimpl
def render_cell(value: object, column: str, datasette: Datasette) -> Markup | None:
    """Link the number of an exchange to its page; show times to the minute, shares to two places, replies as read."""
    if not is_review(datasette):
        return None
    if column in {"exchange", "exchange_id"} and isinstance(value, int):
        return Markup('<a href="/exchange/{0}?status=all">#{0}</a>').format(value)
    if column.endswith("_at") and isinstance(value, str) and len(value) > MINUTE_CHARS:
        return Markup("<time>{}</time>").format(value[:MINUTE_CHARS].replace("T", " "))
    if isinstance(value, float):
        return Markup(two_places(value))  # noqa: S704 - digits
    if column == "reply" and isinstance(value, str) and "</" in value:
        return Markup("{}").format(clean(reply_beginning(value, Channel.TELEGRAM)))
    return None


@hookimpl(hookwrapper=True)
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Generator[None, Result[list[object]], None]:
    """Show an error of the tables as a page with navigation, and the SQL that it is about, in Datasette's stead."""
    outcome = yield
    if not is_review(datasette) or not isinstance(exception, Base400 | DatasetteError) or "." in request.path:
        return

    async def render() -> Response:
        is_slow = getattr(exception, "message_is_html", False)
        error = ReviewError(_SLOW if is_slow else _LINES.get(line := str(exception.args[0]), line))
        return await render_problem(request, datasette, error, exception.status, request.args.get("sql"))

    outcome.force_result([render])


_SLOW = "This took longer than two seconds: add a condition or a limit, and run it again."
_LINES = {"404": "There is no such page.", "Statement must be a SELECT": "Only queries that begin with select are run."}
"""Errors of Datasette in words of ours."""
