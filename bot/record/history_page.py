"""A person's own questions, a page at a time, each with how its answer stands today."""

import datetime as dt

from retrieval.library import Library
from retrieval.models import Value
from storage.models import LoggedExchange
from storage.record.people import PeopleRecord
from storage.record.source_status import CitedArticles, Freshness

QUESTIONS_A_PAGE = 4
QUOTES_SHOWN = 2
"""How many quotes of an answer are shown again; a message holds no more of four answers."""


class QuotedAgain(Value):
    """A quote of an earlier answer.

    Attributes:
        quote: Its words then.
        file: The article then.
        line: The line it started on.
        freshness: What has become of the article.
    """

    quote: str
    file: str
    line: int
    freshness: Freshness


class EarlierQuestion(Value):
    """A question asked before, with its answer.

    Attributes:
        question: What was asked.
        asked_at: When, in UTC.
        is_answered: Whether quotes were given.
        quotes: The first of them.
        more: How many more there were.
        freshness: What has become of the articles of all of them; the worst.
    """

    question: str
    asked_at: dt.datetime
    is_answered: bool
    quotes: tuple[QuotedAgain, ...]
    more: int
    freshness: Freshness


class HistoryPage(Value):
    """One message's worth of somebody's questions, the newest first.

    Attributes:
        number: Which page, from 0.
        is_of_chat: Whether it holds only what was asked in one chat.
        questions: The questions; none where there are none.
        has_older: Whether another page follows.
    """

    number: int
    is_of_chat: bool
    questions: tuple[EarlierQuestion, ...]
    has_older: bool


def history_page(people: PeopleRecord, library: Library, user_id: int, chat_id: int | None, number: int) -> HistoryPage:
    """A page of somebody's questions.

    Args:
        people: What is on record.
        library: The articles as they are now.
        user_id: Whose questions.
        chat_id: Only those asked in this chat; None for all.
        number: Which page, from 0.
    """
    found = people.exchanges_of(user_id, chat_id, QUESTIONS_A_PAGE + 1, number * QUESTIONS_A_PAGE)
    articles = CitedArticles(library.sources)
    return HistoryPage(
        number=number,
        is_of_chat=chat_id is not None,
        questions=tuple(_earlier(exchange, articles) for exchange in found[:QUESTIONS_A_PAGE]),
        has_older=len(found) > QUESTIONS_A_PAGE,
    )


def _earlier(exchange: LoggedExchange, articles: CitedArticles) -> EarlierQuestion:
    quotes = [
        QuotedAgain(quote=cited.quote, file=cited.file, line=cited.line, freshness=articles.freshness(cited))
        for cited in exchange.citations[:QUOTES_SHOWN]
    ]
    return EarlierQuestion(
        question=exchange.question,
        asked_at=exchange.asked_at,
        is_answered=exchange.outcome == "answered",
        quotes=tuple(quotes),
        more=max(0, len(exchange.citations) - QUOTES_SHOWN),
        freshness=articles.worst(exchange),
    )
