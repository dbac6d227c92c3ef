"""Who asks and where, as an answer is worded and recorded for them; and the quotes offered to pick one from."""

import datetime as dt
from typing import Any

from prompts.languages import Language
from prompts.models import Answer, Channel
from retrieval.models import Value
from storage.models import Exchange

LONG_WAIT = dt.timedelta(minutes=10)
"""A question that is answered later than this is told how old it is."""


class Asker(Value):
    """Who asks, and where."""

    channel: Channel
    chat_id: int | None = None
    chat_name: str | None = None
    user_id: int | None = (
        None  # or a channel's id, below 0, as which somebody speaks; none for anonymous administrators
    )
    user_name: str | None = None
    message_id: int | None = None
    update_id: int | None = None
    thread_id: int | None = None  # the topic of a forum
    replies_to: int | None = None  # the message that the question replies to
    sent_at: dt.datetime | None = None  # by the clock of this machine; now, if not given
    among_others: bool = False  # others read along, so that the answer should be compact
    is_edit: bool = False  # a change of a message, whose age then says nothing
    language: Language = Language.ENGLISH  # of the answer; quotes stay in their own

    @property
    def place(self) -> dict[str, Any]:
        """The asker's fields of an exchange."""
        return self.model_dump(include=set(Exchange.model_fields))

    @property
    def long_wait(self) -> dt.timedelta | None:
        """The age of the question, where that is long."""
        if self.sent_at is None or self.is_edit:
            return None
        wait = dt.datetime.now(dt.UTC) - self.sent_at
        return wait if wait > LONG_WAIT else None


class Offer(Value):
    """A quote offered to a person who picks one of several."""

    answer: Answer  # the quote as an answer of its own
    reply: str  # the exact words that are sent when it is picked
    language: Language  # of the words that are not the quote's
    library: str  # hash of the articles it is from
    weights: str | None = None  # name of the weights that found it


def storable(text: str) -> str:
    """A text that can be stored: characters that a terminal could not decode are replaced."""
    return text.encode("utf-8", "replace").decode()
