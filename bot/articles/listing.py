"""The list of articles, as people are shown it."""

import datetime as dt
from collections.abc import Sequence

from retrieval.library import Library
from retrieval.models import SkippedFile, Value

ARTICLES_A_PAGE = 10
SKIPPED_SHOWN = 3


class ListedArticle(Value):
    """An article as a list shows it.

    Attributes:
        number: Its number in the list, from 1.
        file: The text that is quoted.
        original: The document it was read from, where it is not that text.
        collection: The sub-folder it stands in; empty for the articles folder itself.
        title: Its title.
        date: Its date, where known.
        publisher: Its publisher, where known.
        passages: How many of its sentences can be quoted.
    """

    number: int
    file: str
    original: str | None
    collection: str
    title: str
    date: dt.date | None
    publisher: str | None
    passages: int


class SourcesMessage(Value):
    """One message's worth of the list of articles.

    Attributes:
        tied: The collections that questions are answered from where it is shown; none for all.
        gone: Those of them that hold no article any more.
        articles: The articles on this page, whatever their collection.
        more: How many come after them.
        next: The number of the next page.
        skipped: Files that cannot be used, on the last page.
        more_skipped: How many more of these there are.
    """

    tied: tuple[str, ...]
    gone: tuple[str, ...]
    articles: tuple[ListedArticle, ...]
    more: int
    next: int
    skipped: tuple[SkippedFile, ...]
    more_skipped: int


def list_articles(library: Library) -> list[ListedArticle]:
    """The articles of a library, numbered from 1 in the order of file names."""
    return [
        ListedArticle(
            number=number,
            file=article.file,
            original=article.original.file if article.original else None,
            collection=article.file.rpartition("/")[0],
            title=article.title,
            date=article.date,
            publisher=article.publisher,
            passages=passages,
        )
        for number, (article, passages) in enumerate(zip(library.sources, library.passage_counts(), strict=True), 1)
    ]


def sources_page(library: Library, page: int, tied: Sequence[str] = ()) -> SourcesMessage:
    """One page of the list of articles; skipped files stand on the last.

    Args:
        library: The articles.
        page: Which page, from 1; one too high gives the last.
        tied: The collections that questions are answered from where the page is shown.
    """
    articles = list_articles(library)
    pages = -(-len(articles) // ARTICLES_A_PAGE)
    page = min(max(page, 1), pages)
    end = page * ARTICLES_A_PAGE
    skipped = library.skipped if page == pages else ()
    return SourcesMessage(
        tied=tuple(tied),
        gone=tuple(name for name in tied if not library.reader.collections_named([name])),
        articles=tuple(articles[end - ARTICLES_A_PAGE : end]),
        more=max(0, len(articles) - end),
        next=page + 1,
        skipped=tuple(skipped[:SKIPPED_SHOWN]),
        more_skipped=max(0, len(skipped) - SKIPPED_SHOWN),
    )
