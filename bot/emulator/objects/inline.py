"""The bot's offers to people who type behind its name."""

from typing import Annotated, Literal

from pydantic import Field

from bot.emulator.objects.base import TelegramObject
from bot.emulator.objects.texts import InlineKeyboardMarkup, LinkPreviewOptions, MessageEntity


class InputTextMessageContent(TelegramObject):
    """The text of a result, sent when a person chooses it."""

    message_text: str
    parse_mode: str | None = None
    entities: tuple[MessageEntity, ...] | None = None
    link_preview_options: LinkPreviewOptions | None = None


class InlineQueryResultArticle(TelegramObject):
    """One result, as people see it in the list and as a message."""

    type: Literal["article"]
    id: str
    title: str
    input_message_content: InputTextMessageContent
    reply_markup: InlineKeyboardMarkup | None = None
    url: str | None = None
    description: str | None = None
    thumbnail_url: str | None = None
    thumbnail_width: int | None = None
    thumbnail_height: int | None = None


class InlineQueryResultsButton(TelegramObject):
    """A button above the results that leads to the private chat with the bot."""

    text: str
    start_parameter: str | None = None


class InlineAnswer(TelegramObject):
    """The bot's answer to an inline query; the cache time is in seconds."""

    inline_query_id: str
    results: tuple[InlineQueryResultArticle, ...]
    cache_time: Annotated[int, Field(ge=0)] = 300
    is_personal: bool = False
    next_offset: str = ""
    button: InlineQueryResultsButton | None = None
