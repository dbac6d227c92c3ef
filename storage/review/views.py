"""The pages: a request in, a page read by Datasette's threads, a template out."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from retrieval.errors import PolicydeskError
from retrieval.library import Library
from storage.errors import ReviewError
from storage.models import SecondReview
from storage.review.choosing import choosing_page
from storage.review.exchange import chosen_sentence, exchange_page, is_on_record, read_verdict
from storage.review.gate import Person, person_of
from storage.review.inbox import InboxFilter, inbox, next_in_inbox
from storage.review.site import LOG, Review, review_of
from storage.review.wording import RULINGS

Read = TypeVar("Read")
View = Callable[[Request, Datasette], Awaitable[Response]]
Route = tuple[str, Callable[..., Awaitable[Response]]]


async def home() -> Response:
    """Where everybody begins."""
    return Response.redirect("/inbox")


async def sign_in(request: Request, datasette: Datasette) -> Response:
    """A link that signs in once."""
    found = review_of(datasette).links.use(request.url_vars["token"])
    if found is None:
        return await problem(request, datasette, ReviewError("This link was used before, or is too old."), 403)
    response = Response.redirect("/inbox")
    actor = {"id": found[0], "role": found[1].value}
    response.set_cookie("ds_actor", datasette.sign({"a": actor}, "actor"), httponly=True)
    return response


async def show_inbox(request: Request, datasette: Datasette) -> Response:
    """The inbox."""
    narrowed, before = InboxFilter.of(given(request)), number(request, "before")
    page = await read(datasette, lambda db: inbox(db, narrowed, person(request, datasette).name, before))
    return await shown(request, datasette, "inbox", page=page, narrowed=narrowed, before=before)


async def show_exchange(request: Request, datasette: Datasette) -> Response:
    """One exchange."""
    narrowed, name = InboxFilter.of(given(request)), person(request, datasette).name
    review, wanted = review_of(datasette), int(request.url_vars["number"])

    def look(db: Database) -> dict[str, Any]:
        library = review.shelf.library()
        return {
            "page": exchange_page(db, library, review.book, wanted, name),
            "next": next_in_inbox(db, narrowed, name, wanted),
            "better": chosen_sentence(given(request), library),
        }

    found = await read(datasette, look)
    if found["page"] is None:
        return await problem(request, datasette, ReviewError("There is no such exchange, or it was forgotten."), 404)
    return await shown(request, datasette, "exchange", narrowed=narrowed, **found)


async def give_verdict(request: Request, datasette: Datasette) -> Response:
    """Take a verdict, and go on to the next exchange."""
    narrowed, name = InboxFilter.of(given(request)), person(request, datasette).name
    review, judged, fields = review_of(datasette), int(request.url_vars["number"]), await posted(request)

    def give(db: Database) -> int | None:
        _check_on_record(db, judged)
        review.book.give(read_verdict(fields, judged, name, review.shelf.library()))
        return next_in_inbox(db, narrowed, name, judged)

    following = await read(datasette, give)
    if fields.get("stay") or following is None:
        before = number(request, "before") if fields.get("stay") else None
        return Response.redirect("/inbox" + narrowed.address(**({"before": before} if before else {})))
    return Response.redirect(f"/exchange/{following}{narrowed.address()}")


async def ask_second(request: Request, datasette: Datasette) -> Response:
    """Ask for a second reviewer."""
    narrowed, name = InboxFilter.of(given(request)), person(request, datasette).name
    review, wanted = review_of(datasette), int(request.url_vars["number"])
    await posted(request)

    def ask(db: Database) -> None:
        _check_on_record(db, wanted)
        review.book.ask_second(SecondReview(exchange_id=wanted, asked_by=name, asked_at=dt.datetime.now(dt.UTC)))

    await read(datasette, ask)
    return Response.redirect(f"/exchange/{wanted}{narrowed.address()}")


async def choose(request: Request, datasette: Datasette) -> Response:
    """Choose the sentence that should have been quoted."""
    narrowed, wanted = InboxFilter.of(given(request)), int(request.url_vars["number"])
    review, fields = review_of(datasette), given(request)
    search, file, line = fields.get("find", ""), fields.get("open", ""), number(request, "line") or 1

    def look(db: Database) -> object:
        _check_on_record(db, wanted)
        return choosing_page(articles(review), search, file, line)

    page = await read(datasette, look)
    return await shown(request, datasette, "choose", page=page, narrowed=narrowed, number=wanted, find=search)


def articles(review: Review) -> Library:
    """The articles.

    Raises:
        ReviewError: There are none that can be used.
    """
    library = review.shelf.library()
    if library is None:
        raise ReviewError("The articles cannot be read: see `policydesk sources --check`.")
    return library


def _check_on_record(db: Database, wanted: int) -> None:
    if not is_on_record(db, wanted):
        raise ReviewError("There is no such exchange, or it was forgotten.")


def person(request: Request, datasette: Datasette) -> Person:
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


ROUTES: tuple[Route, ...] = (
    (r"^/$", home),
    (r"^/sign-in/(?P<token>[\w-]+)$", sign_in),
    (r"^/inbox$", explained(show_inbox)),
    (r"^/exchange/(?P<number>\d{1,18})$", explained(show_exchange)),
    (r"^/exchange/(?P<number>\d{1,18})/verdict$", explained(give_verdict)),
    (r"^/exchange/(?P<number>\d{1,18})/second$", explained(ask_second)),
    (r"^/exchange/(?P<number>\d{1,18})/choose$", explained(choose)),
)
