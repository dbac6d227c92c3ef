"""Groups and channels from the side of their members."""

from bot.emulator.objects.chats import User
from bot.emulator.objects.messages import Message
from bot.emulator.people.conversation import Conversation, Topic


class Group(Conversation):
    """A chat of several people, with or without the bot."""

    @property
    def owner(self) -> User:
        """The owner; the first member where the owner is gone."""
        owners = (member.user for member in self._room.members.values() if member.status == "creator")
        return next(owners, None) or self.first()

    def join(self, person: User, by: User | None = None) -> None:
        """Let a person in, or have another person add them."""
        self._world.membership.join(self._room, person, by)

    def leave(self, person: User, by: User | None = None) -> None:
        """Have a person go, or have another person remove them."""
        self._world.membership.leave(self._room, person, by)

    def promote(self, person: User, by: User | None = None, **rights: object) -> None:
        """Make a person an administrator; `is_anonymous=True` has them speak as the group."""
        self._world.membership.promote(self._room, person, by or self.owner, **rights)

    def demote(self, person: User, by: User | None = None) -> None:
        """Make an administrator a plain member again."""
        self._world.membership.demote(self._room, person, by or self.owner)

    def add_bot(self, by: User | None = None) -> None:
        """Add the bot; the owner does when nobody is named."""
        self.join(self._bot(), by or self.owner)

    def remove_bot(self, by: User | None = None) -> None:
        """Remove the bot; the owner does when nobody is named."""
        self.leave(self._bot(), by or self.owner)

    def promote_bot(self, by: User | None = None, **rights: object) -> None:
        """Make the bot an administrator; rights it shall not have are given as `False`."""
        self.promote(self._bot(), by, **rights)

    def demote_bot(self, by: User | None = None) -> None:
        """Make the bot a plain member again."""
        self.demote(self._bot(), by)

    def mute_bot(self, by: User | None = None) -> None:
        """Keep the bot from writing."""
        self._world.membership.mute(self._room, self._bot(), by or self.owner)

    def _bot(self) -> User:
        return self._world.bot.as_user()

    def upgrade(self, by: User | None = None) -> "Group":
        """Turn a basic group into a supergroup and return that; the old id is good for nothing any more."""
        return Group(self._world, self._world.membership.upgrade(self._room, by or self.owner))

    def add_topic(self, name: str, by: User | None = None) -> int:
        """Add a topic (in a forum) and return its id."""
        return self._world.membership.add_topic(self._room, name, by or self.first())

    def close_topic(self, topic: Topic, by: User | None = None) -> None:
        """Close a topic: only administrators write there then."""
        self._turn_topic(topic, by, closed=True)

    def reopen_topic(self, topic: Topic, by: User | None = None) -> None:
        """Open a closed topic again."""
        self._turn_topic(topic, by, closed=False)

    def _turn_topic(self, topic: Topic, by: User | None, *, closed: bool) -> None:
        self._world.membership.close_topic(self._room, self.topic(topic) or 0, by or self.owner, closed=closed)

    def delete_topic(self, topic: Topic) -> None:
        """Delete a topic with its messages."""
        self._world.membership.delete_topic(self._room, self.topic(topic) or 0)

    def say_as_channel(
        self, text: str, channel: "BroadcastChannel", sender: User | None = None, reply_to: Message | None = None
    ) -> Message:
        """Send a text under the name of a channel; its owner does.

        Raises:
            ValueError: The sender may not.
        """
        speaker = sender or channel.first()
        answered = self.message(reply_to) if reply_to else None
        return self._world.speech.say_as_channel(self._room, speaker, channel._room, answered, text)


class BroadcastChannel(Group):
    """A chat in which administrators post and all others read."""

    def link(self, group: Group) -> None:
        """Have every post forwarded to a group from now on."""
        self._room.linked_chat_id, group._room.linked_chat_id = group.id, self.id
