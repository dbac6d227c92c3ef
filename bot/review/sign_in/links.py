"""Links each of which signs in a reviewer once."""

import hashlib
import secrets
import time

from bot.clock import SecondsClock
from bot.review.sign_in.sessions import SignedInReviewer
from storage.verdicts.reviewers import ReviewRole

VALID_SECONDS = 3600
"""Seconds for which a link is valid."""


class SignInLinks:
    """The links that are not used yet; they end with the program."""

    def __init__(self, clock: SecondsClock = time.monotonic) -> None:
        self._clock = clock
        self._open: dict[str, tuple[SignedInReviewer, float]] = {}

    def make(self, name: str, role: ReviewRole) -> str:
        """Make the token of a link that signs in a reviewer."""
        token = secrets.token_urlsafe(24)
        self._open[_key(token)] = (SignedInReviewer(name, role), self._clock() + VALID_SECONDS)
        return token

    def use(self, token: str) -> SignedInReviewer | None:
        """Return the reviewer of a token, once; None where it was used, is too old, or was never made."""
        reviewer, until = self._open.pop(_key(token), (None, 0.0))
        return reviewer if self._clock() < until else None


def _key(token: str) -> str:
    """Return a token's hash, by which it is looked up, so that the time of the look-up tells nothing of the token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
