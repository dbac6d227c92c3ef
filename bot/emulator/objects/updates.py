"""What the bot is told, and where to."""

from typing import Literal

from pydantic import AliasChoices, Field

from bot.emulator.objects.base import TelegramObject
from bot.emulator.objects.chats import User
from bot.emulator.objects.messages import Message


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
