"""The objects of the Bot API in the shape they have on the wire; a conversation hands out the ones that stand here."""

from bot.emulator.objects.chats import User
from bot.emulator.objects.inline import InlineAnswer
from bot.emulator.objects.messages import Message
from bot.emulator.objects.texts import MessageEntity

__all__ = ["InlineAnswer", "Message", "MessageEntity", "User"]
