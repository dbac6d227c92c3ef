"""What all pages share: who asks, what they ask for, how the log is read for it, and how a page is made."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from bot.review.access_gate import SignedInReviewer, person_of
from bot.review.site import LOG, Review
from bot.review.template_filters import RULINGS
from retrieval.errors import PolicydeskError
from retrieval.library import Library
from storage.errors import ReviewError

Read = TypeVar("Read")
View = Callable[[Request, Datasette], Awaitable[Response]]
Route = tuple[str, Callable[..., Awaitable[Response]]]


def articles(review: Review) -> Library:
    """The articles.

    Raises:
        ReviewError: There are none that can be used.
    """
    library = review.shelf.library()
    if library is None:
        raise ReviewError("The articles cannot be read: see `policydesk sources --check`.")
    return library


def person(request: Request, datasette: Datasette) -> SignedInReviewer:
    """Who is signed in.

    Raises:
        ReviewError: Nobody is; the gate lets nobody through, so that this is never seen.
    """
    found = person_of(datasette, request.scope)
    if found is None:
        raise ReviewError("Sign in first.")
    return found


def given(request: Request) -> Mapping[str, str]:
    """The parameters of the address; of those given twice the first."""
    return {name: request.args[name] for name in request.args}


async def posted(request: Request) -> Mapping[str, str]:
    """The fields of a form.

    Raises:
        ReviewError: The page was only opened.
    """
    if request.method != "POST":
        raise ReviewError("This address only takes forms: go back to the inbox.")
    fields: Mapping[str, str] = await request.post_vars()
    return fields


def number(request: Request, name: str) -> int | None:
    """A number among the parameters; none where it is missing or is none."""
    written = given(request).get(name, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) <= len(str(2**62)) - 1 else None


async def read(datasette: Datasette, look: Callable[[Database], Read]) -> Read:
    """Read the log in one of Datasette's threads, each of which has a connection that cannot write."""
    found: Read = await datasette.get_database(LOG).execute_fn(
        lambda connection: look(Database(connection, execute_plugins=False))
    )
    return found


async def shown(request: Request, datasette: Datasette, template: str, status: int = 200, **values: object) -> Response:
    """A page."""
    someone = person_of(datasette, request.scope)
    context = {"person": someone, "rulings": RULINGS, "here": template, **values}
    return Response.html(await datasette.render_template(f"review/{template}.html", context, request=request), status)


async def problem(request: Request, datasette: Datasette, error: PolicydeskError, status: int = 400) -> Response:
    """What went wrong, in one line that says what to do."""
    return await shown(request, datasette, "problem", status, line=str(error))


def explained(view: View) -> View:
    """A view that turns an expected error into a page that says what to do."""

    async def page(request: Request, datasette: Datasette) -> Response:
        try:
            return await view(request, datasette)
        except PolicydeskError as error:
            return await problem(request, datasette, error)

    return page
