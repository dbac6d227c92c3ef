"""The clock that whatever goes by the time is given."""

import datetime as dt
from typing import Protocol


class Clock(Protocol):
    """Gives the time, with its zone."""

    def __call__(self) -> dt.datetime:
        """Return the time."""
        ...


def utc_now() -> dt.datetime:
    """Return the time of this machine, in UTC."""
    return dt.datetime.now(dt.UTC)


class SecondsClock(Protocol):
    """Gives a time in seconds."""

    def __call__(self) -> float:
        """Return the seconds."""
        ...
