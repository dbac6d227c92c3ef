"""The values of reviewing: verdicts of reviewers on exchanges."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from prompts.models import Outcome
from retrieval.models import Value
from retrieval.text.shown_text import shown


class Ruling(StrEnum):
    """A reviewer's judgment of an answer."""

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    SHOULD_HAVE_ANSWERED = "should have answered"
    SHOULD_HAVE_ABSTAINED = "should have abstained"


_OF_SILENCE = (Ruling.RIGHT, Ruling.SHOULD_HAVE_ANSWERED)
FITTING: Mapping[Outcome, tuple[Ruling, ...]] = {
    "answered": (Ruling.RIGHT, Ruling.PARTLY, Ruling.WRONG, Ruling.SHOULD_HAVE_ABSTAINED),
    "abstained": _OF_SILENCE,
    "chat": _OF_SILENCE,
}
"""The rulings that can be meant of an outcome."""


class BetterQuote(Value):
    """The sentence that should have been quoted, untouched, at its offsets in code points."""

    file: str
    start: Annotated[int, Field(ge=0)]
    end: int
    quote: str

    @property
    def shown(self) -> str:
        """The sentence as people are shown it."""
        return shown(self.quote)


class Verdict(Value):
    """A reviewer's verdict on an exchange; of several by the same reviewer the newest counts.

    Attributes:
        exchange_uid: The exchange's unique id; none before it is known.
        reviewer: The name that the reviewer signs in with.
        better: Where the reviewer chose a sentence.
        note: In the reviewer's words; may be empty.
        given_at: In UTC.
    """

    exchange_id: int
    exchange_uid: str | None = None
    reviewer: str
    verdict: Ruling
    better: BetterQuote | None = None
    note: str = ""
    given_at: dt.datetime


class SecondReview(Value):
    """A reviewer's request for a second reviewer of an exchange."""

    exchange_id: int
    exchange_uid: str | None = None
    asked_by: str
    asked_at: dt.datetime
