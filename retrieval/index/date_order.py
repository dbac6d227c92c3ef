"""Dates in figures whose day and month may stand in either order, read by what the other articles of a library show.

05/04/2023 is read as the dates of the same publisher or host that have one reading are, else as those of the whole
library, else as people write dates in the publisher's country (Unicode CLDR). Where none of these says it, the article
stays undated. It all follows from the articles there are, so a library that goes on reads as one made anew.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from retrieval.models import Source
from retrieval.reading.dates import find_day

PUBLISHERS = Path(__file__).parent.parent / "tables" / "publishers.txt"
GENERIC_DOMAINS = frozenset("ad ai as bz cc cd co dj eu fm gg io la ly me ms nu sc sh sr st su tk to tv vc ws".split())
"""Domains of countries that anybody takes a name in, as search engines treat them; and that of no country."""
AMERICAN_DOMAINS = frozenset({"gov", "mil", "edu"})
_COUNTRY_BY_DOMAIN = {"uk": "GB"}
LANGUAGE_OF_NAMES = "en"
AnySource = TypeVar("AnySource", bound=Source)


def date_undecided(sources: Sequence[AnySource]) -> Sequence[AnySource]:
    """Return the articles of a library, those dated whose date in figures can be read by the others."""
    if not any(_is_undecided(source) for source in sources):
        return sources
    orders = _orders(sources)
    return [_dated(source, orders) if _is_undecided(source) else source for source in sources]


def readings(source: Source) -> tuple[dt.date, ...]:
    """Return the days that the date of an undated article may mean; none where it states no such date."""
    if not _is_undecided(source):
        return ()
    days = (find_day(source.undecided_date or "", day_first=order) for order in (True, False))
    return tuple(day for day in days if day is not None)


def _is_undecided(source: Source) -> bool:
    return source.undecided_date is not None and source.date is None


def _dated(source: AnySource, orders: Mapping[str, set[bool]]) -> AnySource:
    shown = (_agreed(set().union(*(orders[origin] for origin in _origins(source)))), _agreed(orders[""]))
    order = next((each for each in shown if each is not None), None)
    order = _country_order(source) if order is None else order
    day = None if order is None else find_day(source.undecided_date or "", day_first=order)
    return source if day is None else source.model_copy(update={"date": day})


def _orders(sources: Iterable[Source]) -> Mapping[str, set[bool]]:
    """The orders that dates with one reading have, by origin; all of them by ''."""
    orders: defaultdict[str, set[bool]] = defaultdict(set)
    for source in sources:
        if source.day_first is not None:
            for origin in ("", *_origins(source)):
                orders[origin].add(source.day_first)
    return orders


def _agreed(orders: set[bool]) -> bool | None:
    return next(iter(orders)) if len(orders) == 1 else None


def _origins(source: Source) -> Iterator[str]:
    """The publisher and the host of an article, as far as they are stated."""
    if source.publisher:
        yield " ".join(source.publisher.casefold().split())
    if host := _host(source):
        yield f"//{host}"


def _host(source: Source) -> str:
    try:
        return (urlsplit(source.url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""


# --- by country


def _country_order(source: Source) -> bool | None:
    countries = (_country_of_host(_host(source)), _country_of_publisher(source.publisher or ""))
    orders = (_order_in(country) for country in countries if country)
    return _agreed({order for order in orders if order is not None})


def _country_of_host(host: str) -> str | None:
    domain = host.rpartition(".")[2] if "." in host else ""
    if domain in AMERICAN_DOMAINS:
        return "US"
    is_of_country = len(domain) == 2 and domain not in GENERIC_DOMAINS  # noqa: PLR2004 - ISO 3166
    return _COUNTRY_BY_DOMAIN.get(domain, domain.upper()) if is_of_country else None


def _country_of_publisher(publisher: str) -> str | None:
    """The country whose name, or a publisher of which, stands in a publisher's name; the longest of several."""
    name = publisher.casefold()
    held = (each for each in _publishers() if each in name and re.search(rf"(?<!\w){re.escape(each)}(?!\w)", name))
    longest = max(held, key=len, default=None)
    return None if longest is None else _publishers()[longest]


@cache
def _publishers() -> Mapping[str, str]:
    """Countries by their names, and by names of publishers."""
    from babel import Locale  # noqa: PLC0415 - hardly any library needs it

    territories = Locale(LANGUAGE_OF_NAMES).territories
    countries = {name.casefold(): code for code, name in territories.items() if code.isalpha()}
    lines = (line.split("\t") for line in PUBLISHERS.read_text(encoding="utf-8").splitlines() if line[0] != "#")
    return countries | {name: code for code, names in lines for name in names.split("|")}


@cache
def _order_in(country: str) -> bool | None:
    """Whether people of a country write the day first; None where they write the year first, or it is no country."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - hardly any library needs it

    try:
        pattern = Locale.parse(f"und_{country}").date_formats["short"].pattern
    except (UnknownLocaleError, ValueError):
        return None
    return {"d": True, "M": False}.get(pattern.lstrip()[:1])
