"""The values of reviewing: verdicts of reviewers on exchanges."""

import datetime as dt
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from retrieval.models import Value


class Ruling(StrEnum):
    """How a reviewer judges an answer."""

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    SHOULD_HAVE_ANSWERED = "should have answered"
    SHOULD_HAVE_ABSTAINED = "should have abstained"


class BetterQuote(Value):
    """The sentence that should have been quoted.

    Attributes:
        file: The article.
        start: Offset of its first code point in the article.
        end: Offset after its last.
        quote: The sentence, untouched.
    """

    file: str
    start: Annotated[int, Field(ge=0)]
    end: int
    quote: str


class Verdict(Value):
    """What one reviewer says of one exchange; of several by the same reviewer the newest counts.

    Attributes:
        exchange_id: The exchange.
        reviewer: The name that the reviewer signs in with.
        verdict: How the answer is judged.
        better: What should have been quoted, where the reviewer chose it.
        note: Why, in the reviewer's words; empty where none were given.
        given_at: When, in UTC.
    """

    exchange_id: int
    reviewer: str
    verdict: Ruling
    better: BetterQuote | None = None
    note: str = ""
    given_at: dt.datetime


class SecondReview(Value):
    """A request that somebody else judges an exchange too.

    Attributes:
        exchange_id: The exchange.
        asked_by: The reviewer who asks.
        asked_at: When, in UTC.
    """

    exchange_id: int
    asked_by: str
    asked_at: dt.datetime
