"""Days, months and years as they are written on the command line, and the moments they begin and end at."""

import datetime as dt

import typer
from dateutil.relativedelta import relativedelta

_WRITTEN = {
    "%Y-%m-%d": relativedelta(days=1),
    "%Y-%m": relativedelta(months=1),
    "%Y": relativedelta(years=1),
}
_HOW = "write 2025, 2025-04, 2025-04-28 or 2025-04-28T09:30"


def first_moment(written: str) -> dt.datetime:
    """The moment that a day, a month, a year or a time begins at, in UTC unless it says otherwise.

    Raises:
        BadParameter: It is none of these.
    """
    return _read(written)[0]


def last_moment(written: str) -> dt.datetime:
    """The first moment after a day, a month or a year; a time is its own.

    Raises:
        BadParameter: It is none of these.
    """
    first, length = _read(written)
    try:
        return first + length
    except (OverflowError, ValueError):
        raise typer.BadParameter(f"{written!r} is too late a date: {_HOW}.") from None


def _read(written: str) -> tuple[dt.datetime, relativedelta]:
    for form, length in _WRITTEN.items():
        try:
            return dt.datetime.strptime(written, form).replace(tzinfo=dt.UTC), length
        except ValueError:
            continue
    try:
        moment = dt.datetime.fromisoformat(written)
        return (moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)), relativedelta()
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{written!r} is no date: {_HOW}.") from None
