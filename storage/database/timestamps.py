"""How a moment is written in the database: UTC, to the millisecond, so that text sorts as time does."""

import datetime as dt


def stamp(moment: dt.datetime) -> str:
    """Write a moment."""
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stamp_of(seconds: float) -> str:
    """Write a moment that is given in seconds since 1970."""
    return stamp(dt.datetime.fromtimestamp(seconds, dt.UTC))
