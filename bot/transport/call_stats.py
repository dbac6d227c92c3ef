"""What became of the calls to Telegram: which kinds failed, and when updates were last fetched."""

import time
from collections.abc import Callable

UNCHECKED_SECONDS = 90
"""Most seconds since Telegram was last asked about the webhook."""
_FETCH, _POST = "getupdates", "setwebhook"


def _uncounted(_kind: str) -> None:
    """Leave a failure uncounted."""


class CallStats:
    """Told of every call; knows nothing of what was said in it."""

    def __init__(self, failed: Callable[[str], None] = _uncounted, clock: Callable[[], float] = time.monotonic) -> None:
        """Set up the record.

        Args:
            failed: Told of the kind of each failure.
            clock: Gives the time in seconds since whenever.
        """
        self.failed = failed
        self._clock = clock
        self._fetched_at: float | None = None
        self.is_posted_to = False
        self.is_stalled = False  # Telegram hands out the same updates again and again
        self._webhook: tuple[str | None, float] | None = None

    def answered(self, method: str, status: int) -> None:
        """Note an answer of Telegram.

        Args:
            method: The method of the Bot API.
            status: The status of the answer, as HTTP has it.
        """
        if status >= 400:  # noqa: PLR2004 - where HTTP's errors begin
            self.failed(f"http_{status}")
        elif method.lower() == _FETCH:
            self._fetched_at = self._clock()
        elif method.lower() == _POST:
            self.is_posted_to = True

    def note_webhook(self, problem: str | None, at: float) -> None:
        """Note what Telegram said is wrong with the webhook, if anything, and when."""
        self._webhook = problem, at

    def webhook_problem(self) -> str | None:
        """What is wrong with the way of posted updates; None where nothing is, or where they are fetched."""
        if not self.is_posted_to:
            return None
        if self._webhook is None:
            return "the webhook was not checked with Telegram yet"
        problem, at = self._webhook
        seconds = self._clock() - at
        return (
            problem
            if problem or seconds <= UNCHECKED_SECONDS
            else (f"Telegram could not be asked about the webhook for {round(seconds)} seconds")
        )

    def since_fetch(self) -> float | None:
        """Seconds since updates were last fetched, also where there were none; None before the first time.

        Where Telegram was told to post them there is nothing to fetch, and it is 0.
        """
        if self.is_posted_to:
            return 0
        return None if self._fetched_at is None else self._clock() - self._fetched_at
