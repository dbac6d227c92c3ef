"""What the templates write with: moments, shares, numbers and the words for verdicts."""

import datetime as dt
from collections.abc import Callable, Mapping

from bot.review.reply_html import reply_markup
from prompts.render import clean
from storage.verdicts.models import Ruling

RULINGS = tuple(Ruling)
"""The verdicts in the order of their keys, 1 to 5."""


def when(moment: dt.datetime) -> str:
    """A moment in UTC, to the minute."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M")


def count(number: int) -> str:
    """A number with its thousands apart."""
    return f"{number:,}"


def share(part: float | None) -> str:
    """A share as a percentage; a dash where there is none."""
    return "–" if part is None else f"{part:.0%}"


def two_places(number: float | None) -> str:
    """A number to two places; a dash where there is none."""
    return "–" if number is None else f"{number:.2f}"


def slug(words: str) -> str:
    """Words as a class name."""
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
