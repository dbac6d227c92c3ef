"""Judged questions made of the record and the verdicts on it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bot.record.exchange_report import earlier_questions, verdicts_by_exchange
from bot.record.replay import is_question
from retrieval.evaluation.judged_questions import JudgedQuestion, JudgedSpan
from retrieval.models import Value
from storage.chats.collection_choices import CollectionChoices
from storage.database.connection import DeskDatabase
from storage.models import LoggedExchange
from storage.record.conversations import Conversations
from storage.record.exchanges import ExchangeLog
from storage.record.quote_status import LoggedQuote, QuotedArticles
from storage.verdicts.judgments import Judgment, UnsettledReason, settle
from storage.verdicts.models import BetterQuote, Verdict

NO_QUESTION, VANISHED, REPEATED = "no question", "no longer in the articles", "asked again since"


class JudgedRecord(Value):
    """Judged questions, newest first, without askers and reviewers; and the exchanges that make none."""

    questions: tuple[JudgedQuestion, ...]
    left_out: Mapping[str, int]  # the number of judged exchanges by the reason that they make no question


def questions_from_log(database: DeskDatabase, verdicts: Sequence[Verdict], articles: QuotedArticles) -> JudgedRecord:
    """Make judged questions of verdicts, with the right sentences at their places in today's articles.

    Raises:
        DatabaseError: The record cannot be read.
    """
    questions: dict[tuple[object, ...], JudgedQuestion] = {}
    left_out = Counter[str]()
    for exchange, on_exchange in _with_verdicts(ExchangeLog(database), verdicts):
        question = _question(database, exchange, on_exchange, articles)
        if isinstance(question, str):
            left_out[question] += 1
        elif (key := _key(question)) in questions:
            left_out[REPEATED] += 1
        else:
            questions[key] = question
    return JudgedRecord(questions=tuple(questions.values()), left_out=left_out)


def _with_verdicts(log: ExchangeLog, verdicts: Sequence[Verdict]) -> Iterator[tuple[LoggedExchange, list[Verdict]]]:
    """Yield the exchanges with verdicts that are still on record, newest first."""
    for number, on_exchange in sorted(verdicts_by_exchange(verdicts).items(), reverse=True):
        exchange = log.find(number)
        if exchange is not None:
            yield exchange, on_exchange


def _question(
    database: DeskDatabase, exchange: LoggedExchange, verdicts: Sequence[Verdict], articles: QuotedArticles
) -> JudgedQuestion | str:
    """Return the judged question of an exchange, or the reason that there is none."""
    judgment = settle(exchange, verdicts)
    if not is_question(exchange) or isinstance(judgment, UnsettledReason):
        return judgment.value if isinstance(judgment, UnsettledReason) else NO_QUESTION
    support = _support(judgment, articles)
    if judgment.answerable and not support:
        return VANISHED
    choices = CollectionChoices(database)
    return JudgedQuestion(
        id=f"log-{exchange.id}",
        question=exchange.question,
        answerable=judgment.answerable,
        support=support,
        earlier=earlier_questions(Conversations(database), exchange),
        collections=() if exchange.chat_id is None else choices.of(exchange.chat_id, exchange.thread_id),
    )


def _support(judgment: Judgment, articles: QuotedArticles) -> tuple[JudgedSpan, ...]:
    """Return the spans of the right sentences in today's articles, without sentences that are gone."""
    return tuple(filter(None, (_span(sentence, articles) for sentence in judgment.support)))


def _span(sentence: BetterQuote, articles: QuotedArticles) -> JudgedSpan | None:
    now = articles.find(LoggedQuote(sentence.file, 0, sentence.start, sentence.quote, None))
    if now.file is None or now.start is None:
        return None
    return JudgedSpan(file=now.file, start=now.start, end=now.start + len(sentence.quote))


def _key(question: JudgedQuestion) -> tuple[object, ...]:
    return " ".join(question.question.casefold().split()), question.earlier, question.collections
