"""An exchange on record in full."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import reduce

from bot.errors import RecordError
from retrieval.library import Library
from retrieval.models import Query, Value
from retrieval.query.follow_ups import follow
from storage.database.connection import DeskDatabase
from storage.models import LoggedExchange
from storage.record.conversations import Conversations
from storage.record.exchanges import ExchangeLog
from storage.record.quote_status import QuotedArticles, QuoteWhereabouts
from storage.verdicts.models import Verdict


class ExchangeReport(Value):
    """An exchange with its verdicts, and with its quotes and query as of today's articles, where there are any."""

    exchange: LoggedExchange
    leaned_on: tuple[str, ...]  # the questions that this follow-up was read with, oldest first
    verdicts: tuple[Verdict, ...]  # the newest of each reviewer
    whereabouts: tuple[QuoteWhereabouts, ...]
    reading: Query | None


def exchange_report(
    database: DeskDatabase, number: int, library: Library | None, verdicts: Sequence[Verdict]
) -> ExchangeReport:
    """Report an exchange in full.

    Raises:
        RecordError: No exchange has this id.
        DatabaseError: The record cannot be read.
    """
    exchange = exchange_on_record(database, number)
    articles = QuotedArticles(library.articles) if library else None
    earlier = earlier_questions(Conversations(database), exchange)
    return ExchangeReport(
        exchange=exchange,
        leaned_on=earlier,
        verdicts=tuple(verdict for verdict in verdicts if verdict.exchange_id == number),
        whereabouts=tuple(articles.whereabouts(quote) for quote in exchange.citations) if articles else (),
        reading=reduce(follow, map(library.read, [*earlier, exchange.question])) if library else None,
    )


def exchange_on_record(database: DeskDatabase, number: int) -> LoggedExchange:
    """Find an exchange by its id.

    Raises:
        RecordError: No exchange has this id, or it was forgotten.
    """
    exchange = ExchangeLog(database).find(number)
    if exchange is None:
        raise RecordError(f"No exchange {number} is on record: `policydesk history` shows those that are.")
    return exchange


def earlier_questions(conversations: Conversations, exchange: LoggedExchange) -> tuple[str, ...]:
    """Return the questions that a follow-up was read with, oldest first, without forgotten ones."""
    earlier = conversations.of(exchange.follows).questions if exchange.follows is not None else ()
    return tuple(question for question in earlier if question)


def verdicts_by_exchange(verdicts: Iterable[Verdict]) -> dict[int, list[Verdict]]:
    """Group verdicts by exchange."""
    groups: defaultdict[int, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[verdict.exchange_id].append(verdict)
    return groups
