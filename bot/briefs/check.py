"""A brief's document checked: its quotes as they stand in it, its proof, and today's articles."""

from collections.abc import Iterable
from pathlib import Path

from bot.record.verification import Verification, verify_quotes
from prompts.brief.reading import read_brief_document
from prompts.errors import BriefError
from prompts.markup import harmless
from retrieval.models import Value
from retrieval.text.shown_text import shown
from storage.record.quote_status import LoggedQuote, QuotedArticles


class DocumentCheck(Value):
    """The state of a brief's document and of its quotes."""

    quotes: Verification
    altered: tuple[int, ...]  # the numbers of quotes whose words are not those that were quoted
    missing: tuple[int, ...]  # the numbers of quotes that the document does not hold any more
    is_proven: bool  # the proof line fits the record of the quotes

    @property
    def stands(self) -> bool:
        """Whether the document is as it was made, and the articles still hold every quote."""
        return self.quotes.stands and self.is_proven and not self.altered and not self.missing


def check_document(articles: QuotedArticles, path: Path) -> DocumentCheck:
    """Check a brief's document against today's articles.

    Raises:
        BriefError: It cannot be read, or is no brief's.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BriefError(f"{path} cannot be read ({error.strerror}).") from None
    read = read_brief_document(path.name, content)
    quotes = {quote.number: quote for quote in read.record.quotes}
    said = {number: shown(quote.quote) for number, quote in quotes.items()}
    return DocumentCheck(
        quotes=verify_quotes(
            articles, (LoggedQuote(q.file, q.line, q.start, q.quote, q.sha256) for q in quotes.values())
        ),
        altered=tuple(sorted(_altered(said.items(), read.quotes))),
        missing=tuple(sorted(quotes.keys() - read.notes)),
        is_proven=read.is_proven,
    )


def _altered(recorded: Iterable[tuple[int, str]], read: Iterable[tuple[int, str]]) -> set[int]:
    """The numbers of the quotes that stand in a document in other words than were recorded, or were never."""
    words = {number: _plain(text) for number, text in recorded}
    return {number for number, text in read if words.get(number) != _plain(text)}


def _plain(text: str) -> str:
    return " ".join(harmless(text).split())
