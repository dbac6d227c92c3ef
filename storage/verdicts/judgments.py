"""Judgments: the verdicts on one answer taken together, into whether there is an answer, and in which sentences."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from retrieval.models import Value
from storage.models import LoggedExchange
from storage.verdicts.models import BetterQuote, Ruling, Verdict


class UnsettledReason(StrEnum):
    """Why verdicts do not tell how a question should be answered."""

    DISPUTED = "disputed"
    WITHOUT_SENTENCE = "without a sentence"


class Judgment(Value):
    """Whether the articles answer a question, and the sentences that do."""

    answerable: bool
    support: tuple[BetterQuote, ...] = ()


def settle(exchange: LoggedExchange, verdicts: Sequence[Verdict]) -> Judgment | UnsettledReason:
    """Take together what reviewers say of an answer; more than half of them must say the same.

    A right refusal (a right reply to chat is one), and an answer that should have been one, say that nothing answers
    the question. For all else there must be a sentence that does: those quoted, where the answer was right or partly
    right and nothing better was chosen, or those that reviewers of the majority chose.
    """
    ruling, votes = Counter(verdict.verdict for verdict in verdicts).most_common(1)[0]
    if 2 * votes <= len(verdicts):
        return UnsettledReason.DISPUTED
    is_refusal = exchange.outcome != "answered"
    if ruling is Ruling.SHOULD_HAVE_ABSTAINED or (ruling is Ruling.RIGHT and is_refusal):
        return Judgment(answerable=False)
    chosen = [verdict.better for verdict in verdicts if verdict.verdict is ruling and verdict.better]
    given = () if is_refusal else exchange.citations
    quoted = [BetterQuote(file=c.file, start=c.start, end=c.end, quote=c.quote) for c in given]
    support = {
        Ruling.RIGHT: [*quoted, *chosen],
        Ruling.PARTLY: chosen or quoted,
    }.get(ruling, chosen)
    if not support:
        return UnsettledReason.WITHOUT_SENTENCE
    return Judgment(answerable=True, support=tuple(dict.fromkeys(support)))
