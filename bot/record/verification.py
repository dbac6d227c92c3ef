"""Quotes on record checked against today's articles, listed and counted by state."""

from collections import Counter
from collections.abc import Iterable, Mapping

from retrieval.models import Value
from storage.models import LoggedExchange
from storage.record.quote_status import (
    LoggedQuote,
    QuoteCount,
    QuotedArticles,
    QuoteState,
    QuoteWhereabouts,
    logged_quote,
)


class QuoteCheck(Value):
    """A quote as cited, with its state and place today."""

    state: QuoteState
    file: str
    line: int
    quote: str
    now: QuoteWhereabouts
    times: int  # how many answers gave the quote
    exchanges: tuple[int, ...]  # the newest of these, newest first


class Verification(Value):
    """The state of quotes on record."""

    counts: Mapping[QuoteState, int]  # a quote counts for each answer that gave it
    quotes: tuple[QuoteCheck, ...]  # the worst first; of the whole record without unchanged quotes

    @property
    def stands(self) -> bool:
        """Whether the articles still hold every quote, word for word."""
        return all(state.stands or not count for state, count in self.counts.items())


def verify_exchange(articles: QuotedArticles, exchange: LoggedExchange) -> Verification:
    """Check the quotes of one answer, and list all of them."""
    return _verification(
        _check(articles, logged_quote(cited), QuoteCount(1, (exchange.id,))) for cited in exchange.citations
    )


def verify_quotes(articles: QuotedArticles, quotes: Iterable[LoggedQuote]) -> Verification:
    """Check quotes of no exchange in particular, and list all of them."""
    return _verification(_check(articles, quote, QuoteCount(1, ())) for quote in quotes)


def verify_all(articles: QuotedArticles, quotes: Mapping[LoggedQuote, QuoteCount]) -> Verification:
    """Check all quotes on record, and list those that are not unchanged."""
    checked = _verification(_check(articles, quote, count) for quote, count in quotes.items())
    listed = tuple(quote for quote in checked.quotes if quote.state is not QuoteState.UNCHANGED)
    return checked.model_copy(update={"quotes": listed})


def _verification(quotes: Iterable[QuoteCheck]) -> Verification:
    ordered = sorted(quotes, key=_worst_first)
    counts = Counter[QuoteState]()
    for quote in ordered:
        counts[quote.state] += quote.times
    return Verification(counts={state: counts[state] for state in QuoteState}, quotes=tuple(ordered))


def _worst_first(quote: QuoteCheck) -> tuple[int, int]:
    return -list(QuoteState).index(quote.state), -max(quote.exchanges, default=0)


def _check(articles: QuotedArticles, quote: LoggedQuote, count: QuoteCount) -> QuoteCheck:
    now = articles.find(quote)
    return QuoteCheck(
        state=now.state,
        file=quote.file,
        line=quote.line,
        quote=quote.quote,
        now=now,
        times=count.times,
        exchanges=count.newest,
    )
