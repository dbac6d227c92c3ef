"""The methods about the bot itself: who it is, its menu of commands and its descriptions."""

from typing import Annotated

from pydantic import Field

from bot.emulator.methods.method import Method, Result
from bot.emulator.objects import BotCommand, BotCommandScope, BotDescription, BotShortDescription, FromForm
from bot.emulator.world.world import World

_DESCRIPTION_LIMIT = 512
_SHORT_DESCRIPTION_LIMIT = 120

Scope = Annotated[BotCommandScope, FromForm]


class GetMe(Method):
    """Who the bot is."""

    async def run(self, world: World) -> Result:
        """Return the bot."""
        return world.bot


class _Commands(Method):
    """What the methods about the menu of commands share."""

    scope: Scope = BotCommandScope()
    language_code: str = ""

    def checked_scope(self, world: World) -> BotCommandScope:
        """Return the scope with its chat named by number.

        Raises:
            RefusedError: The chat it names is not there.
        """
        if self.scope.chat_id is None:
            return self.scope
        return self.scope.model_copy(update={"chat_id": world.room(self.scope.chat_id).chat.id})


class SetMyCommands(_Commands):
    """Replaces a list of commands."""

    commands: Annotated[tuple[BotCommand, ...], FromForm]

    async def run(self, world: World) -> Result:
        """Replace it."""
        world.commands.set(self.checked_scope(world), self.language_code, self.commands)
        world.journal.add("commands")
        return True


class GetMyCommands(_Commands):
    """The list of commands that was set for a scope."""

    async def run(self, world: World) -> Result:
        """Return it."""
        return [*world.commands.get(self.checked_scope(world), self.language_code)]


class DeleteMyCommands(_Commands):
    """Forgets a list of commands."""

    async def run(self, world: World) -> Result:
        """Forget it."""
        world.commands.delete(self.checked_scope(world), self.language_code)
        world.journal.add("commands")
        return True


class SetMyDescription(Method):
    """Changes what is shown in a chat before anything was said."""

    description: Annotated[str, Field(max_length=_DESCRIPTION_LIMIT)] = ""
    language_code: str = ""

    async def run(self, world: World) -> Result:
        """Change it."""
        world.descriptions[self.language_code] = self.description
        return True


class GetMyDescription(Method):
    """What is shown in a chat before anything was said."""

    language_code: str = ""

    async def run(self, world: World) -> Result:
        """Return it."""
        return BotDescription(description=world.descriptions.get(self.language_code, ""))


class SetMyShortDescription(Method):
    """Changes what is said of the bot where it is shared."""

    short_description: Annotated[str, Field(max_length=_SHORT_DESCRIPTION_LIMIT)] = ""
    language_code: str = ""

    async def run(self, world: World) -> Result:
        """Change it."""
        world.short_descriptions[self.language_code] = self.short_description
        return True


class GetMyShortDescription(Method):
    """What is said of the bot where it is shared."""

    language_code: str = ""

    async def run(self, world: World) -> Result:
        """Return it."""
        return BotShortDescription(short_description=world.short_descriptions.get(self.language_code, ""))
