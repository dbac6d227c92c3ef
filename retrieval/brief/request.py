"""Requests for a brief: a topic, and the days that it is to cover."""

import datetime as dt

from retrieval.timeline.request import TIMELINE_OF, TimelineRequest, timeline_asked

BRIEF_OF = "Brief on "
"""The words that ask for a brief on the topic behind them."""


def brief_asked(text: str) -> TimelineRequest | None:
    """Return the topic and the period of a text that asks for a brief by `BRIEF_OF`; None where it asks for none."""
    if not text.startswith(BRIEF_OF):
        return None
    return timeline_asked(f"{TIMELINE_OF}{text.removeprefix(BRIEF_OF)}")


def period_words(since: dt.date | None, until: dt.date | None) -> str:
    """Return a period as a request has it: 'since 2020-01-01', 'until …' or 'from … to …'; empty for none."""
    if since and until:
        return f"from {since} to {until}"
    return f"since {since}" if since else f"until {until}" if until else ""
