"""Filters of the templates: times, shares, numbers and rulings."""

import datetime as dt
from collections.abc import Callable, Mapping

from bot.review.reply_html import reply_beginning, reply_markup
from prompts.markup import clean
from storage.verdicts.models import Ruling

RULINGS = tuple(Ruling)
KEYS = {
    Ruling.RIGHT: 1,
    Ruling.PARTLY: 2,
    Ruling.WRONG: 3,
    Ruling.SHOULD_HAVE_ANSWERED: 4,
    Ruling.SHOULD_HAVE_ABSTAINED: 4,
}
"""The keys of the verdicts: of the last two an outcome has one."""


def when(time: dt.datetime) -> str:
    """Format a time in UTC, to the minute."""
    return time.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M")


def count(number: int) -> str:
    """Format a number with its thousands apart."""
    return f"{number:,}"


def share(part: float | None) -> str:
    """Format a share as a percentage; a dash for none."""
    return "–" if part is None else f"{part:.0%}"


def two_places(number: float | None) -> str:
    """Format a number to two places; a dash for none."""
    return "–" if number is None else f"{number:.2f}"


def slug(words: str) -> str:
    """Make a CSS class of words."""
    return words.replace(" ", "-")


def key(ruling: Ruling) -> str:
    """Return the key of a verdict."""
    return str(KEYS[ruling])


FILTERS: Mapping[str, Callable[..., str]] = {
    "when": when,
    "count": count,
    "share": share,
    "two_places": two_places,
    "slug": slug,
    "clean": clean,
    "reply_markup": reply_markup,
    "reply_beginning": reply_beginning,
    "key": key,
}
