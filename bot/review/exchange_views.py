"""The inbox and the pages of an exchange: a request in, what reviewers see or say of it, a template out."""

import datetime as dt
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from bot.review.page import Route, articles, explained, given, number, person, posted, problem, read, shown
from bot.review.site import review_of
from storage.errors import ReviewError
from storage.review.exchange import chosen_sentence, exchange_page, is_on_record, read_verdict
from storage.review.inbox import InboxFilter, inbox, next_in_inbox
from storage.review.sentence_choice import sentence_choice_page
from storage.verdicts.models import SecondReview


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
        return sentence_choice_page(articles(review), search, file, line)

    page = await read(datasette, look)
    return await shown(request, datasette, "choose", page=page, narrowed=narrowed, number=wanted, find=search)


def _check_on_record(db: Database, wanted: int) -> None:
    if not is_on_record(db, wanted):
        raise ReviewError("There is no such exchange, or it was forgotten.")


ROUTES: tuple[Route, ...] = (
    (r"^/$", home),
    (r"^/sign-in/(?P<token>[\w-]+)$", sign_in),
    (r"^/inbox$", explained(show_inbox)),
    (r"^/exchange/(?P<number>\d{1,18})$", explained(show_exchange)),
    (r"^/exchange/(?P<number>\d{1,18})/verdict$", explained(give_verdict)),
    (r"^/exchange/(?P<number>\d{1,18})/second$", explained(ask_second)),
    (r"^/exchange/(?P<number>\d{1,18})/choose$", explained(choose)),
)
