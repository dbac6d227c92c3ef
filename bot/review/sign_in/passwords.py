"""Signing in by name and password: guesses wait ever longer, and the pages wait for none of them."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from ipaddress import IPv6Address
from math import ceil

from cachetools import TTLCache
from datasette_auth_passwords.utils import hash_password, verify_password

from bot.clock import SecondsClock
from bot.review.sign_in.sessions import SignedInReviewer
from storage.errors import SignInError
from storage.verdicts.reviewers import Reviewer

FREE_TO_PAIR, FREE_TO_ONE = 4, 20
"""Attempts that wait for nothing: at a name from one address; at a name, or from an address, whatever the other is."""
LONGEST_WAIT = 900.0
"""Seconds that an attempt waits for the one before it at the most; each wait is twice the wait before."""
MOST_COUNTED, FORGOTTEN_SECONDS = 10_000, 86_400.0
"""Names and addresses whose attempts are counted, and seconds without an attempt after which none are."""
MOST_CHECKED_AT_ONCE = 8
LONGEST_NAME, LONGEST_PASSWORD = 100, 1_000
Key = tuple[str, ...]


class AttemptCounts:
    """The attempts to sign in, by name and by address; those that succeed are taken back."""

    def __init__(self, clock: SecondsClock = time.monotonic) -> None:
        self._clock = clock
        self._attempts: TTLCache[Key, tuple[int, float]] = TTLCache(MOST_COUNTED, FORGOTTEN_SECONDS, clock)

    def add(self, keys: dict[Key, int]) -> None:
        """Count an attempt for some keys, each with the number of attempts that wait for nothing.

        Raises:
            SignInError: It comes too early, and is not counted.
        """
        wait = max(self._wait(key, free) for key, free in keys.items())
        if wait > 0:
            raise too_early(wait)
        for key in keys:
            self._attempts[key] = (self._attempts.get(key, (0, 0.0))[0] + 1, self._clock())

    def take_back(self, keys: dict[Key, int]) -> None:
        """Take back an attempt that succeeded."""
        for key in keys:
            count, at = self._attempts.get(key, (1, 0.0))
            self._attempts[key] = (count - 1, at)

    def _wait(self, key: Key, free: int) -> float:
        """Return the seconds until an attempt may be made."""
        count, last = self._attempts.get(key, (0, 0.0))
        return last + min(2.0 ** min(count - free, 60), LONGEST_WAIT) - self._clock() if count >= free else 0


def too_early(seconds: float) -> SignInError:
    """Return the refusal of an attempt that has to wait."""
    return SignInError(f"Too many attempts to sign in: try again in {ceil(seconds)} seconds", ceil(seconds))


class PasswordSignIn:
    """Signs reviewers in; passwords are checked by a thread of its own, one after the other."""

    def __init__(self, reviewers: Sequence[Reviewer]) -> None:
        self._reviewers = {reviewer.name: reviewer for reviewer in reviewers}
        self._counts = AttemptCounts()
        self._thread, self._checking = ThreadPoolExecutor(1, "sign-in"), 0

    async def sign_in(self, name: str, password: str, address: str) -> SignedInReviewer:
        """Check a password, which takes as long for names that nobody has.

        Raises:
            SignInError: Name or password is wrong, or the attempt comes too early.
        """
        if not self._reviewers:
            raise SignInError("Nobody has a password yet")
        reviewer = self._reviewers.get(name)
        keys = attempt_keys(name, address)
        if self._checking >= MOST_CHECKED_AT_ONCE:
            raise too_early(1)
        self._counts.add(keys)
        self._checking += 1
        try:
            is_right = await asyncio.get_running_loop().run_in_executor(
                self._thread, _is_right, reviewer.password if reviewer else None, password[:LONGEST_PASSWORD]
            )
        finally:
            self._checking -= 1
        if reviewer is None or not is_right:
            raise SignInError("Invalid username or password")
        self._counts.take_back(keys)
        return SignedInReviewer(reviewer.name, reviewer.role)

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(cancel_futures=True)


def attempt_keys(name: str, address: str) -> dict[Key, int]:
    """Return the keys that an attempt is counted for: pair, name and address, of IPv6 the network of a household."""
    network = address
    with contextlib.suppress(ValueError):
        network = str(IPv6Address(int(IPv6Address(address)) >> 64 << 64))
    name = name[:LONGEST_NAME]
    return {("pair", name, network): FREE_TO_PAIR, ("name", name): FREE_TO_ONE, ("address", network): FREE_TO_ONE}


def _is_right(password_hash: str | None, password: str) -> bool:
    return verify_password(password, password_hash or _hash_of_nobody()) and password_hash is not None


@cache
def _hash_of_nobody() -> str:
    return str(hash_password(secrets.token_hex()))
