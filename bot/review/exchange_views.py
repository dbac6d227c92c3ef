"""The views of the inbox and of one exchange."""

import asyncio
import datetime as dt
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from bot.review.page import (
    Route,
    form_fields,
    number_parameter,
    parameters,
    query_log,
    render_page,
    render_problem,
    signed_in_reviewer,
    with_problem_page,
)
from bot.review.review_context import context_of
from storage.errors import ReviewError
from storage.review.exchange import (
    chosen_sentence,
    exchange_page,
    find_exchange,
    read_verdict,
    uid_on_record,
    verdict_of,
    verdict_time,
)
from storage.review.inbox import InboxFilter, filter_name, inbox, next_in_inbox, place_in_inbox
from storage.review.sentence_choice import sentence_choice_page
from storage.verdicts.models import SecondReview

NOT_ON_RECORD = "There is no such exchange, or it was forgotten."


async def show_home() -> Response:
    """Lead to the inbox."""
    return Response.redirect("/inbox")


@with_problem_page
async def show_inbox(request: Request, datasette: Datasette) -> Response:
    """Show a page of the inbox."""
    narrowed, before = InboxFilter.of(parameters(request)), number_parameter(request, "before")
    name, book = signed_in_reviewer(request, datasette).name, context_of(datasette).book
    saved = number_parameter(request, "saved")

    def query(db: Database) -> dict[str, Any]:
        return {
            "page": inbox(db, narrowed, name, before),
            "filters": book.filters(name),
            "saved": verdict_of(book, saved, name),
        }

    values = await query_log(datasette, query)
    library = await asyncio.to_thread(context_of(datasette).articles.library) if narrowed.article else None
    article = library.article(narrowed.article) if library else None
    values["title"] = article.title if article else ""
    return await render_page(request, datasette, "inbox", narrowed=narrowed, before=before, **values)


@with_problem_page
async def change_filters(request: Request, datasette: Datasette) -> Response:
    """Save a filter of the inbox under a name, or remove one."""
    narrowed, fields = InboxFilter.of(parameters(request)), await form_fields(request)
    name, book = signed_in_reviewer(request, datasette).name, context_of(datasette).book
    if removed := fields.get("remove"):
        await asyncio.to_thread(book.remove_filter, name, removed)
    else:
        await asyncio.to_thread(book.save_filter, name, filter_name(fields, narrowed), narrowed.address())
    return Response.redirect("/inbox" + narrowed.address())


@with_problem_page
async def show_exchange(request: Request, datasette: Datasette) -> Response:
    """Show an exchange with its verdicts."""
    narrowed, name = InboxFilter.of(parameters(request)), signed_in_reviewer(request, datasette).name
    context, number = context_of(datasette), int(request.url_vars["number"])
    saved = number_parameter(request, "saved")

    def query(db: Database) -> dict[str, Any]:
        library = context.articles.library()
        return {
            "page": exchange_page(db, library, context.book, number, name),
            "place": place_in_inbox(db, narrowed, name, number),
            "better": chosen_sentence(parameters(request), library),
            "saved": verdict_of(context.book, saved, name),
            "is_undone": "undone" in parameters(request),
            "titles": {source.file: source.title for source in library.sources} if library else {},
        }

    values = await query_log(datasette, query)
    if values["page"] is None:
        return await render_problem(request, datasette, ReviewError(NOT_ON_RECORD), status=404)
    return await render_page(request, datasette, "exchange", narrowed=narrowed, **values)


@with_problem_page
async def give_verdict(request: Request, datasette: Datasette) -> Response:
    """Take a verdict, and lead to the next exchange, or back to the inbox."""
    narrowed, name = InboxFilter.of(parameters(request)), signed_in_reviewer(request, datasette).name
    context, number, fields = context_of(datasette), int(request.url_vars["number"]), await form_fields(request)

    def judge(db: Database) -> int | None:
        uid = uid_on_record(db, number, fields.get("uid"))
        context.book.give(read_verdict(fields, number, uid, name, context.articles.library()))
        return next_in_inbox(db, narrowed, name, number)

    following = await query_log(datasette, judge)
    if fields.get("stay") or following is None:
        before = number_parameter(request, "before") if fields.get("stay") else None
        return Response.redirect("/inbox" + narrowed.address(saved=number, **({"before": before} if before else {})))
    return Response.redirect(f"/exchange/{following}{narrowed.address(saved=number)}")


@with_problem_page
async def take_back(request: Request, datasette: Datasette) -> Response:
    """Take back the verdict that was just given, and lead to its exchange, with the sentence that was chosen."""
    narrowed, name = InboxFilter.of(parameters(request)), signed_in_reviewer(request, datasette).name
    number, fields = int(request.url_vars["number"]), await form_fields(request)
    taken = await asyncio.to_thread(context_of(datasette).book.withdraw, number, name, verdict_time(fields))
    if taken is None:
        raise ReviewError("This verdict is not the one that counts any more: open the exchange to see what does.")
    place = taken.better.model_dump(include={"file", "start", "end"}) if taken.better else {}
    return Response.redirect(f"/exchange/{number}{narrowed.address(undone=1, **place)}")


@with_problem_page
async def ask_second(request: Request, datasette: Datasette) -> Response:
    """Ask for a second reviewer."""
    narrowed, name = InboxFilter.of(parameters(request)), signed_in_reviewer(request, datasette).name
    context, number = context_of(datasette), int(request.url_vars["number"])
    fields = await form_fields(request)

    def ask(db: Database) -> None:
        uid, now = uid_on_record(db, number, fields.get("uid")), dt.datetime.now(dt.UTC)
        context.book.ask_second(SecondReview(exchange_id=number, exchange_uid=uid, asked_by=name, asked_at=now))

    await query_log(datasette, ask)
    return Response.redirect(f"/exchange/{number}{narrowed.address()}")


@with_problem_page
async def choose_sentence(request: Request, datasette: Datasette) -> Response:
    """Show the articles, to choose the sentence that should have been quoted."""
    fields, number = parameters(request), int(request.url_vars["number"])
    context, narrowed = context_of(datasette), InboxFilter.of(fields)
    search, file, line = fields.get("find", ""), fields.get("open", ""), number_parameter(request, "line") or 1

    def query(db: Database) -> object:
        exchange = find_exchange(db, number)
        if exchange is None:
            raise ReviewError(NOT_ON_RECORD)
        return sentence_choice_page(context.articles.require_library(), exchange, search, file, line)

    page = await query_log(datasette, query)
    return await render_page(request, datasette, "choose", page=page, narrowed=narrowed, number=number, find=search)


ROUTES: tuple[Route, ...] = (
    (r"^/$", show_home),
    (r"^/inbox$", show_inbox),
    (r"^/inbox/filters$", change_filters),
    (r"^/exchange/(?P<number>\d{1,18})$", show_exchange),
    (r"^/exchange/(?P<number>\d{1,18})/verdict$", give_verdict),
    (r"^/exchange/(?P<number>\d{1,18})/undo$", take_back),
    (r"^/exchange/(?P<number>\d{1,18})/second$", ask_second),
    (r"^/exchange/(?P<number>\d{1,18})/choose$", choose_sentence),
)
