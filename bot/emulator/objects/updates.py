"""The updates that the bot is told, and its webhook."""

from typing import Literal

from pydantic import AliasChoices, Field

from bot.emulator.objects.base import TelegramObject
from bot.emulator.objects.chats import Chat, ChatMemberUpdated, User
from bot.emulator.objects.messages import InaccessibleMessage, Message, ReactionType


class FromUser(TelegramObject):
    """An action of a person."""

    from_user: User = Field(validation_alias=AliasChoices("from", "from_user"), serialization_alias="from")


class CallbackQuery(FromUser):
    """The press of a button, under a message in one of the bot's chats or sent through inline mode."""

    id: str
    message: Message | InaccessibleMessage | None = None
    inline_message_id: str | None = None
    chat_instance: str
    data: str


class InlineQuery(FromUser):
    """Words typed behind the bot's name."""

    id: str
    query: str
    offset: str = ""
    chat_type: Literal["sender", "private", "group", "supergroup", "channel"] | None = None


class ChosenInlineResult(FromUser):
    """The choice of an inline result."""

    result_id: str
    query: str
    inline_message_id: str | None = None


class MessageReactionUpdated(TelegramObject):
    """A change of a person's reaction to a message."""

    chat: Chat
    message_id: int
    user: User | None = None
    actor_chat: Chat | None = None
    date: int
    old_reaction: tuple[ReactionType, ...]
    new_reaction: tuple[ReactionType, ...]


class ReactionCount(TelegramObject):
    """The count of a reaction."""

    type: ReactionType
    total_count: int


class MessageReactionCountUpdated(TelegramObject):
    """The reactions of a channel's readers to a post, all together."""

    chat: Chat
    message_id: int
    date: int
    reactions: tuple[ReactionCount, ...]


UpdateContent = (
    Message
    | CallbackQuery
    | InlineQuery
    | ChosenInlineResult
    | MessageReactionUpdated
    | MessageReactionCountUpdated
    | ChatMemberUpdated
)

UpdateKind = Literal[
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "inline_query",
    "chosen_inline_result",
    "message_reaction",
    "message_reaction_count",
    "my_chat_member",
    "chat_member",
]


class Update(TelegramObject):
    """One change of the world, as the bot learns of it."""

    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    channel_post: Message | None = None
    edited_channel_post: Message | None = None
    callback_query: CallbackQuery | None = None
    inline_query: InlineQuery | None = None
    chosen_inline_result: ChosenInlineResult | None = None
    message_reaction: MessageReactionUpdated | None = None
    message_reaction_count: MessageReactionCountUpdated | None = None
    my_chat_member: ChatMemberUpdated | None = None
    chat_member: ChatMemberUpdated | None = None


class StrangeUpdate(Update):
    """An update that no version of Telegram sends, for tests of the bot's answer."""

    content: dict[str, object]

    def wire(self) -> dict[str, object]:
        """Return the update with any content."""
        return {"update_id": self.update_id, **self.content}


class WebhookInfo(TelegramObject):
    """The address of the webhook, its queue and its last failure."""

    url: str = ""
    has_custom_certificate: bool = False
    pending_update_count: int = 0
    ip_address: str | None = None
    last_error_date: int | None = None
    last_error_message: str | None = None
    max_connections: int | None = None
    allowed_updates: tuple[str, ...] | None = None
