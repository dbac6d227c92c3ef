"""Timestamps as the database holds them: UTC, to the millisecond, so that text sorts as time does."""

import datetime as dt


def timestamp(time: dt.datetime) -> str:
    """Return a time with its time zone as text, for example `2025-04-28T09:30:15.125Z`."""
    return time.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def timestamp_of(seconds: float) -> str:
    """Return seconds since 1970, as `time.time` gives them, as text."""
    return timestamp(dt.datetime.fromtimestamp(seconds, dt.UTC))
