"""The methods about chats and the people in them."""

from bot.emulator.methods.method import InChat, Result
from bot.emulator.objects import ChatFullInfo
from bot.emulator.world import World


class GetChat(InChat):
    """Everything about a chat."""

    async def run(self, world: World) -> Result:
        """Describe it."""
        return ChatFullInfo.model_validate(self.room(world).chat.model_dump())


class GetChatMember(InChat):
    """Somebody's part in a chat."""

    user_id: int

    async def run(self, world: World) -> Result:
        """Describe it."""
        return self.room(world).member(self.user_id, world.bot.as_user())


class GetChatAdministrators(InChat):
    """Who runs a group; bots are left out."""

    async def run(self, world: World) -> Result:
        """List them."""
        return [*self.room(world).administrators(world.bot.as_user())]


class LeaveChat(InChat):
    """Leaves a group."""

    async def run(self, world: World) -> Result:
        """Leave it."""
        world.leave(self.room(world))
        return True
