"""What the methods of the Bot API have in common: a model each, whose fields are its parameters."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from bot.emulator.errors import bad_request, unsupported
from bot.emulator.methods.buttons import check_buttons
from bot.emulator.objects import AnyMarkup, FromForm, InlineKeyboardMarkup, Message, ReplyParameters, TelegramObject
from bot.emulator.world.chat_room import ChatRoom
from bot.emulator.world.world import World

Result = TelegramObject | list[TelegramObject] | bool
ChatId = int | str
Names = Annotated[tuple[str, ...] | None, FromForm]


class Method(BaseModel):
    """A call of the Bot API. A parameter that the model does not name is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def called(cls) -> str:
        """Return the method's name as the Bot API spells it."""
        return cls.__name__[0].lower() + cls.__name__[1:]

    async def run(self, world: World) -> Result:
        """Do what the method does, and return the result.

        Raises:
            RefusedError: Telegram would not do it.
        """
        raise NotImplementedError


class InChat(Method):
    """A method about a chat."""

    chat_id: ChatId = ""

    def room(self, world: World) -> ChatRoom:
        """Return the chat.

        Raises:
            RefusedError: There is no such chat, or the bot is not in it.
        """
        return world.room(self.chat_id)


class AboutMessage(InChat):
    """A method about one message of a chat."""

    message_id: int = 0

    def message(self, room: ChatRoom, called: str) -> Message:
        """Return the message; ``called`` is Telegram's name for it in a refusal.

        Raises:
            RefusedError: It is not there.
        """
        if not self.message_id:
            raise bad_request("message identifier is not specified")
        return room.message(self.message_id, called)


class Sending(InChat):
    """What the methods that send a message share."""

    message_thread_id: int | None = None
    disable_notification: bool = False
    protect_content: bool = False
    reply_parameters: Annotated[ReplyParameters | None, FromForm] = None
    reply_markup: AnyMarkup = None

    def send(self, world: World, room: ChatRoom, content: dict[str, object]) -> Message:
        """Send a message with what is common to all of them.

        Raises:
            RefusedError: The chat, the topic, the answered message or the buttons are wrong.
        """
        buttons = self.reply_markup if isinstance(self.reply_markup, InlineKeyboardMarkup) else None
        check_buttons(buttons)
        if self.reply_parameters and self.reply_parameters.chat_id not in {None, room.chat.id, str(room.chat.id)}:
            raise unsupported("answers to a message of another chat are not supported")
        common = {"reply_markup": buttons, "has_protected_content": self.protect_content or None}
        return world.posting.post(room, self.reply_parameters, self.message_thread_id, common | content)
