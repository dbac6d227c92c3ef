"""The objects of the Bot API that the emulator speaks, in the shape they have on the wire."""

from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import from_json

from bot.emulator.errors import bad_request


def _decoded(value: object) -> object:
    """Return what a form field says: objects and lists arrive in it as JSON."""
    if not isinstance(value, str):
        return value
    try:
        return from_json(value)
    except ValueError:
        raise bad_request("object expected as a JSON-serialized parameter") from None


FromForm = BeforeValidator(_decoded)


class TelegramObject(BaseModel):
    """Anything Telegram sends or takes as a JSON object: a value, and strict about its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def wire(self) -> dict[str, object]:
        """Return the object as Telegram puts it into JSON: fields that say nothing are left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class User(TelegramObject):
    """A person or a bot."""

    id: int
    is_bot: bool
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None


class Bot(User):
    """The bot as ``getMe`` describes it."""

    can_join_groups: bool = True
    can_read_all_group_messages: bool = True
    supports_inline_queries: bool = False
    can_connect_to_business: bool = False
    has_main_web_app: bool = False

    def as_user(self) -> User:
        """Return what others see of the bot."""
        return User(id=self.id, is_bot=True, first_name=self.first_name, username=self.username)


ChatType = Literal["private", "group", "supergroup"]


class Chat(TelegramObject):
    """A chat as messages name it."""

    id: int
    type: ChatType
    title: str | None = None
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    is_forum: bool | None = None


class AcceptedGiftTypes(TelegramObject):
    """Which gifts a chat takes; here, none."""

    unlimited_gifts: bool = False
    limited_gifts: bool = False
    unique_gifts: bool = False
    premium_subscription: bool = False
    gifts_from_channels: bool = False


class ChatFullInfo(Chat):
    """A chat as ``getChat`` describes it."""

    accent_color_id: int = 0
    max_reaction_count: int = 11
    accepted_gift_types: AcceptedGiftTypes = AcceptedGiftTypes()


class MessageEntity(TelegramObject):
    """A marked stretch of a text; offset and length count UTF-16 code units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None

    @property
    def end(self) -> int:
        """The offset just behind the entity."""
        return self.offset + self.length

    def at(self, offset: int, end: int) -> "MessageEntity":
        """Return the same mark over another stretch."""
        return self.model_copy(update={"offset": offset, "length": end - offset})


class InlineKeyboardButton(TelegramObject):
    """A button under a message: it opens a link or calls the bot."""

    text: str
    url: str | None = None
    callback_data: str | None = None


class InlineKeyboardMarkup(TelegramObject):
    """The rows of buttons under a message."""

    inline_keyboard: tuple[tuple[InlineKeyboardButton, ...], ...]

    def buttons(self) -> list[InlineKeyboardButton]:
        """Return all the buttons, row after row."""
        return [button for row in self.inline_keyboard for button in row]


class LinkPreviewOptions(TelegramObject):
    """How a link in a text is shown."""

    is_disabled: bool | None = None
    url: str | None = None
    prefer_small_media: bool | None = None
    prefer_large_media: bool | None = None
    show_above_text: bool | None = None


class ReplyParameters(TelegramObject):
    """Which message a new one answers, and which words of it."""

    message_id: int
    chat_id: int | str | None = None
    allow_sending_without_reply: bool | None = None
    quote: str | None = None
    quote_parse_mode: str | None = None
    quote_entities: tuple[MessageEntity, ...] | None = None
    quote_position: int | None = None


class TextQuote(TelegramObject):
    """The words of the answered message that were quoted; the position counts UTF-16 code units."""

    text: str
    position: int
    entities: tuple[MessageEntity, ...] | None = None
    is_manual: bool | None = None


class ForumTopicCreated(TelegramObject):
    """The service message with which a topic begins."""

    name: str
    icon_color: int = 7322096


class Media(TelegramObject):
    """What all kinds of files in a message share."""

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


class File(Media):
    """Where a file can be fetched: the path goes behind ``/file/bot<token>/``."""

    file_path: str


class Message(TelegramObject):
    """A message. One that answers another carries that other, without what *it* answers."""

    message_id: int
    message_thread_id: int | None = None
    from_user: User | None = Field(
        default=None, validation_alias=AliasChoices("from", "from_user"), serialization_alias="from"
    )
    chat: Chat
    date: int
    edit_date: int | None = None
    is_topic_message: bool | None = None
    reply_to_message: "Message | None" = None
    quote: TextQuote | None = None
    has_protected_content: bool | None = None
    text: str | None = None
    entities: tuple[MessageEntity, ...] | None = None
    link_preview_options: LinkPreviewOptions | None = None
    document: Document | None = None
    voice: Voice | None = None
    photo: tuple[PhotoSize, ...] | None = None
    sticker: Sticker | None = None
    caption: str | None = None
    caption_entities: tuple[MessageEntity, ...] | None = None
    forum_topic_created: ForumTopicCreated | None = None
    reply_markup: InlineKeyboardMarkup | None = None

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

    def as_answered(self) -> "Message":
        """Return the message as one that answers it carries it."""
        return self.model_copy(update={"reply_to_message": None, "quote": None})


class CallbackQuery(TelegramObject):
    """A button that was pressed."""

    id: str
    from_user: User = Field(validation_alias=AliasChoices("from", "from_user"), serialization_alias="from")
    message: Message
    chat_instance: str
    data: str


UpdateKind = Literal["message", "edited_message", "callback_query"]


class Update(TelegramObject):
    """One thing that happened, as the bot learns of it."""

    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: CallbackQuery | None = None


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


class BotCommand(TelegramObject):
    """A command in the menu of the bot, without its slash."""

    command: str
    description: str


class BotCommandScope(TelegramObject):
    """To whom a list of commands is shown."""

    type: Literal[
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    ] = "default"
    chat_id: int | str | None = None
    user_id: int | None = None


class BotDescription(TelegramObject):
    """What is shown in a chat with the bot before anything was said."""

    description: str


class BotShortDescription(TelegramObject):
    """What is shown on the page of the bot and where it is shared."""

    short_description: str


class ReactionType(TelegramObject):
    """A reaction to a message."""

    type: Literal["emoji"]
    emoji: str


class ChatMember(TelegramObject):
    """Somebody's part in a chat: owner, member, or gone."""

    status: Literal["creator", "administrator", "member", "left"]
    user: User
    is_anonymous: bool | None = None


class ChatMemberAdministrator(ChatMember):
    """An administrator with the rights that Telegram grants by default."""

    is_anonymous: bool | None = False
    can_be_edited: bool = False
    can_manage_chat: bool = True
    can_delete_messages: bool = True
    can_manage_video_chats: bool = True
    can_restrict_members: bool = True
    can_promote_members: bool = False
    can_change_info: bool = True
    can_invite_users: bool = True
    can_post_stories: bool = False
    can_edit_stories: bool = False
    can_delete_stories: bool = False
    can_pin_messages: bool = True
    can_manage_topics: bool = True


Markup = Annotated[InlineKeyboardMarkup | None, FromForm]
Entities = Annotated[tuple[MessageEntity, ...] | None, FromForm]
