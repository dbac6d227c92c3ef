"""Links that sign somebody in once."""

import hashlib
import secrets
import time
from collections.abc import Callable

from storage.verdicts.reviewers import ReviewRole

VALID_SECONDS = 3600
"""How long a link can be used."""


class SignInLinks:
    """Links that have been made and not used; they live as long as the program."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start without any.

        Args:
            clock: Returns the time in seconds.
        """
        self._clock = clock
        self._open: dict[str, tuple[str, ReviewRole, float]] = {}

    def make(self, name: str, role: ReviewRole) -> str:
        """Make a link's secret part.

        Args:
            name: Who is signed in by it.
            role: What they may do.
        """
        token = secrets.token_urlsafe(24)
        self._open[_key(token)] = (name, role, self._clock() + VALID_SECONDS)
        return token

    def use(self, token: str) -> tuple[str, ReviewRole] | None:
        """Who a link signs in; none where it was used before, is too old, or never was one."""
        name, role, until = self._open.pop(_key(token), ("", ReviewRole.REVIEWER, 0.0))
        return (name, role) if name and self._clock() < until else None


def _key(token: str) -> str:
    """Looked up by its hash, so that the time it takes tells nothing of the token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
