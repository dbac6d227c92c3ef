"""A page of a person's own history: questions, first quotes, and the freshness of their sources."""

import datetime as dt

from retrieval.library import Library
from retrieval.models import Value
from storage.models import LoggedCitation, LoggedExchange
from storage.record.people import PeopleRecord
from storage.record.source_status import CitedArticles, Freshness

QUESTIONS_A_PAGE = 4
QUOTES_SHOWN = 2
"""Quotes shown of an answer; a message holds no more of four answers."""


class QuotedAgain(Value):
    """A quote of an earlier answer, as cited then."""

    cited: LoggedCitation
    freshness: Freshness  # of the article today


class EarlierQuestion(Value):
    """A question asked before, with the first quotes of its answer."""

    question: str
    asked_at: dt.datetime  # UTC
    is_answered: bool
    quotes: tuple[QuotedAgain, ...]
    more: int  # further quotes
    freshness: Freshness  # the worst of all cited articles


class HistoryPage(Value):
    """One message's worth of a person's questions, newest first."""

    number: int  # from 0
    is_of_chat: bool  # whether only questions of one chat are on it
    questions: tuple[EarlierQuestion, ...]
    has_older: bool


def history_page(people: PeopleRecord, library: Library, user_id: int, chat_id: int | None, number: int) -> HistoryPage:
    """Read a page, numbered from 0, of a person's questions in one chat, or in all without a chat."""
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
        QuotedAgain(cited=articles.described(cited), freshness=articles.freshness(cited))
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
