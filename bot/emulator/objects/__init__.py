"""The objects of the Bot API that the emulator speaks, in the shape they have on the wire."""

from bot.emulator.objects.base import FromForm, TelegramObject
from bot.emulator.objects.chats import (
    AcceptedGiftTypes,
    Bot,
    Chat,
    ChatFullInfo,
    ChatMember,
    ChatMemberAdministrator,
    ChatType,
    User,
)
from bot.emulator.objects.menus import BotCommand, BotCommandScope, BotDescription, BotShortDescription
from bot.emulator.objects.messages import (
    Document,
    File,
    ForumTopicCreated,
    Media,
    Message,
    PhotoSize,
    ReactionType,
    Sticker,
    Voice,
)
from bot.emulator.objects.texts import (
    Entities,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Markup,
    MessageEntity,
    ReplyParameters,
    TextQuote,
)
from bot.emulator.objects.updates import CallbackQuery, Update, UpdateKind, WebhookInfo

__all__ = [
    "AcceptedGiftTypes",
    "Bot",
    "BotCommand",
    "BotCommandScope",
    "BotDescription",
    "BotShortDescription",
    "CallbackQuery",
    "Chat",
    "ChatFullInfo",
    "ChatMember",
    "ChatMemberAdministrator",
    "ChatType",
    "Document",
    "Entities",
    "File",
    "ForumTopicCreated",
    "FromForm",
    "InlineKeyboardButton",
    "InlineKeyboardMarkup",
    "LinkPreviewOptions",
    "Markup",
    "Media",
    "Message",
    "MessageEntity",
    "PhotoSize",
    "ReactionType",
    "ReplyParameters",
    "Sticker",
    "TelegramObject",
    "TextQuote",
    "Update",
    "UpdateKind",
    "User",
    "Voice",
    "WebhookInfo",
]
