"""The values of the record: a question, its answer and the words sent, as logged."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from prompts.models import Answer, Channel
from retrieval.models import Value


class Exchange(Value):
    """One question and its answer, as logged.

    Attributes:
        id: Its number in the log; none until it is recorded.
        asked_at: When it was asked, in UTC.
        channel: Where it was asked.
        chat_id: The Telegram chat.
        user_id: The Telegram user.
        message_id: The Telegram message that asked.
        update_id: The Telegram update that brought it.
        thread_id: The topic of the forum that it was asked in, where it was one.
        follows: The exchange whose question this one was read with, where it leaned on one.
        replaces: The exchange whose question was edited into this one.
        reply_message_id: The Telegram message that holds the reply; none until it is sent.
        answer: What the desk had to say.
        reply: The exact words sent.
        latency_ms: From question to reply, in milliseconds.
        library: Hash of the articles that answered.
        version: The version of policydesk that answered.
        more_of: The exchange whose further hits it shows, where somebody asked for more; none for a question.
        weights: Name of the weights that answered (`retrieval.ranking.tuning`); none where they were not recorded.
    """

    id: int | None = None
    asked_at: dt.datetime
    channel: Channel
    chat_id: int | None = None
    user_id: int | None = None
    message_id: int | None = None
    update_id: int | None = None
    thread_id: int | None = None
    follows: int | None = None
    replaces: int | None = None
    reply_message_id: int | None = None
    answer: Answer
    reply: str
    latency_ms: Annotated[float, Field(ge=0)]
    library: str
    version: str
    more_of: int | None = None
    weights: str | None = None


class LoggedCitation(Value):
    """A quote as the log holds it."""

    number: int
    file: str
    line: int
    start: int
    end: int
    quote: str
    score: float
    sha256: str | None = None


class Thumb(StrEnum):
    """What somebody thinks of an answer."""

    UP = "up"
    DOWN = "down"


class FeedbackReason(StrEnum):
    """Why somebody's thumb is down."""

    WRONG = "wrong"
    INCOMPLETE = "incomplete"
    OLD = "old"
    SHOULD_HAVE_ABSTAINED = "should have abstained"
    SHOULD_HAVE_ANSWERED = "should have answered"
    OTHER = "other"


class Feedback(Value):
    """What one person thinks of one answer, as it stands now.

    Attributes:
        user_id: The Telegram user, or the chat that an anonymous administrator speaks for; none once forgotten.
        thumb: Up or down.
        reason: Why down, where that was said.
        note: The same in the person's own words, where they wrote some.
        via: Whether a button was pressed or the message reacted to.
        given_at: When it was last changed, in UTC.
    """

    user_id: int | None
    thumb: Thumb
    reason: FeedbackReason | None = None
    note: str | None = None
    via: Literal["button", "reaction"]
    given_at: dt.datetime


class LoggedExchange(Value):
    """An exchange as the log holds it; the fields are the columns of `exchanges`, `citations` and `feedback`.

    Of one `in_doubt` the reply may stand in Telegram twice: the program or the network failed while it was sent.
    """

    id: int
    asked_at: dt.datetime
    channel: Channel
    chat_id: int | None
    user_id: int | None
    message_id: int | None
    update_id: int | None
    question: str
    kind: str
    outcome: str
    confidence: float
    reply: str
    latency_ms: float
    library: str
    version: str
    thread_id: int | None
    follows: int | None
    replaces: int | None
    reply_message_id: int | None
    more_of: int | None
    in_doubt: bool = False
    weights: str | None = None
    citations: tuple[LoggedCitation, ...] = ()
    feedback: tuple[Feedback, ...] = ()


class Thread(Value):
    """A question and those it was read with: what a further question may lean on.

    Attributes:
        last: The exchange of the newest of them; none where it is not on record.
        asked_at: When that was asked, where it is on record.
        questions: The questions as asked, oldest first.
    """

    last: int | None = None
    asked_at: dt.datetime | None = None
    questions: tuple[str, ...] = ()


class AskedQuestion(Value):
    """What was last asked by a message, and where the answer stands.

    Attributes:
        id: The exchange.
        question: The question as asked.
        reply_message_id: The Telegram message that holds the reply; none where it was never sent.
    """

    id: int
    question: str
    reply_message_id: int | None
