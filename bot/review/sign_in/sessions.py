"""Sessions of reviewers who signed in; they end with signing out, after some hours, and with the program."""

import secrets
import time
from typing import NamedTuple

from cachetools import TTLCache

from bot.clock import SecondsClock
from storage.verdicts.reviewers import ReviewRole

SESSION_SECONDS = 12 * 3600
"""Seconds after which somebody has to sign in again."""
MOST_SESSIONS = 1_000
"""Sessions kept; the least recently used ends when one more begins."""


class SignedInReviewer(NamedTuple):
    """A reviewer who has signed in."""

    name: str
    role: ReviewRole


class Sessions:
    """The sessions that have not ended, by their tokens."""

    def __init__(self, clock: SecondsClock = time.monotonic) -> None:
        self._open: TTLCache[str, SignedInReviewer] = TTLCache(MOST_SESSIONS, SESSION_SECONDS, clock)

    def begin(self, reviewer: SignedInReviewer) -> str:
        """Begin a session; returns its token."""
        token = secrets.token_urlsafe(24)
        self._open[token] = reviewer
        return token

    def find(self, token: str) -> SignedInReviewer | None:
        """Return the reviewer of a session; None where it has ended or never began."""
        return self._open.get(token)

    def end(self, token: str) -> None:
        """End a session, whoever still holds its cookie."""
        self._open.pop(token, None)
