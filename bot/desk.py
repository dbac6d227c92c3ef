"""The desk: the one path from a question to an exchange on record."""

import datetime as dt
import time
from collections.abc import Callable
from functools import lru_cache, partial
from typing import NamedTuple

from bot.version import VERSION
from prompts.compose import SURE, compose
from prompts.models import Answer
from prompts.render import Channel, Renderer
from retrieval.library import Library
from retrieval.models import Explanation, Findings, Value
from storage.models import Exchange

HITS = 10
"""How many passages are found for a question."""
REMEMBERED = 500
"""How many questions are remembered with what was found, for each library: colleagues ask the same."""


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


class _Reading(NamedTuple):
    """A library, and what was found in it for the questions asked so far."""

    library: Library
    consider: Callable[[str, int | None], Considered]


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
        self.renderer = renderer
        self._record = record
        self._threshold, self._sure = threshold, sure
        self._now = self._reading(library)

    @property
    def library(self) -> Library:
        """The articles that questions are answered from now."""
        return self._now.library

    def renew(self, library: Library) -> None:
        """Answer from another library from now on; questions that are being answered keep to theirs.

        Args:
            library: The articles as they are now.
        """
        self._now = self._reading(library)

    def _reading(self, library: Library) -> _Reading:
        return _Reading(library, lru_cache(maxsize=REMEMBERED)(partial(self._consider, library)))

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
        asked_at, started = dt.datetime.now(dt.UTC), time.perf_counter()
        now = self._now  # one library throughout, whatever becomes of the articles meanwhile
        answer = now.consider(_encodable(question), quotes).answer
        reply = self.renderer.answer(answer, asker.channel)
        exchange = Exchange(
            asked_at=asked_at,
            **dict(asker),
            answer=answer,
            reply=reply,
            latency_ms=round((time.perf_counter() - started) * 1000, 3),
            library=now.library.hash,
            version=VERSION,
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
        return self._now.consider(_encodable(question), quotes)

    def _consider(self, library: Library, question: str, quotes: int | None) -> Considered:
        query = library.read(question)
        findings = library.search(query, max(HITS, quotes or 0))
        return Considered(findings, compose(findings, self._threshold, quotes, self._sure))

    def explain(self, question: str) -> Explanation:
        """Why a question is answered as it is, without saying or logging anything.

        Args:
            question: Anything a person may send.

        Returns:
            How it was read, what speaks for each hit, and what the confidence was made of.
        """
        library = self.library
        return library.explain(library.read(_encodable(question)), HITS)


def _encodable(text: str) -> str:
    """A text that can be stored: what a terminal could not decode is replaced."""
    return text.encode("utf-8", "replace").decode()
