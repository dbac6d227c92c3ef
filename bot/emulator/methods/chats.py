"""The methods about chats and the people in them."""

from bot.emulator.methods.method import InChat, Result
from bot.emulator.objects import ChatFullInfo
from bot.emulator.world.world import World


class GetChat(InChat):
    """Everything about a chat."""

    async def run(self, world: World) -> Result:
        """Describe it."""
        room = self.room(world)
        return ChatFullInfo.model_validate(room.chat.model_dump() | {"linked_chat_id": room.linked})


class GetChatMember(InChat):
    """Somebody's part in a chat."""

    user_id: int

    async def run(self, world: World) -> Result:
        """Describe it."""
        return world.member(self.room(world), self.user_id)


class GetChatAdministrators(InChat):
    """Who runs a group or channel."""

    async def run(self, world: World) -> Result:
        """List them."""
        return [*self.room(world).administrators()]


class LeaveChat(InChat):
    """Leaves a group."""

    async def run(self, world: World) -> Result:
        """Leave it."""
        world.membership.leave(self.room(world), world.bot.as_user())
        return True
