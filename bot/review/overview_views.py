"""The pages over many exchanges: articles, gaps, and the dashboard with its files."""

import datetime as dt

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from bot.review.page import Route, articles, explained, given, number, read, shown
from bot.review.site import review_of
from storage.errors import ReviewError
from storage.review.dashboard import DashboardSeries, DateRange, dashboard, series_csv
from storage.review.gaps import GapsPage, gaps_page
from storage.review.sources import ArticlePage, ArticlesPage, Sort, source_page, sources_page


async def show_articles(request: Request, datasette: Datasette) -> Response:
    """All articles."""
    review, written = review_of(datasette), given(request).get("sort") or Sort.CITED.value
    if written not in set(Sort):
        raise ReviewError("This order is not known: choose it again.")
    start = number(request, "start") or 0

    def look(db: Database) -> ArticlesPage:
        return sources_page(db, articles(review), Sort(written), start)

    return await shown(request, datasette, "articles", page=await read(datasette, look))


async def show_article(request: Request, datasette: Datasette) -> Response:
    """One article."""
    review, file = review_of(datasette), given(request).get("file", "")
    line = number(request, "line") or 1

    def look(db: Database) -> ArticlePage:
        library = articles(review)
        article = library.article(file)
        if article is None:
            raise ReviewError("There is no such article any more; what was quoted from it is on record.")
        return source_page(db, library, article, line)

    return await shown(request, datasette, "article", page=await read(datasette, look))


async def show_gaps(request: Request, datasette: Datasette) -> Response:
    """What the articles lack."""
    review, span = review_of(datasette), _span(request)

    def look(db: Database) -> GapsPage:
        return gaps_page(db, review.shelf.library(), span)

    return await shown(request, datasette, "gaps", page=await read(datasette, look), span=span)


async def show_dashboard(request: Request, datasette: Datasette) -> Response:
    """The figures."""
    span = _span(request)
    page = await read(datasette, lambda db: dashboard(db, span))
    return await shown(request, datasette, "dashboard", page=page, span=span, figures=DashboardSeries)


async def show_csv(request: Request, datasette: Datasette) -> Response:
    """One of the figures as a file."""
    span, figure = _span(request), request.url_vars["figure"]
    if figure not in set(DashboardSeries):
        raise ReviewError("There is no such figure.")
    text = await read(datasette, lambda db: series_csv(db, span, DashboardSeries(figure)))
    name = f"{figure}-{span.since}-{span.until}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text, headers=headers, content_type="text/csv; charset=utf-8")


def _span(request: Request) -> DateRange:
    return DateRange.of(given(request), dt.datetime.now(dt.UTC).date())


ROUTES: tuple[Route, ...] = (
    (r"^/articles$", explained(show_articles)),
    (r"^/article$", explained(show_article)),
    (r"^/gaps$", explained(show_gaps)),
    (r"^/dashboard$", explained(show_dashboard)),
    (r"^/dashboard/(?P<figure>[a-z]+)\.csv$", explained(show_csv)),
)
