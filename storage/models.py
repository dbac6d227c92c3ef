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


class Role(StrEnum):
    """What somebody may do: an owner decides who may ask, a curator may change articles, an asker asks."""

    OWNER = "owner"
    CURATOR = "curator"
    ASKER = "asker"


class Standing(StrEnum):
    """How the owners have decided on somebody who wants to ask."""

    ASKING = "asking"
    APPROVED = "approved"
    DENIED = "denied"
    REVOKED = "revoked"


class Party(Value):
    """A person or a group as the list of access holds it.

    Attributes:
        id: The user id of a person, above 0, or the chat id of a group, below 0.
        name: What it is called on Telegram; empty for one that was never seen.
        standing: How the owners decided.
        role: What it may do once approved.
        code: Six characters that name its request.
        asked_at: When it first asked.
        decided_at: When it was decided on last.
        decided_by: Who decided, in words.
        removed_at: When the bot was removed from the group; none while it is in.
    """

    id: int
    name: str = ""
    standing: Standing
    role: Role = Role.ASKER
    code: str
    asked_at: dt.datetime
    decided_at: dt.datetime | None = None
    decided_by: str = ""
    removed_at: dt.datetime | None = None

    @property
    def is_group(self) -> bool:
        """Whether it is a group or channel rather than a person."""
        return self.id < 0

    @property
    def is_barred(self) -> bool:
        """Whether the owners decided against it."""
        return self.standing in {Standing.DENIED, Standing.REVOKED}

    @property
    def is_let_in(self) -> bool:
        """Whether it may ask."""
        return self.standing is Standing.APPROVED and self.removed_at is None


class AttemptKind(StrEnum):
    """What somebody did that reaches the bot."""

    MESSAGE = "message"
    COMMAND = "command"
    DEEP_LINK = "deep link"
    DOCUMENT = "document"
    EDIT = "edit"
    BUTTON = "button"
    INLINE_QUERY = "inline query"
    INLINE_RESULT = "inline result"
    REACTION = "reaction"
    POST = "post"
    UNKNOWN = "unknown"


class AccessRefusal(StrEnum):
    """Why somebody was not let through."""

    UNKNOWN = "unknown"
    BARRED = "barred"
    LIMIT = "limit"
    ROLE = "role"
    BUSY = "busy"


class Attempt(Value):
    """Something that somebody did, without a word of what they wrote.

    Attributes:
        kind: What they did.
        user_id: Who; none where nobody can tell, as with anonymous administrators.
        chat_id: Where; none outside of chats, as with inline queries.
        name: What the person of a private chat, or the group, is called.
        at: When, by Telegram's clock where it says so.
        is_meant: Whether it is meant for the bot; what people say to each other in a group is not.
        update_id: The Telegram update that told of it, so that it counts once.
        is_question: Whether something is looked up for it, also while it is typed or when it is edited.
    """

    kind: AttemptKind
    user_id: int | None
    chat_id: int | None
    name: str = ""
    at: dt.datetime
    is_meant: bool = True
    update_id: int | None = None
    is_question: bool = False

    @property
    def is_in_group(self) -> bool:
        """Whether it happened in a group or channel."""
        return self.chat_id is not None and self.chat_id < 0

    @property
    def party_id(self) -> int | None:
        """Who must be let in for it: the group it happened in, otherwise the person."""
        return self.chat_id if self.is_in_group else self.user_id


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
