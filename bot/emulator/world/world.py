"""All of the local Telegram but its doors."""

import time
from collections.abc import Callable, Iterable

from bot.emulator.world.bot_messages import BotMessages
from bot.emulator.world.command_menu import CommandMenu
from bot.emulator.world.faults import Faults
from bot.emulator.world.membership import ChatMembership
from bot.emulator.world.pending_queries import PendingQueries
from bot.emulator.world.people_messages import PeopleMessages
from bot.emulator.world.state import WorldState


class World(WorldState):
    """People, chats and the bot, and all that they can do.

    Args:
        token: The bot's token; one is made up when there is none.
        name: The bot's name.
        username: The bot's username, without ``@``.
        privacy: Whether the bot is kept from what people say in groups without addressing it.
        inline: Whether the bot may be asked in any chat by typing its name.
        suggestions: Questions the chat page offers to ask.
        clock: Returns the time in seconds since 1970.
        after: The number after which messages and updates are counted.
    """

    def __init__(  # noqa: PLR0913 - switches of one thing, all with a name and a default
        self,
        token: str | None = None,
        *,
        name: str = "Policy desk",
        username: str = "policydesk_bot",
        privacy: bool = False,
        inline: bool = True,
        suggestions: Iterable[str] = (),
        clock: Callable[[], float] = time.time,
        after: int = 0,
    ) -> None:
        super().__init__(token, name, username, clock, after)
        self.bot = self.bot.model_copy(
            update={"can_read_all_group_messages": not privacy, "supports_inline_queries": inline}
        )
        self.suggestions = tuple(suggestions)
        self.descriptions: dict[str, str] = {}
        self.short_descriptions: dict[str, str] = {}
        self.commands = CommandMenu()
        self.speech = PeopleMessages(self)
        self.membership = ChatMembership(self)
        self.posting = BotMessages(self)
        self.queries = PendingQueries(self)
        self.faults = Faults(self.bell)
