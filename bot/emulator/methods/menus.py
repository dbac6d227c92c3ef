"""The methods about the bot itself: its profile, and its menu of commands."""

from typing import Annotated

from bot.emulator.methods.method import Method, Result
from bot.emulator.objects.base import FromForm
from bot.emulator.objects.menus import BotCommand, BotCommandScope
from bot.emulator.world.world import World


class GetMe(Method):
    """Returns the bot."""

    async def run(self, world: World) -> Result:
        return world.bot


class SetMyCommands(Method):
    """Replaces a list of commands, in one language or (empty) in any."""

    commands: Annotated[tuple[BotCommand, ...], FromForm]
    scope: Annotated[BotCommandScope, FromForm] = BotCommandScope()
    language_code: str = ""

    async def run(self, world: World) -> Result:
        scope = self.scope
        if scope.chat_id is not None:
            scope = scope.model_copy(update={"chat_id": world.room(scope.chat_id).chat.id})
        world.commands.set(scope, self.language_code, self.commands)
        world.journal.add("commands")
        return True
