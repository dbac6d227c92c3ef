"""Questions on record asked again, and how what is answered today differs; nothing is said or logged."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Literal

from bot.desk.desk import Desk
from bot.record.exchange_report import leaned_on
from prompts.models import Answer, Channel
from retrieval.models import Value
from storage.models import LoggedExchange
from storage.record.conversations import Conversations
from storage.verdicts.judgments import Judgment, settle
from storage.verdicts.models import Verdict


class ReplayDifference(StrEnum):
    """How an answer of today stands to the one on record."""

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
    """A question asked again.

    Attributes:
        id: The exchange on record.
        question: What was asked.
        difference: How today's answer stands to it.
        judged: Whether that goes by what reviewers said; otherwise all quotes on record count as right.
        then: The quotes on record, in order.
        now: Those of today.
        confidence_then: How sure the desk was.
        confidence_now: How sure it is.
    """

    id: int
    question: str
    difference: ReplayDifference
    judged: bool
    then: tuple[QuotePlace, ...]
    now: tuple[QuotePlace, ...]
    confidence_then: float
    confidence_now: float


def replays(
    desk: Desk, threads: Conversations, exchanges: Iterable[LoggedExchange], verdicts: Mapping[int, Sequence[Verdict]]
) -> Iterator[Replay]:
    """Ask questions again, with those they leaned on and in the collections that their chat is tied to today.

    Args:
        desk: What answers today.
        threads: Knows what a question leaned on.
        exchanges: The record; taken one at a time. What shows more of another answer, or was picked in inline mode,
            is no question and is left out.
        verdicts: What reviewers say, by exchange.
    """
    for exchange in exchanges:
        if is_question(exchange):
            tied = desk.collections(exchange.chat_id, exchange.thread_id)
            answer = desk.consider(exchange.question, None, leaned_on(threads, exchange), tied).answer
            yield _replay(exchange, answer, verdicts.get(exchange.id, ()))


def is_question(exchange: LoggedExchange) -> bool:
    """Whether somebody asked it, rather than picked it or asked for more of an answer."""
    return exchange.more_of is None and exchange.channel is not Channel.INLINE


def _replay(exchange: LoggedExchange, answer: Answer, verdicts: Sequence[Verdict]) -> Replay:
    judgment = settle(exchange, verdicts) if verdicts else None
    known = judgment if isinstance(judgment, Judgment) else None
    then = tuple(QuotePlace(file=c.file, line=c.line, quote=c.quote) for c in exchange.citations)
    now = tuple(QuotePlace(file=c.file, line=c.line, quote=c.quote) for c in answer.citations)
    right = {quote.quote for quote in (known.support if known else then)}
    return Replay(
        id=exchange.id,
        question=exchange.question,
        difference=_by_outcome(exchange.outcome, answer.outcome)
        or placed([q.quote for q in then], [q.quote for q in now], right),
        judged=known is not None,
        then=then,
        now=now,
        confidence_then=exchange.confidence,
        confidence_now=answer.confidence,
    )


def _by_outcome(then: str, now: Literal["answered", "abstained"]) -> ReplayDifference | None:
    """How the outcomes differ; None where both are answers."""
    if then == now:
        return ReplayDifference.SAME if now == "abstained" else None
    return ReplayDifference.NEWLY_ANSWERED if now == "answered" else ReplayDifference.NEWLY_ABSTAINED


def placed(then: Sequence[str], now: Sequence[str], right: Iterable[str]) -> ReplayDifference:
    """How the right quotes are placed in an answer, beside where they were in another.

    Args:
        then: The quotes of the earlier answer, in order.
        now: Those of the later one.
        right: Those that count, whether or not either gives them.

    Returns:
        Lost where one that was given is no longer; otherwise better or worse by the sum of their reciprocal ranks.
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
