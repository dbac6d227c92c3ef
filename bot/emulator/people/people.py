"""The people and their chats, for tests and the demo."""

from collections.abc import Iterable

from bot.emulator.objects.chats import ChatMember, User
from bot.emulator.people.conversation import Conversation
from bot.emulator.people.groups import BroadcastChannel, Group
from bot.emulator.world.world import World

__all__ = ["BroadcastChannel", "Conversation", "Group", "People"]


class People:
    """Makes people and chats."""

    def __init__(self, world: World) -> None:
        self._world = world

    def person(self, first_name: str, *, username: str | None = None, language_code: str | None = "en") -> User:
        """Add a person."""
        return self._world.add_person(first_name, username, language_code)

    def set_language(self, person: User, language_code: str | None) -> User:
        """Have a person turn their app to another language, and return the person as changed."""
        return self._world.know(person.model_copy(update={"language_code": language_code}))

    def private_chat(self, person: User) -> Conversation:
        """Return the chat between a person and the bot."""
        return Conversation(self._world, self._world.private_room(person))

    def chat(self, chat_id: int) -> Conversation:
        """Return a chat by its id.

        Raises:
            KeyError: There is none.
        """
        return Conversation(self._world, self._world.rooms[chat_id])

    def group(self, title: str, members: Iterable[User], *, basic: bool = False, with_bot: bool = True) -> Group:
        """Add a group: a supergroup, or a basic group. The first member is the owner."""
        room = self._world.membership.create(title, list(members), "group" if basic else "supergroup")
        if not with_bot:
            room.members[room.bot] = ChatMember(status="left", user=self._world.bot.as_user())
        return Group(self._world, room)

    def forum(self, title: str, members: Iterable[User], topics: Iterable[str]) -> Group:
        """Add a group with topics and the bot in it. The first member is the owner."""
        room = self._world.membership.create(title, list(members), forum=True)
        for name in topics:
            self._world.membership.add_topic(room, name, next(iter(room.people.values())), tell=False)
        return Group(self._world, room)

    def channel(self, title: str, members: Iterable[User]) -> BroadcastChannel:
        """Add a channel that the first member owns and the bot helps to run."""
        return BroadcastChannel(self._world, self._world.membership.create(title, list(members), "channel"))
