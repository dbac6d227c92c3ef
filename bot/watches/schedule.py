"""When a notice is due: some time after the last, or at an hour of the day where the watcher lives."""

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from storage.watches.models import WaitingWatch, WatchSchedule


def is_due(waiting: WaitingWatch, now: dt.datetime, apart: dt.timedelta) -> bool:
    """Whether the notice of a watch is due; notices at no hour of the day are `apart` at least."""
    watch, since = waiting
    if watch.hour is None:
        told = watch.told_at
        return told is None or not dt.timedelta() <= now - told < apart  # a clock that was set back holds nothing up
    return since <= last_hour(watch.schedule, now)


def last_hour(schedule: WatchSchedule, now: dt.datetime) -> dt.datetime:
    """The last time at which a schedule's hour struck, in UTC; of an hour that strikes twice, the first.

    Where clocks go forward over the hour, it is struck when they have.
    """
    zone = _zone(schedule.zone)
    today = now.astimezone(zone).date()
    strikes = (_strike(today - dt.timedelta(days=days), schedule.hour or 0, zone) for days in (0, 1))
    return next((strike for strike in strikes if strike <= now), _strike(today, 0, zone) - dt.timedelta(days=2))


def _strike(day: dt.date, hour: int, zone: dt.tzinfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), zone).astimezone(dt.UTC)


def _zone(name: str) -> dt.tzinfo:
    """The time zone of a name; UTC where this machine does not know it any more."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return dt.UTC
