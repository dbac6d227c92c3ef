"""Messages and their contents."""

from typing import Literal

from pydantic import AliasChoices, Field

from bot.emulator.objects.base import TelegramObject
from bot.emulator.objects.chats import Chat, User
from bot.emulator.objects.texts import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    TextQuote,
)


class ForumTopicCreated(TelegramObject):
    """The service message with which a topic begins."""

    name: str
    icon_color: int = 7322096


class ForumTopicClosed(TelegramObject):
    """The service message with which a topic is closed."""


class ForumTopicReopened(TelegramObject):
    """The service message with which a topic is opened again."""


class MessageOriginChannel(TelegramObject):
    """The post of a channel that a message repeats."""

    type: Literal["channel"] = "channel"
    date: int
    chat: Chat
    message_id: int


class Media(TelegramObject):
    """A file in a message."""

    file_id: str
    file_unique_id: str
    file_size: int


class Document(Media):
    """A file of any kind."""

    file_name: str | None = None
    mime_type: str | None = None


class Voice(Media):
    """A voice note; the duration is in seconds."""

    duration: int
    mime_type: str = "audio/ogg"


class PhotoSize(Media):
    """A photo in one of its sizes, in pixels."""

    width: int
    height: int


class Sticker(Media):
    """A sticker; width and height are in pixels."""

    type: str = "regular"
    width: int = 512
    height: int = 512
    is_animated: bool = False
    is_video: bool = False
    emoji: str | None = None


class Location(TelegramObject):
    """A point on the map; a live one moves for `live_period` seconds."""

    latitude: float
    longitude: float
    live_period: int | None = None


class File(Media):
    """Where a file can be fetched: the path goes behind ``/file/bot<token>/``."""

    file_path: str


_SERVICE = (
    "new_chat_members",
    "left_chat_member",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "forum_topic_created",
    "forum_topic_closed",
    "forum_topic_reopened",
)


class Message(TelegramObject):
    """A message; a reply carries the answered message, but no further ones."""

    message_id: int
    message_thread_id: int | None = None
    from_user: User | None = Field(
        default=None, validation_alias=AliasChoices("from", "from_user"), serialization_alias="from"
    )
    sender_chat: Chat | None = None
    chat: Chat
    date: int
    edit_date: int | None = None
    author_signature: str | None = None
    via_bot: User | None = None
    forward_origin: MessageOriginChannel | None = None
    is_automatic_forward: bool | None = None
    is_topic_message: bool | None = None
    reply_to_message: "Message | None" = None
    quote: TextQuote | None = None
    has_protected_content: bool | None = None
    text: str | None = None
    entities: tuple[MessageEntity, ...] | None = None
    link_preview_options: LinkPreviewOptions | None = None
    media_group_id: str | None = None
    location: Location | None = None
    document: Document | None = None
    voice: Voice | None = None
    photo: tuple[PhotoSize, ...] | None = None
    sticker: Sticker | None = None
    caption: str | None = None
    caption_entities: tuple[MessageEntity, ...] | None = None
    new_chat_members: tuple[User, ...] | None = None
    left_chat_member: User | None = None
    migrate_to_chat_id: int | None = None
    migrate_from_chat_id: int | None = None
    forum_topic_created: ForumTopicCreated | None = None
    forum_topic_closed: ForumTopicClosed | None = None
    forum_topic_reopened: ForumTopicReopened | None = None
    reply_markup: InlineKeyboardMarkup | None = None

    @property
    def is_service(self) -> bool:
        """Whether it tells of a change of the chat."""
        return any(getattr(self, name) is not None for name in _SERVICE)

    def words(self) -> str:
        """Return the text or the caption; empty when there is neither."""
        return self.text or self.caption or ""

    def marks(self) -> tuple[MessageEntity, ...]:
        """Return the entities of the text or of the caption."""
        return self.entities or self.caption_entities or ()

    def marked(self, kind: str) -> list[str]:
        """Return the stretches of text that carry an entity of this kind (``bold``, ``blockquote``, ``url`` ...)."""
        units = self.words().encode("utf-16-le")
        return [units[2 * mark.offset : 2 * mark.end].decode("utf-16-le") for mark in self.marks() if mark.type == kind]

    def buttons(self) -> list[InlineKeyboardButton]:
        """Return the buttons under the message, row after row."""
        return self.reply_markup.buttons() if self.reply_markup else []

    def as_reply_target(self) -> "Message":
        """Return the message in the form that a reply carries."""
        return self.model_copy(update={"reply_to_message": None, "quote": None})


class InaccessibleMessage(TelegramObject):
    """A message that is gone, or too old to be shown to the bot."""

    chat: Chat
    message_id: int
    date: Literal[0] = 0


class ReactionType(TelegramObject):
    """A reaction to a message."""

    type: Literal["emoji"]
    emoji: str
