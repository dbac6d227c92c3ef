"""The desk: the one path from a question to an exchange on record."""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from bot.version import VERSION
from prompts.compose import SURE, compose, compose_each, compose_further
from prompts.models import Answer, Reason
from prompts.render import Channel, Renderer
from retrieval.library import Library
from retrieval.models import Explanation, Findings, Value
from storage.models import Exchange, LoggedExchange

HITS = 10
"""How many passages are found for a question."""
ALL_HITS = 50
"""How many are found for somebody who asks for more."""
OFFERED = 8
"""Most quotes offered to somebody who picks one."""
REMEMBERED = 500
"""How many questions are remembered with what was found: colleagues ask the same, and the articles have not changed."""


class Asker(Value):
    """Who asks, and where."""

    channel: Channel
    chat_id: int | None = None
    user_id: int | None = None
    message_id: int | None = None
    update_id: int | None = None


class Considered(NamedTuple):
    """What was found for a question and the answer made of them, before anything is said or logged."""

    findings: Findings
    answer: Answer


class Offer(Value):
    """A quote offered to somebody who picks one of several.

    Attributes:
        answer: The quote as an answer of its own.
        reply: The exact words that are sent when it is picked.
        library: Hash of the articles it is from.
    """

    answer: Answer
    reply: str
    library: str


class Desk:
    """Answers questions from a library, and puts every answer on record before it is said."""

    def __init__(
        self,
        library: Library,
        renderer: Renderer,
        record: Callable[[Exchange], Exchange],
        threshold: float,
        sure: float = SURE,
    ) -> None:
        """Set up a desk.

        Args:
            library: The articles to answer from.
            renderer: Turns answers into words.
            record: Puts an exchange on record and gives it back with its id.
            threshold: Least confidence at which to answer, 0 to 1.
            sure: Confidence from which quotes are given as the answer rather than as the closest passages.
        """
        self.library = library
        self.renderer = renderer
        self._record = record
        self._threshold, self._sure = threshold, sure
        self._considered = lru_cache(maxsize=REMEMBERED)(self._consider)

    def ask(self, question: str, asker: Asker, quotes: int | None = None) -> Exchange:
        """Answer a question; whatever it is, there is an answer, if only that none was found.

        Args:
            question: Anything a person may send.
            asker: Who asks, and where.
            quotes: How many quotes to give at most; None for what suits the question.

        Returns:
            The exchange as recorded; its `reply` is what to say.

        Raises:
            DatabaseError: The exchange could not be recorded, so nothing may be said.
        """
        started = time.perf_counter()
        return self._put_on_record(self.consider(question, quotes).answer, asker, started)

    def ask_more(self, shown: Sequence[LoggedExchange], asker: Asker) -> Exchange | None:
        """Show what else was found for a question.

        Args:
            shown: The question's exchange, and those that showed more of it since, in order.
            asker: Who asks for more, and where.

        Returns:
            A further exchange as recorded, linked to the last of those; none where there is nothing more to show.

        Raises:
            DatabaseError: The exchange could not be recorded, so nothing may be said.
        """
        started = time.perf_counter()
        cited = [citation for exchange in shown for citation in exchange.citations]
        findings = self.library.search(self.library.read(shown[0].question), ALL_HITS)
        answer = compose_further(findings, {(c.file, c.quote) for c in cited}, max(c.number for c in cited))
        return self._put_on_record(answer, asker, started, more_of=shown[-1].id) if answer else None

    def offer(self, words: str) -> tuple[Answer, tuple[Offer, ...]]:
        """Quotes for somebody to pick one from; nothing is said or logged, and nothing remembered.

        Args:
            words: What they have typed so far.

        Returns:
            What the desk would answer, and quotes, best first; none where the words cannot be searched for.
        """
        findings, answer = self._consider(_encodable(words), None)
        if answer.reason not in {None, Reason.UNSUPPORTED}:
            return answer, ()
        library, quotes = self.library.hash, compose_each(findings, OFFERED, self._sure)
        return answer, tuple(Offer(answer=q, reply=self.renderer.quote(q), library=library) for q in quotes)

    def record_pick(self, offer: Offer, asker: Asker) -> Exchange:
        """Put on record that somebody picked a quote, which is how it was said.

        Args:
            offer: The quote.
            asker: Who picked it.

        Raises:
            DatabaseError: It could not be recorded.
        """
        return self._record(
            Exchange(
                asked_at=dt.datetime.now(dt.UTC),
                **dict(asker),
                answer=offer.answer,
                reply=offer.reply,
                latency_ms=0,
                library=offer.library,
                version=VERSION,
            )
        )

    def _put_on_record(self, answer: Answer, asker: Asker, started: float, more_of: int | None = None) -> Exchange:
        reply = self.renderer.answer(answer, asker.channel)
        seconds = time.perf_counter() - started
        exchange = Exchange(
            asked_at=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds),
            **dict(asker),
            answer=answer,
            reply=reply,
            latency_ms=round(seconds * 1000, 3),
            library=self.library.hash,
            version=VERSION,
            more_of=more_of,
        )
        return self._record(exchange)

    def consider(self, question: str, quotes: int | None = None) -> Considered:
        """Find and judge what answers a question, without saying or logging anything.

        Args:
            question: Anything a person may send.
            quotes: How many quotes to give at most; None for what suits the question.

        Returns:
            What was found, and the answer.
        """
        return self._considered(_encodable(question), quotes)

    def _consider(self, question: str, quotes: int | None) -> Considered:
        query = self.library.read(question)
        findings = self.library.search(query, max(HITS, quotes or 0))
        return Considered(findings, compose(findings, self._threshold, quotes, self._sure))

    def explain(self, question: str) -> Explanation:
        """Why a question is answered as it is, without saying or logging anything.

        Args:
            question: Anything a person may send.

        Returns:
            How it was read, what speaks for each hit, and what the confidence was made of.
        """
        return self.library.explain(self.library.read(_encodable(question)), HITS)


def _encodable(text: str) -> str:
    """A text that can be stored: what a terminal could not decode is replaced."""
    return text.encode("utf-8", "replace").decode()
