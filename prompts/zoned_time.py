"""An hour of the day in a time zone, as a language writes it (CLDR)."""

import datetime as dt

from prompts.languages import Language


def hour_of_day(hour: int, zone: str, language: Language) -> str:
    """Return an hour with its time zone: `8:00 AM (Japan Time)`."""
    from babel.dates import format_time, get_timezone, get_timezone_name  # noqa: PLC0415 - loads long, and few watches are daily

    time = format_time(dt.time(hour), format="short", locale=language.value)
    if "/" not in zone or zone.startswith("Etc/"):
        return f"{time} ({zone})"
    name = get_timezone_name(get_timezone(zone), width="long", locale=language.value, zone_variant="generic")
    return f"{time} ({name})"
