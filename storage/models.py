"""The values of the record: a question, its answer and the words sent, as logged."""

import datetime as dt
import json
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, computed_field, field_validator

from prompts.models import Answer, Channel
from retrieval.models import DocumentPlace, Value
from retrieval.text.shown_text import shown


class Exchange(Value):
    """One question and its answer, as logged.

    Attributes:
        id: None until it is recorded.
        uid: Names the exchange in whatever stands outside of its database; None until it is recorded.
        asked_at: In UTC.
        message_id: The Telegram message with the question.
        thread_id: The topic of a forum.
        follows: The exchange that a follow-up leans on.
        replaces: The exchange whose question was edited into this one.
        reply_message_id: None until the reply is sent.
        reply: The exact words sent.
        latency_ms: From question to reply.
        library: Hash of the articles that answered.
        version: Of policydesk.
        more_of: The exchange whose further hits it shows; none for a question.
        weights: Name of the weights that answered (`retrieval.ranking.tuning`); none where they were not recorded.
        user_name: Of the person who asked, as Telegram gives it now; kept beside the exchanges, once a person.
        chat_name: Of the chat, likewise.
    """

    id: int | None = None
    uid: str | None = None
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
    user_name: str | None = None
    chat_name: str | None = None


class LoggedCitation(Value):
    """A quote as the log holds it; one of an older version without title, publisher and place in the document."""

    number: int
    file: str
    line: int
    start: int
    end: int
    quote: str
    score: float
    sha256: str | None = None
    title: str | None = None
    date: dt.date | None = None
    publisher: str | None = None
    url: str | None = None  # of the published original
    original: DocumentPlace | None = None

    @field_validator("original", mode="before")
    @classmethod
    def _read_original(cls, value: object) -> object:
        """Read the place from its column, which holds JSON."""
        return json.loads(value) if isinstance(value, str) else value

    @property
    def place(self) -> str:
        """Where it stands, in the same words as in an answer: the file and line, or the document and page."""
        if self.original is None:
            return f"{self.file}:{self.line}"
        return f"{self.original.file}, {self.original.unit} {self.original.number}"

    @computed_field  # type: ignore[prop-decorator]  # pydantic's own way
    @property
    def shown(self) -> str:
        """The sentence as people are shown it."""
        return shown(self.quote)


class Thumb(StrEnum):
    """An asker's thumb on an answer."""

    UP = "up"
    DOWN = "down"


class FeedbackReason(StrEnum):
    """The reason of a thumb down."""

    WRONG = "wrong"
    INCOMPLETE = "incomplete"
    OLD = "old"
    SHOULD_HAVE_ABSTAINED = "should have abstained"
    SHOULD_HAVE_ANSWERED = "should have answered"
    OTHER = "other"


class Feedback(Value):
    """A person's feedback on an answer, as it stands now.

    Attributes:
        user_id: The Telegram user, or the chat that an anonymous administrator speaks for; none once forgotten.
        note: The reason in the person's own words.
        via: A pressed button, or a reaction to the message.
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

    In doubt, its reply may stand in Telegram twice: the program or the network failed while it was sent.
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
    uid: str
    citations: tuple[LoggedCitation, ...] = ()
    feedback: tuple[Feedback, ...] = ()


class Thread(Value):
    """A question after the earlier questions that it was read with, oldest first, for a follow-up to lean on.

    Attributes:
        last: The exchange of the newest question; none where it is not on record.
        asked_at: Of that question.
    """

    last: int | None = None
    asked_at: dt.datetime | None = None
    questions: tuple[str, ...] = ()


class AskedQuestion(Value):
    """The last question of a message, by its exchange, and the message of its reply; none where that was never sent."""

    id: int
    question: str
    reply_message_id: int | None
