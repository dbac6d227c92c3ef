"""The values of the record: a question, its answer and the words sent, as logged."""

import datetime as dt
from typing import Annotated

from pydantic import Field

from prompts.models import Answer
from prompts.render import Channel
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


class LoggedCitation(Value):
    """A quote as the log holds it."""

    number: int
    file: str
    line: int
    start: int
    end: int
    quote: str
    score: float


class LoggedExchange(Value):
    """An exchange as the log holds it; the fields are the columns of the tables `exchanges` and `citations`."""

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
    citations: tuple[LoggedCitation, ...] = ()


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


class Asked(Value):
    """What was last asked by a message, and where the answer stands.

    Attributes:
        id: The exchange.
        question: The question as asked.
        reply_message_id: The Telegram message that holds the reply; none where it was never sent.
    """

    id: int
    question: str
    reply_message_id: int | None
