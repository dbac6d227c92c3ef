"""The methods about chats and the people in them."""

from bot.emulator.methods.method import InChat, Result
from bot.emulator.objects.chats import ChatFullInfo
from bot.emulator.world.world import World


class GetChat(InChat):
    """Describes a chat."""

    async def run(self, world: World) -> Result:
        room = self.room(world)
        return ChatFullInfo.model_validate(room.chat.model_dump() | {"linked_chat_id": room.linked_chat_id})


class GetChatMember(InChat):
    """Describes a person as a member of a chat."""

    user_id: int

    async def run(self, world: World) -> Result:
        return world.member(self.room(world), self.user_id)


class GetChatAdministrators(InChat):
    """Lists the owner and the administrators of a group or channel."""

    async def run(self, world: World) -> Result:
        return [*self.room(world).administrators()]


class LeaveChat(InChat):
    """Leaves a group."""

    async def run(self, world: World) -> Result:
        world.membership.leave(self.room(world), world.bot.as_user())
        return True
