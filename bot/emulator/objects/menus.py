"""The bot's menu of commands."""

from typing import Literal

from bot.emulator.objects.base import TelegramObject


class BotCommand(TelegramObject):
    """A command in the menu of the bot, without its slash."""

    command: str
    description: str


class BotCommandScope(TelegramObject):
    """The people to whom a list of commands is shown."""

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
