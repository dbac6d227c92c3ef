"""The quotes of an answer looked up in today's articles, and the files to look them up in."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Protocol

from bot.errors import Stale, StaleError
from retrieval.library import Library
from retrieval.models import Article, DocumentPlace, Original, Value
from retrieval.reading.quote_context import Context
from storage.models import LoggedCitation


class ReadOriginal(Protocol):
    """Reads the document behind an article's text; None where it is gone or has changed."""

    def __call__(self, original: Original, /) -> bytes | None:
        """Return the document's bytes."""
        ...


class CitedPlace(Value):
    """The place of a quote in its article today."""

    number: int  # of the citation
    line: int  # of the article's text, from 1
    original: DocumentPlace | None  # where the document is shown rather than the text


class SourceFile(Value):
    """A file to look quotes up in: the document where it is unchanged, else the article's text."""

    name: str  # without folders
    content: bytes
    article: Article
    places: tuple[CitedPlace, ...]  # of the answer's quotes in this article
    others: tuple[int, ...]  # the number of a quote of each further article of the answer


def quote_of(quotes: Sequence[LoggedCitation], number: int | None) -> LoggedCitation:
    """Return the quote with a number, or the first.

    Raises:
        StaleError: There is no such quote on record.
    """
    found = next((quote for quote in quotes if number in {None, quote.number}), None)
    if found is None:
        raise StaleError(Stale.UNKNOWN)
    return found


def context_of(library: Library, quote: LoggedCitation) -> Context:
    """Return a quote with its context in today's article.

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
    library: Library, quotes: Sequence[LoggedCitation], quote: LoggedCitation, read: ReadOriginal
) -> SourceFile:
    """Return the file of a quote, with the places of all quotes of the answer in it.

    Raises:
        StaleError: The article is gone, or no longer holds the quote.
    """
    article = context_of(library, quote).article
    content = read(article.original) if article.original else None
    file = article.original.file if article.original and content is not None else article.file
    others = {other.file: other.number for other in reversed(quotes) if other.file != article.file}
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
    cited = [(q.number, library.context(article, q.start, q.quote)) for q in quotes if q.file == article.file]
    return [
        CitedPlace(number=number, line=found.line, original=found.original if document else None)
        for number, found in cited
        if found
    ]
