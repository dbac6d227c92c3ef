"""Judged questions made of the record: what was asked, and what reviewers say the answer should have been."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from bot.record.exchange_report import leaned_on
from bot.record.replay import is_question
from retrieval.evaluation.judged_questions import JudgedQuestion, JudgedSpan
from retrieval.models import Value
from storage.chats.collection_choices import CollectionChoices
from storage.database.connection import DeskDatabase
from storage.models import BetterQuote, LoggedExchange, Verdict
from storage.record.conversations import Conversations
from storage.record.exchanges import ExchangeLog
from storage.record.quote_status import GivenQuote, QuotedArticles
from storage.verdicts.judgments import Judgment, UnsettledReason, settle

NO_QUESTION, VANISHED, REPEATED = "no question", "no longer in the articles", "asked again since"


class JudgedRecord(Value):
    """Judged questions, and why others make none.

    Attributes:
        questions: The questions, those asked last first, without who asked or judged them.
        left_out: How many judged exchanges make none, by why.
    """

    questions: tuple[JudgedQuestion, ...]
    left_out: Mapping[str, int]


def by_exchange(verdicts: Sequence[Verdict]) -> dict[int, list[Verdict]]:
    """Verdicts by what they are on."""
    of: defaultdict[int, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        of[verdict.exchange_id].append(verdict)
    return of


def questions_from_log(database: DeskDatabase, verdicts: Sequence[Verdict], articles: QuotedArticles) -> JudgedRecord:
    """Make judged questions.

    Args:
        database: The record.
        verdicts: The newest of each reviewer on each exchange.
        articles: Today's articles, in which the right sentences are looked up.

    Raises:
        DatabaseError: The record cannot be read.
    """
    made: dict[tuple[object, ...], JudgedQuestion] = {}
    left_out = Counter[str]()
    for exchange, given in _judged(ExchangeLog(database), verdicts):
        question = _question(database, exchange, given, articles)
        if isinstance(question, str):
            left_out[question] += 1
        elif (key := _key(question)) in made:
            left_out[REPEATED] += 1
        else:
            made[key] = question
    return JudgedRecord(questions=tuple(made.values()), left_out=left_out)


def _judged(log: ExchangeLog, verdicts: Sequence[Verdict]) -> Iterator[tuple[LoggedExchange, list[Verdict]]]:
    """Judged exchanges that are on record, the newest first."""
    for number, given in sorted(by_exchange(verdicts).items(), reverse=True):
        exchange = log.find(number)
        if exchange is not None:
            yield exchange, given


def _question(
    database: DeskDatabase, exchange: LoggedExchange, verdicts: Sequence[Verdict], articles: QuotedArticles
) -> JudgedQuestion | str:
    """The question that an exchange makes, or why it makes none."""
    judgment = settle(exchange, verdicts)
    if not is_question(exchange) or isinstance(judgment, UnsettledReason):
        return judgment.value if isinstance(judgment, UnsettledReason) else NO_QUESTION
    support = _support(judgment, articles)
    if judgment.answerable and not support:
        return VANISHED
    ties = CollectionChoices(database)
    return JudgedQuestion(
        id=f"log-{exchange.id}",
        question=exchange.question,
        answerable=judgment.answerable,
        support=support,
        earlier=leaned_on(Conversations(database), exchange),
        collections=() if exchange.chat_id is None else ties.of(exchange.chat_id, exchange.thread_id),
    )


def _support(judgment: Judgment, articles: QuotedArticles) -> tuple[JudgedSpan, ...]:
    """The right sentences where they stand today; those that stand no more are left out."""
    return tuple(filter(None, (_span(sentence, articles) for sentence in judgment.support)))


def _span(sentence: BetterQuote, articles: QuotedArticles) -> JudgedSpan | None:
    now = articles.find(GivenQuote(sentence.file, 0, sentence.start, sentence.quote, None))
    if now.file is None or now.start is None:
        return None
    return JudgedSpan(file=now.file, start=now.start, end=now.start + len(sentence.quote))


def _key(question: JudgedQuestion) -> tuple[object, ...]:
    return " ".join(question.question.casefold().split()), question.earlier, question.collections
