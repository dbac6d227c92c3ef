"""All there is to say of one exchange on record."""

from collections.abc import Sequence
from functools import reduce
from pathlib import Path

from bot.errors import RecordError
from retrieval.library import Library
from retrieval.models import Query, Value
from retrieval.query.follow_ups import follow
from storage.database.connection import DeskDatabase
from storage.models import LoggedExchange
from storage.record.conversations import Conversations
from storage.record.exchanges import ExchangeLog
from storage.record.quote_status import QuotedArticles, QuoteWhereabouts
from storage.verdicts.book import VerdictBook, verdicts_beside
from storage.verdicts.models import Verdict


class ExchangeReport(Value):
    """An exchange with what was said of it since, and how it stands today.

    Attributes:
        exchange: What is on record.
        leaned_on: The questions that it was read with, oldest first.
        verdicts: The newest of each reviewer.
        whereabouts: Where each of its quotes stands now; none where there are no articles to look in.
        reading: How the question is read with today's articles; none where there are none.
    """

    exchange: LoggedExchange
    leaned_on: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    whereabouts: tuple[QuoteWhereabouts, ...]
    reading: Query | None


def exchange_report(
    database: DeskDatabase, number: int, library: Library | None, verdicts: Sequence[Verdict]
) -> ExchangeReport:
    """Say all there is to say of an exchange.

    Args:
        database: The record.
        number: The exchange's id.
        library: Today's articles, where there are any.
        verdicts: All that count.

    Raises:
        RecordError: There is no such exchange.
        DatabaseError: The record cannot be read.
    """
    exchange = exchange_on_record(database, number)
    articles = QuotedArticles(library.articles) if library else None
    earlier = leaned_on(Conversations(database), exchange)
    return ExchangeReport(
        exchange=exchange,
        leaned_on=earlier,
        verdicts=tuple(verdict for verdict in verdicts if verdict.exchange_id == number),
        whereabouts=tuple(articles.whereabouts(quote) for quote in exchange.citations) if articles else (),
        reading=reduce(follow, map(library.read, [*earlier, exchange.question])) if library else None,
    )


def exchange_on_record(database: DeskDatabase, number: int) -> LoggedExchange:
    """An exchange by its id.

    Raises:
        RecordError: There is none, or it was forgotten.
    """
    exchange = ExchangeLog(database).find(number)
    if exchange is None:
        raise RecordError(f"No exchange {number} is on record: `policydesk history` shows those that are.")
    return exchange


def leaned_on(threads: Conversations, exchange: LoggedExchange) -> tuple[str, ...]:
    """The questions that an exchange's was read with, oldest first; those forgotten are left out."""
    earlier = threads.of(exchange.follows).questions if exchange.follows is not None else ()
    return tuple(question for question in earlier if question)


def verdicts_on(log: Path) -> list[Verdict]:
    """The verdicts that count on what a log holds; none where nobody has reviewed it.

    Raises:
        DatabaseError: They cannot be read.
    """
    path = verdicts_beside(log)
    if not path.exists():
        return []
    book = VerdictBook(path)
    try:
        return book.newest()
    finally:
        book.close()
