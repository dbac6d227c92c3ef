"""The methods about the bot itself: its profile, its menu of commands and its descriptions."""

from typing import Annotated

from pydantic import Field

from bot.emulator.methods.method import Method, Result
from bot.emulator.objects.base import FromForm
from bot.emulator.objects.menus import BotCommand, BotCommandScope, BotDescription, BotShortDescription
from bot.emulator.world.world import World

_DESCRIPTION_LIMIT = 512
_SHORT_DESCRIPTION_LIMIT = 120


class GetMe(Method):
    """Returns the bot."""

    async def run(self, world: World) -> Result:
        return world.bot


class _InLanguage(Method):
    """A method about texts in one language, or (empty) in any."""

    language_code: str = ""


class _Commands(_InLanguage):
    """A method about one list of commands."""

    scope: Annotated[BotCommandScope, FromForm] = BotCommandScope()

    def numbered_scope(self, world: World) -> BotCommandScope:
        """Return the scope with its chat named by number."""
        if self.scope.chat_id is None:
            return self.scope
        return self.scope.model_copy(update={"chat_id": world.room(self.scope.chat_id).chat.id})


class SetMyCommands(_Commands):
    """Replaces a list of commands."""

    commands: Annotated[tuple[BotCommand, ...], FromForm]

    async def run(self, world: World) -> Result:
        world.commands.set(self.numbered_scope(world), self.language_code, self.commands)
        world.journal.add("commands")
        return True


class GetMyCommands(_Commands):
    """Returns the list of commands of exactly a scope."""

    async def run(self, world: World) -> Result:
        return [*world.commands.get(self.numbered_scope(world), self.language_code)]


class DeleteMyCommands(_Commands):
    """Forgets a list of commands."""

    async def run(self, world: World) -> Result:
        world.commands.delete(self.numbered_scope(world), self.language_code)
        world.journal.add("commands")
        return True


class SetMyDescription(_InLanguage):
    """Changes the description, which is shown in an empty chat."""

    description: Annotated[str, Field(max_length=_DESCRIPTION_LIMIT)] = ""

    async def run(self, world: World) -> Result:
        world.descriptions[self.language_code] = self.description
        return True


class GetMyDescription(_InLanguage):
    """Returns the description."""

    async def run(self, world: World) -> Result:
        return BotDescription(description=world.descriptions.get(self.language_code, ""))


class SetMyShortDescription(_InLanguage):
    """Changes the short description, which is shown where the bot is shared."""

    short_description: Annotated[str, Field(max_length=_SHORT_DESCRIPTION_LIMIT)] = ""

    async def run(self, world: World) -> Result:
        world.short_descriptions[self.language_code] = self.short_description
        return True


class GetMyShortDescription(_InLanguage):
    """Returns the short description."""

    async def run(self, world: World) -> Result:
        return BotShortDescription(short_description=world.short_descriptions.get(self.language_code, ""))
