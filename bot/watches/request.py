"""The words behind `/watch` to a topic and a schedule: `Cam Ranh daily:8 zone:Asia/Tokyo`."""

import re
import unicodedata
import zoneinfo
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from retrieval.patterns import lazy_pattern
from storage.watches.models import WatchSchedule

LONGEST = 300
"""Longest topic, in characters."""
_OPTION = lazy_pattern(
    r"(?<!\S)(?:(?P<daily>daily|hằng-ngày|hàng-ngày|毎日)|(?P<zone>zone|múi-giờ|時間帯))[:：](?P<value>\S*)",
    re.IGNORECASE,
)
_HOUR = lazy_pattern(r"(\d{1,2})(?:[:：.h時](?:00)?)?")
_OFF = frozenset({"off", "no", "tắt", "なし"})


class WatchFault(StrEnum):
    """Why a request cannot be used."""

    EMPTY = "empty"
    LONG = "long"
    HOUR = "hour"
    ZONE = "zone"


class WatchRequest(NamedTuple):
    """A topic, and a schedule where one is named; or what is wrong, with the words at fault."""

    topic: str = ""
    schedule: WatchSchedule | None = None
    fault: WatchFault | None = None
    written: str = ""


def read_request(text: str, zone: str) -> WatchRequest:
    """Read the words behind the command; `zone` is the time zone where none is named."""
    text = unicodedata.normalize("NFC", text)
    topic = " ".join(_OPTION.sub(" ", text).split())
    daily = [match["value"] for match in _OPTION.finditer(text) if match["daily"]]
    zones = [match["value"] for match in _OPTION.finditer(text) if match["zone"]]
    if zones and (named := find_zone(zones[-1])) is None:
        return WatchRequest(fault=WatchFault.ZONE, written=zones[-1])
    if zones:
        zone = named or zone
    if daily and daily[-1].lower() not in _OFF and _hour(daily[-1]) is None:
        return WatchRequest(fault=WatchFault.HOUR, written=daily[-1])
    if not topic or len(topic) > LONGEST:
        return WatchRequest(fault=WatchFault.LONG if topic else WatchFault.EMPTY)
    if not daily:
        return WatchRequest(topic, None)
    return WatchRequest(topic, WatchSchedule(hour=_hour(daily[-1]), zone=zone))


def find_zone(name: str) -> str | None:
    """The time zone of a name of the IANA database, or of the last part of one, whatever its capitals."""
    return _zones().get(name.casefold())


@cache
def _zones() -> dict[str, str]:
    names = sorted(zoneinfo.available_timezones(), key=lambda name: ("/" not in name, name))
    last = {name.rpartition("/")[2].casefold(): name for name in reversed(names)}
    return last | {name.casefold(): name for name in names}


def _hour(written: str) -> int | None:
    match = _HOUR.fullmatch(unicodedata.normalize("NFKC", written))
    return int(match[1]) if match and int(match[1]) < 24 else None  # noqa: PLR2004 - hours of a day
