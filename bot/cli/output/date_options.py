"""Days, months and years as options of commands, and the times at which they begin and end."""

import datetime as dt

import typer
from dateutil.relativedelta import relativedelta

_PERIODS = {
    "%Y-%m-%d": relativedelta(days=1),
    "%Y-%m": relativedelta(months=1),
    "%Y": relativedelta(years=1),
}
_HOW = "write 2025, 2025-04, 2025-04-28 or 2025-04-28T09:30"


def period_start(text: str) -> dt.datetime:
    """Return the start of a day, a month or a year, or a time as it is; in UTC unless the text names a zone.

    Raises:
        BadParameter: The text is no date.
    """
    return _parse(text)[0]


def period_end(text: str) -> dt.datetime:
    """Return the end, exclusive, of a day, a month or a year, or a time as it is.

    Raises:
        BadParameter: The text is no date, or too late a date.
    """
    first, length = _parse(text)
    try:
        return first + length
    except (OverflowError, ValueError):
        raise typer.BadParameter(f"{text!r} is too late a date: {_HOW}.") from None


def _parse(text: str) -> tuple[dt.datetime, relativedelta]:
    for form, length in _PERIODS.items():
        try:
            return dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC), length
        except ValueError:
            continue
    try:
        time = dt.datetime.fromisoformat(text)
        return (time.astimezone(dt.UTC) if time.tzinfo else time.replace(tzinfo=dt.UTC)), relativedelta()
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{text!r} is no date: {_HOW}.") from None
