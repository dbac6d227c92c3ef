"""The views over many exchanges: articles, gaps, and the dashboard with its files."""

import asyncio
import datetime as dt

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from bot.review.access_gate import NO_PAGE, REFUSED
from bot.review.page import (
    Route,
    number_parameter,
    parameters,
    query_log,
    render_page,
    render_problem,
    with_problem_page,
)
from bot.review.review_context import context_of
from bot.review.tables import NO_TABLES
from prompts.composition.answering import find_answer
from prompts.composition.compose import SURE, THRESHOLD
from prompts.documents.timeline_document import plot_svg, timeline_events
from prompts.models import Answer
from retrieval.timeline.request import TIMELINE_OF
from storage.errors import ReviewError
from storage.review.dashboard import DashboardSeries, DateRange, dashboard, series_csv
from storage.review.exchange import find_exchange
from storage.review.gaps import GapsPage, gaps_page
from storage.review.sources import ArticlePage, ArticlesPage, Sort, source_page, sources_page

EVENTS = 60
"""Most events of a timeline."""


@with_problem_page
async def show_articles(request: Request, datasette: Datasette) -> Response:
    """Show a page of all articles."""
    context, sort = context_of(datasette), parameters(request).get("sort") or Sort.CITED.value
    if sort not in set(Sort):
        raise ReviewError("This order is not known: choose it again.")
    start = number_parameter(request, "start") or 0

    def query(db: Database) -> ArticlesPage:
        return sources_page(db, context.articles.require_library(), Sort(sort), start)

    return await render_page(request, datasette, "articles", page=await query_log(datasette, query))


@with_problem_page
async def show_article(request: Request, datasette: Datasette) -> Response:
    """Show an article with the places that were cited."""
    context, file = context_of(datasette), parameters(request).get("file", "")
    line, number = number_parameter(request, "line") or 1, number_parameter(request, "exchange")

    def query(db: Database) -> ArticlePage | None:
        library = context.articles.require_library()
        article, exchange = library.article(file), find_exchange(db, number) if number else None
        return source_page(db, library, article, line, exchange) if article else None

    page = await query_log(datasette, query)
    if page is None:
        error = ReviewError("There is no such article any more; what was quoted from it is on record.")
        return await render_problem(request, datasette, error, status=404)
    return await render_page(request, datasette, "article", page=page, number=number)


@with_problem_page
async def show_gaps(request: Request, datasette: Datasette) -> Response:
    """Show the questions that the articles do not answer."""
    context, span = context_of(datasette), _span(request)

    def query(db: Database) -> GapsPage:
        return gaps_page(db, context.articles.library(), span)

    return await render_page(request, datasette, "gaps", page=await query_log(datasette, query), span=span)


@with_problem_page
async def show_timeline(request: Request, datasette: Datasette) -> Response:
    """Show the timeline of a topic, which is on no record: nobody asked for it."""
    context, topic = context_of(datasette), parameters(request).get("topic", "").strip()

    def find(_: Database) -> Answer | None:
        library = context.articles.require_library()
        query = library.read(f"{TIMELINE_OF}{topic}")
        return find_answer(query, EVENTS, THRESHOLD, EVENTS, SURE, library) if topic else None

    answer = await query_log(datasette, find)
    is_told = answer is not None and bool(answer.timeline)
    events, svg = (timeline_events(answer), plot_svg(answer)) if answer and is_told else ([], "")
    return await render_page(request, datasette, "timeline", topic=topic, answer=answer, events=events, svg=svg)


@with_problem_page
async def show_dashboard(request: Request, datasette: Datasette) -> Response:
    """Show the dashboard."""
    span, library = _span(request), await asyncio.to_thread(context_of(datasette).articles.library)
    page = await query_log(datasette, dashboard, span)
    titles = {source.file: source.title for source in library.sources} if library else {}
    return await render_page(request, datasette, "dashboard", page=page, span=span, titles=titles)


@with_problem_page
async def show_csv(request: Request, datasette: Datasette) -> Response:
    """Send the rows behind a chart of the dashboard as a file."""
    span, chart = _span(request), request.url_vars["figure"]
    if chart not in set(DashboardSeries):
        raise ReviewError("There is no such figure.")
    text = await query_log(datasette, series_csv, span, DashboardSeries(chart))
    name = f"{chart}-{span.since}-{span.until}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text, headers=headers, content_type="text/csv; charset=utf-8")


async def refuse_tables(request: Request, datasette: Datasette) -> Response:
    """Say where the tables can be looked into that stand on a server."""
    return await render_problem(request, datasette, ReviewError(NO_TABLES), status=404)


async def show_refusal(request: Request, datasette: Datasette) -> Response:
    """Say that a page is not there, or not for the reviewer; the gate leads here."""
    return await render_problem(request, datasette, ReviewError(NO_PAGE), status=int(request.url_vars["status"]))


def _span(request: Request) -> DateRange:
    return DateRange.of(parameters(request), dt.datetime.now(dt.UTC).date())


ROUTES: tuple[Route, ...] = (
    (r"^/articles$", show_articles),
    (r"^/article$", show_article),
    (r"^/gaps$", show_gaps),
    (r"^/timeline$", show_timeline),
    (r"^/dashboard$", show_dashboard),
    (rf"^{REFUSED}(?P<status>40[34])$", show_refusal),
    (r"^/dashboard/(?P<figure>[a-z]+)\.csv$", show_csv),
)
ROUTES_WITHOUT_TABLES: tuple[Route, ...] = ((r"^/(log|verdicts)([./].*)?$", refuse_tables),)
