"""What an answer cited, found again in the articles as they are now."""

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from bot.errors import Stale, StaleError
from retrieval.library import Library
from retrieval.models import Article, DocumentPlace, Original, Value
from retrieval.reading.quote_context import Context
from storage.models import LoggedCitation

ReadOriginal = Callable[[Original], bytes | None]
"""Reads the document that an article's text was read from; none where it is gone or another."""


class CitedPlace(Value):
    """Where a quote stands in its article now.

    Attributes:
        number: The number it is cited by.
        line: The line of the article's text it starts on, from 1.
        original: The page or paragraph of the document that the text was read from, where that is what is shown.
    """

    number: int
    line: int
    original: DocumentPlace | None


class SourceFile(Value):
    """A file to look quotes up in.

    Attributes:
        name: Its name, without folders.
        content: Its bytes.
        article: The article it is, or was read as.
        places: Where in it the answer's quotes stand.
        others: The number of a quote of each further article of the answer.
    """

    name: str
    content: bytes
    article: Article
    places: tuple[CitedPlace, ...]
    others: tuple[int, ...]


def quote_of(quotes: Sequence[LoggedCitation], number: int | None) -> LoggedCitation:
    """A quote of an answer.

    Args:
        quotes: All its quotes on record.
        number: The number of the quote; none for the first.

    Raises:
        StaleError: There is no such quote on record.
    """
    found = next((quote for quote in quotes if number in {None, quote.number}), None)
    if found is None:
        raise StaleError(Stale.UNKNOWN)
    return found


def context_of(library: Library, quote: LoggedCitation) -> Context:
    """A quote with what stands around it now.

    Args:
        library: The articles.
        quote: The quote as logged.

    Raises:
        StaleError: The article is gone, or no longer holds the quote.
    """
    article = library.article(quote.file)
    if article is None:
        raise StaleError(Stale.GONE)
    found = library.context(article, quote.start, quote.quote)
    if found is None:
        raise StaleError(Stale.CHANGED)
    return found


def source_of(
    library: Library, quotes: Sequence[LoggedCitation], wanted: LoggedCitation, read: ReadOriginal
) -> SourceFile:
    """The file that a quote was taken from: the document it was read from, where that is still the same.

    Args:
        library: The articles.
        quotes: All quotes of the answer.
        wanted: The quote.
        read: Reads such a document.

    Raises:
        StaleError: The article is gone, or no longer holds the quote.
    """
    article = context_of(library, wanted).article
    content = read(article.original) if article.original else None
    file = article.original.file if article.original and content is not None else article.file
    others = {quote.file: quote.number for quote in reversed(quotes) if quote.file != article.file}
    return SourceFile(
        name=PurePosixPath(file).name,
        content=article.text.encode() if content is None else content,
        article=article,
        places=tuple(_places(library, quotes, article, document=content is not None)),
        others=tuple(sorted(others.values())),
    )


def _places(
    library: Library, quotes: Sequence[LoggedCitation], article: Article, *, document: bool
) -> list[CitedPlace]:
    """Where the quotes from one article stand in it; those that it no longer holds are left out."""
    cited = [(q.number, library.context(article, q.start, q.quote)) for q in quotes if q.file == article.file]
    return [
        CitedPlace(number=number, line=found.line, original=found.original if document else None)
        for number, found in cited
        if found
    ]
