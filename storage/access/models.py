"""The values of access: parties, and attempts to reach the bot."""

import datetime as dt
from enum import StrEnum

from retrieval.models import Value


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
