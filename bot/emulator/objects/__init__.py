"""The objects of the Bot API in the shape they have on the wire; those that a conversation hands out stand here too."""

from bot.emulator.objects.chats import User
from bot.emulator.objects.inline import InlineAnswer
from bot.emulator.objects.messages import Message
from bot.emulator.objects.texts import MessageEntity

__all__ = ["InlineAnswer", "Message", "MessageEntity", "User"]
