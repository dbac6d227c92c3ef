"""Replays: questions on record asked again, unlogged, and the difference between the two answers."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from bot.desk.desk import Desk
from bot.record.exchange_report import earlier_questions
from prompts.models import Answer, Channel, Outcome
from retrieval.models import Value
from storage.models import LoggedExchange
from storage.record.conversations import Conversations
from storage.verdicts.judgments import Judgment, settle
from storage.verdicts.models import Verdict


class ReplayDifference(StrEnum):
    """Difference of today's answer to the answer on record."""

    SAME = "same"
    BETTER = "better-placed"
    WORSE = "worse-placed"
    LOST = "lost"
    NEWLY_ANSWERED = "newly answered"
    NEWLY_ABSTAINED = "newly abstained"


class QuotePlace(Value):
    """A quote of an answer."""

    file: str
    line: int
    quote: str


class Replay(Value):
    """A question asked again, with the quotes and confidence on record and of today."""

    id: int  # of the exchange
    question: str
    difference: ReplayDifference
    judged: bool  # by verdicts; otherwise all quotes on record count as right
    then: tuple[QuotePlace, ...]
    now: tuple[QuotePlace, ...]
    confidence_then: float
    confidence_now: float


def replays(
    desk: Desk,
    conversations: Conversations,
    exchanges: Iterable[LoggedExchange],
    verdicts: Mapping[int, Sequence[Verdict]],
) -> Iterator[Replay]:
    """Ask the questions among exchanges again, as follow-ups of the same questions and in their chat's collections.

    Exchanges are taken one at a time; verdicts are given by exchange.
    """
    for exchange in exchanges:
        if is_question(exchange):
            collections = desk.collections(exchange.chat_id, exchange.thread_id)
            earlier = earlier_questions(conversations, exchange)
            answer = desk.answer_with_findings(exchange.question, None, earlier, collections).answer
            yield _replay(exchange, answer, verdicts.get(exchange.id, ()))


def is_question(exchange: LoggedExchange) -> bool:
    """Whether a person asked a question, rather than picked a quote in inline mode or asked for more of an answer."""
    return exchange.more_of is None and exchange.channel is not Channel.INLINE


def _replay(exchange: LoggedExchange, answer: Answer, verdicts: Sequence[Verdict]) -> Replay:
    judgment = settle(exchange, verdicts) if verdicts else None
    known = judgment if isinstance(judgment, Judgment) else None
    then = tuple(QuotePlace(file=c.file, line=c.line, quote=c.quote) for c in exchange.citations)
    now = tuple(QuotePlace(file=c.file, line=c.line, quote=c.quote) for c in answer.citations)
    right = {quote.quote for quote in (known.support if known else then)}
    moved = compare_places([q.quote for q in then], [q.quote for q in now], right)
    return Replay(
        id=exchange.id,
        question=exchange.question,
        difference=_compare_outcomes(exchange.outcome, answer.outcome) or moved,
        judged=known is not None,
        then=then,
        now=now,
        confidence_then=exchange.confidence,
        confidence_now=answer.confidence,
    )


def _compare_outcomes(then: str, now: Outcome) -> ReplayDifference | None:
    """Return the difference of two outcomes; None where both are answers."""
    if then == now:
        return None if now == "answered" else ReplayDifference.SAME
    if "answered" not in {then, now}:
        return ReplayDifference.SAME  # nothing was quoted, whether it is taken for a question or for chat
    return ReplayDifference.NEWLY_ANSWERED if now == "answered" else ReplayDifference.NEWLY_ABSTAINED


def compare_places(then: Sequence[str], now: Sequence[str], right: Iterable[str]) -> ReplayDifference:
    """Compare the ranks of the right quotes in two answers, whose quotes are in order.

    Lost where a right quote is no longer given; otherwise better or worse by the sum of reciprocal ranks.
    """
    counted = set(right)
    if counted & (set(then) - set(now)):
        return ReplayDifference.LOST
    gain = sum(_reciprocal(now, quote) - _reciprocal(then, quote) for quote in sorted(counted))
    if math.isclose(gain, 0, abs_tol=1e-9):  # sums of fractions
        return ReplayDifference.SAME
    return ReplayDifference.BETTER if gain > 0 else ReplayDifference.WORSE


def _reciprocal(quotes: Sequence[str], quote: str) -> float:
    return 1 / (quotes.index(quote) + 1) if quote in quotes else 0.0
