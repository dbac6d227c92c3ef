"""Entities of a text, the buttons under it, and the message it answers."""

from typing import Annotated, Literal

from pydantic import Field

from bot.emulator.objects.base import FromForm, TelegramObject
from bot.emulator.objects.chats import User


class MessageEntity(TelegramObject):
    """A marked stretch of a text; offset and length count UTF-16 code units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None
    user: User | None = None

    @property
    def end(self) -> int:
        """The offset just behind the entity."""
        return self.offset + self.length

    def at(self, offset: int, end: int) -> "MessageEntity":
        """Return the same mark over another stretch."""
        return self.model_copy(update={"offset": offset, "length": end - offset})


class CopyTextButton(TelegramObject):
    """The text that a button copies."""

    text: str = Field(min_length=1, max_length=256)


class InlineKeyboardButton(TelegramObject):
    """A button under a message: it opens a link, calls the bot, copies a text or begins an inline query."""

    text: str
    url: str | None = None
    callback_data: str | None = None
    switch_inline_query: str | None = None
    switch_inline_query_current_chat: str | None = None
    copy_text: CopyTextButton | None = None
    style: Literal["danger", "success", "primary"] | None = None


class InlineKeyboardMarkup(TelegramObject):
    """The rows of buttons under a message."""

    inline_keyboard: tuple[tuple[InlineKeyboardButton, ...], ...]

    def buttons(self) -> list[InlineKeyboardButton]:
        """Return all the buttons, row after row."""
        return [button for row in self.inline_keyboard for button in row]


class LinkPreviewOptions(TelegramObject):
    """The preview of a link."""

    is_disabled: bool | None = None
    url: str | None = None
    prefer_small_media: bool | None = None
    prefer_large_media: bool | None = None
    show_above_text: bool | None = None


class ReplyParameters(TelegramObject):
    """The message that a reply answers, and a quote from it."""

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


class ForceReply(TelegramObject):
    """Makes people's apps begin a reply to the message; the chat page leaves that to them."""

    force_reply: Literal[True]
    input_field_placeholder: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    selective: bool | None = None


Markup = Annotated[InlineKeyboardMarkup | None, FromForm]
AnyMarkup = Annotated[InlineKeyboardMarkup | ForceReply | None, FromForm]


Entities = Annotated[tuple[MessageEntity, ...] | None, FromForm]
