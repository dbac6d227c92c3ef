"""Whether quotes on record still stand, counted and listed."""

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
    """A quote on record and what has become of it.

    Attributes:
        state: What has become of it.
        file: The article it was cited from.
        line: The line it was cited by.
        quote: Its words.
        now: Where it stands; its file and line are none where it does not.
        times: How many answers gave it.
        exchanges: The newest of these, newest first.
    """

    state: QuoteState
    file: str
    line: int
    quote: str
    now: QuoteWhereabouts
    times: int
    exchanges: tuple[int, ...]


class Verification(Value):
    """How the quotes on record stand.

    Attributes:
        counts: How many are in each state; one given by several answers counts for each.
        quotes: Those that were checked, the worst first; of the whole record only those that are not unchanged.
    """

    counts: Mapping[QuoteState, int]
    quotes: tuple[QuoteCheck, ...]

    @property
    def stands(self) -> bool:
        """Whether the articles still say all of it, word for word."""
        return all(state.stands or not count for state, count in self.counts.items())


_WORST = list(reversed(QuoteState))


def verify_exchange(articles: QuotedArticles, exchange: LoggedExchange) -> Verification:
    """Check the quotes of one answer, all of which are listed.

    Args:
        articles: The articles as they are now.
        exchange: The answer.
    """
    return _verification(
        _checked(articles, logged_quote(cited), QuoteCount(1, (exchange.id,))) for cited in exchange.citations
    )


def verify_all(articles: QuotedArticles, quotes: Mapping[LoggedQuote, QuoteCount]) -> Verification:
    """Check all quotes on record; those that are unchanged are only counted.

    Args:
        articles: The articles as they are now.
        quotes: Every different one, and who was given it.
    """
    checked = _verification(_checked(articles, quote, tally) for quote, tally in quotes.items())
    listed = tuple(quote for quote in checked.quotes if quote.state is not QuoteState.UNCHANGED)
    return checked.model_copy(update={"quotes": listed})


def _verification(quotes: Iterable[QuoteCheck]) -> Verification:
    found = sorted(quotes, key=lambda quote: (_WORST.index(quote.state), -max(quote.exchanges)))
    counts: Counter[QuoteState] = Counter()
    for quote in found:
        counts[quote.state] += quote.times
    return Verification(counts={state: counts[state] for state in QuoteState}, quotes=tuple(found))


def _checked(articles: QuotedArticles, quote: LoggedQuote, tally: QuoteCount) -> QuoteCheck:
    now = articles.find(quote)
    return QuoteCheck(
        state=now.state,
        file=quote.file,
        line=quote.line,
        quote=quote.quote,
        now=now,
        times=tally.times,
        exchanges=tally.newest,
    )
