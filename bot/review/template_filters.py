"""Filters of the templates: times, shares, numbers and rulings."""

import datetime as dt
from collections.abc import Callable, Mapping

from bot.review.reply_html import reply_markup
from prompts.markup import clean
from storage.verdicts.models import Ruling

RULINGS = tuple(Ruling)
"""The verdicts in the order of their keys, 1 to 5."""


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


FILTERS: Mapping[str, Callable[..., str]] = {
    "when": when,
    "count": count,
    "share": share,
    "two_places": two_places,
    "slug": slug,
    "clean": clean,
    "reply_markup": reply_markup,
}
