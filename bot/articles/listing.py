"""The list of articles and its pages, as people are shown them."""

import datetime as dt
from collections.abc import Sequence

from retrieval.library import Library
from retrieval.models import SkippedFile, Value

ARTICLES_A_PAGE = 10
SKIPPED_SHOWN = 3


class ListedArticle(Value):
    """An article as a list shows it."""

    number: int  # from 1
    file: str  # the text that is quoted
    original: str | None  # the document that the text was read from
    collection: str  # empty for the articles folder itself
    title: str
    date: dt.date | None
    publisher: str | None
    url: str | None
    passages: int  # how many


class SourcesMessage(Value):
    """One message's worth of the list of articles, which holds articles of all collections."""

    tied: tuple[str, ...]  # the collections that the chat's questions are answered from; empty for all
    gone: tuple[str, ...]  # the tied collections without an article
    articles: tuple[ListedArticle, ...]
    more: int  # articles on later pages
    next: int  # number of the next page
    skipped: tuple[SkippedFile, ...]  # on the last page only
    more_skipped: int  # further skipped files


def list_articles(library: Library) -> list[ListedArticle]:
    """Return the articles of a library, in the order of file names."""
    return [
        ListedArticle(
            number=number,
            file=article.file,
            original=article.original.file if article.original else None,
            collection=article.file.rpartition("/")[0],
            title=article.title,
            date=article.date,
            publisher=article.publisher,
            url=article.url,
            passages=passages,
        )
        for number, (article, passages) in enumerate(zip(library.sources, library.passage_counts(), strict=True), 1)
    ]


def sources_page(library: Library, page: int, collections: Sequence[str] = ()) -> SourcesMessage:
    """Return a page of the list of articles, numbered from 1; a number too high gives the last page."""
    articles = list_articles(library)
    pages = -(-len(articles) // ARTICLES_A_PAGE)
    page = min(max(page, 1), pages)
    end = page * ARTICLES_A_PAGE
    skipped = library.skipped if page == pages else ()
    return SourcesMessage(
        tied=tuple(collections),
        gone=tuple(name for name in collections if not library.reader.collections_named([name])),
        articles=tuple(articles[end - ARTICLES_A_PAGE : end]),
        more=max(0, len(articles) - end),
        next=page + 1,
        skipped=tuple(skipped[:SKIPPED_SHOWN]),
        more_skipped=max(0, len(skipped) - SKIPPED_SHOWN),
    )
