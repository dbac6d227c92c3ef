"""The request and the response of a page: reviewer, parameters and form in, a query of the log, a template out."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from bot.review.review_context import LOG, context_of, reviewer_of
from bot.review.sign_in.sessions import SignedInReviewer
from bot.review.template_filters import RULINGS
from retrieval.errors import PolicydeskError
from storage.errors import ReviewError
from storage.verdicts.models import FITTING

Result = TypeVar("Result")
P = ParamSpec("P")
Route = tuple[str, Callable[..., Awaitable[Response]]]
"""A pattern of paths and its view; Datasette passes the arguments that the view names."""
LARGEST_NUMBER_DIGITS = 18


class View(Protocol):
    """Answers a request with a page; Datasette passes arguments by name."""

    async def __call__(self, request: Request, datasette: Datasette) -> Response:
        """Return the response."""
        ...


def signed_in_reviewer(request: Request, datasette: Datasette) -> SignedInReviewer:
    """Return the reviewer who sent a request.

    Raises:
        ReviewError: Nobody is signed in; the gate stops such requests, so that this is never seen.
    """
    reviewer = reviewer_of(datasette, request.scope)
    if reviewer is None:
        raise ReviewError("Sign in first.")
    return reviewer


def parameters(request: Request) -> Mapping[str, str]:
    """Return the parameters of the address; of a repeated one the first."""
    return {name: request.args[name] for name in request.args}


def number_parameter(request: Request, name: str) -> int | None:
    """Return a parameter that is a number; None where it is missing or no number."""
    text = parameters(request).get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LARGEST_NUMBER_DIGITS else None


async def form_fields(request: Request) -> Mapping[str, str]:
    """Return the fields of a form.

    Raises:
        ReviewError: The request is not a form's.
    """
    if request.method != "POST":
        raise ReviewError("This address only takes forms: go back to the inbox.")
    fields: Mapping[str, str] = await request.post_vars()
    return fields


async def query_log(
    datasette: Datasette, query: Callable[Concatenate[Database, P], Result], *args: P.args, **kwargs: P.kwargs
) -> Result:
    """Query the log: a file in one of Datasette's threads, each with a connection that cannot write."""

    def run(connection: sqlite3.Connection) -> Result:
        return query(Database(connection, execute_plugins=False), *args, **kwargs)

    def run_on_server() -> Result:
        with context_of(datasette).log.reading() as db:
            return query(db, *args, **kwargs)

    if not context_of(datasette).log.is_file:
        return await asyncio.to_thread(run_on_server)
    result: Result = await datasette.get_database(LOG).execute_fn(run)
    return result


async def render_page(
    request: Request, datasette: Datasette, template: str, status: int = 200, **values: object
) -> Response:
    """Render a template as a page."""
    context = {"rulings": RULINGS, "fitting": FITTING, "here": template, **values}
    return Response.html(await datasette.render_template(f"review/{template}.html", context, request=request), status)


async def render_problem(
    request: Request, datasette: Datasette, error: PolicydeskError, status: int = 400, sql: str | None = None
) -> Response:
    """Render an error as a page; over a query of the tables with its SQL, to go on from."""
    return await render_page(
        request, datasette, "problem", status, line=str(error), sql=sql, is_missing=status == HTTPStatus.NOT_FOUND
    )


def with_problem_page(view: View) -> View:
    """Have a view render an expected error as a page."""

    @wraps(view)
    async def page(request: Request, datasette: Datasette) -> Response:
        try:
            return await view(request, datasette)
        except PolicydeskError as error:
            return await render_problem(request, datasette, error)

    return page
