"""The bot's menu of commands: a list for each scope and language."""

import re

from bot.emulator.errors import bad_request
from bot.emulator.objects.chats import Chat
from bot.emulator.objects.menus import BotCommand, BotCommandScope

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_MOST = 100
_DESCRIPTION_LIMIT = 256


class CommandMenu:
    """A list of commands for each scope and language."""

    def __init__(self) -> None:
        self._lists: dict[tuple[BotCommandScope, str], tuple[BotCommand, ...]] = {}

    def set(self, scope: BotCommandScope, language: str, commands: tuple[BotCommand, ...]) -> None:
        """Replace a list; refuse wrong names or descriptions, and too many."""
        if len(commands) > _MOST:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            _check(command)
        self._lists[scope, language] = commands

    def menu(self, chat: Chat, user_id: int, language: str | None, *, runs_it: bool = False) -> tuple[BotCommand, ...]:
        """Return the menu of a person in a chat: the narrowest scope with a list, in their language if possible."""
        for scope in _scopes(chat, user_id, runs_it=runs_it):
            for wanted in (language or "", ""):
                if commands := self._lists.get((scope, wanted)):
                    return commands
        return ()


def _check(command: BotCommand) -> None:
    if not _COMMAND.fullmatch(command.command):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(command.description) <= _DESCRIPTION_LIMIT:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")


def _scopes(chat: Chat, user_id: int, *, runs_it: bool) -> list[BotCommandScope]:
    """Return the scopes of a person, narrowest first, in the order the Bot API's documentation gives."""
    here, everywhere = BotCommandScope(type="chat", chat_id=chat.id), BotCommandScope()
    if chat.type == "private":
        return [here, BotCommandScope(type="all_private_chats"), everywhere]
    mine = BotCommandScope(type="chat_member", chat_id=chat.id, user_id=user_id)
    administrators = [BotCommandScope(type="chat_administrators", chat_id=chat.id)] if runs_it else []
    all_administrators = [BotCommandScope(type="all_chat_administrators")] if runs_it else []
    groups = BotCommandScope(type="all_group_chats")
    return [mine, *administrators, here, *all_administrators, groups, everywhere]
