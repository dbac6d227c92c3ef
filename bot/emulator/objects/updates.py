"""What the bot is told, and where to."""

from typing import Literal

from pydantic import AliasChoices, Field

from bot.emulator.objects.base import TelegramObject
from bot.emulator.objects.chats import Chat, ChatMemberUpdated, User
from bot.emulator.objects.messages import InaccessibleMessage, Message, ReactionType


class FromUser(TelegramObject):
    """What somebody did."""

    from_user: User = Field(validation_alias=AliasChoices("from", "from_user"), serialization_alias="from")


class CallbackQuery(FromUser):
    """A button that was pressed: under a message in a chat the bot is in, or under one sent through it."""

    id: str
    message: Message | InaccessibleMessage | None = None
    inline_message_id: str | None = None
    chat_instance: str
    data: str


class InlineQuery(FromUser):
    """What somebody types behind the bot's name."""

    id: str
    query: str
    offset: str = ""
    chat_type: Literal["sender", "private", "group", "supergroup", "channel"] | None = None


class ChosenInlineResult(FromUser):
    """The result of an inline query that somebody sent."""

    result_id: str
    query: str
    inline_message_id: str | None = None


class MessageReactionUpdated(TelegramObject):
    """A change of what somebody thinks of a message."""

    chat: Chat
    message_id: int
    user: User | None = None
    actor_chat: Chat | None = None
    date: int
    old_reaction: tuple[ReactionType, ...]
    new_reaction: tuple[ReactionType, ...]


class ReactionCount(TelegramObject):
    """How many gave a reaction."""

    type: ReactionType
    total_count: int


class MessageReactionCountUpdated(TelegramObject):
    """What the readers of a channel think of a post, all together."""

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
    """One thing that happened, as the bot learns of it."""

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
    """An update that no version of Telegram sends, to see what a bot makes of it."""

    content: dict[str, object]

    def wire(self) -> dict[str, object]:
        """Return the update with whatever stands in it."""
        return {"update_id": self.update_id, **self.content}


class WebhookInfo(TelegramObject):
    """Where updates are posted to, and how that goes."""

    url: str = ""
    has_custom_certificate: bool = False
    pending_update_count: int = 0
    ip_address: str | None = None
    last_error_date: int | None = None
    last_error_message: str | None = None
    max_connections: int | None = None
    allowed_updates: tuple[str, ...] | None = None
