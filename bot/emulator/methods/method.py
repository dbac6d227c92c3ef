"""The common ground of the Bot API's methods: a model each, with its parameters as fields."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from bot.emulator.errors import bad_request, unsupported
from bot.emulator.methods.buttons import check_buttons
from bot.emulator.objects.base import FromForm, TelegramObject
from bot.emulator.objects.messages import Message
from bot.emulator.objects.texts import AnyMarkup, InlineKeyboardMarkup, ReplyParameters
from bot.emulator.world.chat_room import ChatRoom
from bot.emulator.world.world import World

Result = TelegramObject | list[TelegramObject] | bool
ChatId = int | str
Names = Annotated[tuple[str, ...] | None, FromForm]


class Method(BaseModel):
    """A call of the Bot API; parameters that the model does not name are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def api_name(cls) -> str:
        """Return the method's name as the Bot API spells it."""
        return cls.__name__[0].lower() + cls.__name__[1:]

    async def run(self, world: World) -> Result:
        """Carry the call out and return its result, or refuse it (`RefusedError`)."""
        raise NotImplementedError


class InChat(Method):
    """A method about a chat."""

    chat_id: ChatId = ""

    def room(self, world: World) -> ChatRoom:
        """Return the chat, or refuse."""
        return world.room(self.chat_id)


class AboutMessage(InChat):
    """A method about one message of a chat."""

    message_id: int = 0

    def message(self, room: ChatRoom, role: str) -> Message:
        """Return the message, or refuse; the role is Telegram's, such as ``message to edit``."""
        if not self.message_id:
            raise bad_request("message identifier is not specified")
        return room.message(self.message_id, role)


class Sending(InChat):
    """A method that sends a message."""

    message_thread_id: int | None = None
    disable_notification: bool = False
    protect_content: bool = False
    reply_parameters: Annotated[ReplyParameters | None, FromForm] = None
    reply_markup: AnyMarkup = None

    def send(self, world: World, room: ChatRoom, content: dict[str, object]) -> Message:
        """Send a message; refuse it when the chat, the topic, the answered message or the buttons are wrong."""
        buttons = self.reply_markup if isinstance(self.reply_markup, InlineKeyboardMarkup) else None
        check_buttons(buttons)
        if self.reply_parameters and self.reply_parameters.chat_id not in {None, room.chat.id, str(room.chat.id)}:
            raise unsupported("answers to a message of another chat are not supported")
        common = {"reply_markup": buttons, "has_protected_content": self.protect_content or None}
        return world.posting.post(room, self.reply_parameters, self.message_thread_id, common | content)
