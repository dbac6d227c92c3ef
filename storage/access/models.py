"""The values of access: parties, and attempts to reach the bot."""

import datetime as dt
from enum import StrEnum

from retrieval.models import Value


class Role(StrEnum):
    """The rights of a party: an owner decides who may ask, a curator may change articles, an asker asks."""

    OWNER = "owner"
    CURATOR = "curator"
    ASKER = "asker"


class Standing(StrEnum):
    """The owners' decision on a party that wants to ask."""

    ASKING = "asking"
    APPROVED = "approved"
    DENIED = "denied"
    REVOKED = "revoked"


class Party(Value):
    """A person or a group as the list of access holds it.

    Attributes:
        id: The user id of a person, above 0, or the chat id of a group, below 0.
        name: As on Telegram; empty for a party that was never seen.
        role: Counts once approved.
        code: Six characters that name its request.
        decided_by: In words.
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
        """Whether the party is a group or channel rather than a person."""
        return self.id < 0

    @property
    def is_barred(self) -> bool:
        """Whether the owners decided against the party."""
        return self.standing in {Standing.DENIED, Standing.REVOKED}

    @property
    def is_let_in(self) -> bool:
        """Whether the party may ask."""
        return self.standing is Standing.APPROVED and self.removed_at is None


class AttemptKind(StrEnum):
    """Kinds of updates that reach the bot."""

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
    """Why an attempt is refused."""

    UNKNOWN = "unknown"
    BARRED = "barred"
    LIMIT = "limit"
    ROLE = "role"
    BUSY = "busy"


class Attempt(Value):
    """An update as the gate judges it, without a word of the message.

    Attributes:
        user_id: Of the person, or of the channel that somebody speaks for; None for a group's anonymous administrators.
        chat_id: None outside of chats, as with inline queries.
        name: Of the person of a private chat, or of the group.
        at: By Telegram's clock where the update tells the time.
        is_meant: Whether the bot is addressed; talk between members of a group is not meant.
        update_id: The Telegram update, so that the attempt counts once.
        is_question: Whether the articles are searched, also while a question is typed or edited.
        is_part: Whether it belongs to another message, an album, which counts for both.
    """

    kind: AttemptKind
    user_id: int | None
    chat_id: int | None
    name: str = ""
    at: dt.datetime
    is_meant: bool = True
    update_id: int | None = None
    is_question: bool = False
    is_part: bool = False

    @property
    def is_in_group(self) -> bool:
        """Whether the attempt was made in a group or channel."""
        return self.chat_id is not None and self.chat_id < 0

    @property
    def party_id(self) -> int | None:
        """The party that must be let in: the group of the attempt, otherwise the person."""
        return self.chat_id if self.is_in_group else self.user_id
