"""The whole of the local Telegram but its web server."""

from typing import Unpack

from bot.emulator.world.bot_messages import BotMessages
from bot.emulator.world.command_menu import CommandMenu
from bot.emulator.world.faults import Faults
from bot.emulator.world.membership import ChatMembership
from bot.emulator.world.pending_queries import PendingQueries
from bot.emulator.world.people_messages import PeopleMessages
from bot.emulator.world.state import WorldOptions, WorldState


class World(WorldState):
    """People, chats and the bot, and all their actions."""

    def __init__(self, **options: Unpack[WorldOptions]) -> None:
        super().__init__(**options)
        self.commands = CommandMenu()
        self.speech = PeopleMessages(self)
        self.membership = ChatMembership(self)
        self.posting = BotMessages(self)
        self.queries = PendingQueries(self)
        self.faults = Faults(self.bell)
