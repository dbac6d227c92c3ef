"""Who comes, goes and is promoted, and how chats change: what people see of it and what the bot is told."""

from bot.emulator.errors import bad_request
from bot.emulator.objects import (
    GROUP_ANONYMOUS,
    Chat,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberRestricted,
    ChatMemberUpdated,
    ForumTopicClosed,
    ForumTopicCreated,
    ForumTopicReopened,
    Status,
    User,
)
from bot.emulator.world.chat_room import ChatRoom
from bot.emulator.world.state import WorldState


class ChatMembership:
    """The parts people and the bot have in chats.

    Args:
        stage: Where the chats are.
    """

    def __init__(self, stage: WorldState) -> None:
        self._stage = stage

    def found(self, title: str, members: list[User], kind: str = "supergroup", *, forum: bool = False) -> ChatRoom:
        """Begin a group or a channel; the first member owns it. In a channel the bot is an administrator."""
        chat = Chat.model_validate(
            {
                "id": self._stage.new_chat_id(basic=kind == "group"),
                "type": kind,
                "title": title,
                "is_forum": forum or None,
            }
        )
        room = self._stage.open_room(chat)
        room.let_in(members)
        for owner in members[:1]:
            room.parts[owner.id] = ChatMember(status="creator", user=owner, is_anonymous=False)
        if room.is_channel:
            room.parts[room.bot] = administrator(room, self._stage.bot.as_user())
        # The first message of a forum is that of its General topic, which bots never address by number.
        room.last_id += forum
        self._stage.journal.add("chats")
        return room

    # Coming and going

    def join(self, room: ChatRoom, user: User, by: User | None = None) -> None:
        """Let somebody in, or have somebody add them."""
        self._turn(room, ChatMember(status="member", user=user), by or user)
        self._announce(room, by or user, new_chat_members=(user,))

    def leave(self, room: ChatRoom, user: User, by: User | None = None) -> None:
        """Have somebody go, or (by somebody else) be removed.

        Raises:
            RefusedError: It is a private chat.
        """
        if room.is_private:
            raise bad_request("chat member status can't be changed in private chats")
        status: Status = "kicked" if by and by.id != user.id else "left"
        gone = ChatMember(status=status, user=user, until_date=0 if status == "kicked" else None)
        removed_bot = status == "kicked" and user.id == room.bot
        self._turn(room, gone, by or user)
        self._announce(room, by or user, reaches_bot=removed_bot, left_chat_member=user)

    def promote(self, room: ChatRoom, user: User, by: User, **rights: object) -> None:
        """Make somebody an administrator; rights are fields of that object, `is_anonymous` and `custom_title` too."""
        part = room.part(user)
        rank = part if part.status == "creator" else administrator(room, user)
        self._turn(room, rank.model_copy(update=rights), by)

    def demote(self, room: ChatRoom, user: User, by: User) -> None:
        """Make somebody a plain member again."""
        self._turn(room, ChatMember(status="member", user=user), by)

    def mute(self, room: ChatRoom, user: User, by: User) -> None:
        """Keep a member of a supergroup from writing."""
        self._turn(room, ChatMemberRestricted(status="restricted", user=user), by)

    def block(self, person: User, *, blocked: bool) -> None:
        """Have a person block the bot, or let it in again."""
        room, bot = self._stage.private_room(person), self._stage.bot.as_user()
        gone = ChatMember(status="kicked", user=bot, until_date=0)
        self._turn(room, gone if blocked else ChatMember(status="member", user=bot), person)

    def _turn(self, room: ChatRoom, part: ChatMember, by: User) -> None:
        former = room.part(part.user)
        if former == part:
            return
        room.parts[part.user.id] = part
        self._stage.journal.add("chats")
        happened = ChatMemberUpdated(
            chat=room.chat, from_user=by, date=self._stage.now(), old_chat_member=former, new_chat_member=part
        )
        if part.user.id == room.bot:
            self._stage.updates.put("my_chat_member", happened)
        elif room.bot_part.runs_it:
            self._stage.updates.put("chat_member", happened)

    def _announce(self, room: ChatRoom, by: User, *, reaches_bot: bool = False, **what: object) -> None:
        if room.is_channel:
            return
        message = self._stage.show(room, self._stage.new(room, from_user=by, **what), by.id)
        if reaches_bot:
            self._stage.updates.put("message", message)
        else:
            self._stage.tell(room, message)

    # How chats change

    def upgrade(self, room: ChatRoom, by: User) -> ChatRoom:
        """Turn a basic group into a supergroup, which has another id; the old one is closed for good."""
        chat = room.chat.model_copy(update={"id": self._stage.new_chat_id(), "type": "supergroup"})
        new = self._stage.open_room(chat)
        new.parts = dict(room.parts)
        self._announce(room, by, migrate_to_chat_id=chat.id)
        room.migrated_to = chat.id
        note = self._stage.new(new, from_user=GROUP_ANONYMOUS, sender_chat=chat, migrate_from_chat_id=room.chat.id)
        self._stage.tell(new, self._stage.show(new, note))
        self._stage.journal.add("chats")
        return new

    def add_topic(self, room: ChatRoom, name: str, by: User, *, tell: bool = True) -> int:
        """Add a topic to a forum and return its id, which is that of its first message.

        Raises:
            ValueError: The chat has no topics.
        """
        if not room.chat.is_forum:
            raise ValueError(f"{room.chat.title} has no topics")
        made = self._stage.new(room, from_user=by, forum_topic_created=ForumTopicCreated(name=name))
        topic = made.model_copy(update={"message_thread_id": made.message_id, "is_topic_message": True})
        room.topics[topic.message_id] = name
        self._stage.show(room, topic, by.id)
        self._stage.journal.add("chats")
        if tell:
            self._stage.tell(room, topic)
        return topic.message_id

    def close_topic(self, room: ChatRoom, topic: int, by: User, *, closed: bool) -> None:
        """Close a topic, so that only administrators write there, or open it again."""
        room.closed = room.closed | {topic} if closed else room.closed - {topic}
        note = {"forum_topic_closed": ForumTopicClosed()} if closed else {"forum_topic_reopened": ForumTopicReopened()}
        message = self._stage.new(room, from_user=by, **room.place(None, topic), **note)
        self._stage.tell(room, self._stage.show(room, message, by.id))
        self._stage.journal.add("chats")

    def delete_topic(self, room: ChatRoom, topic: int) -> None:
        """Delete a topic with all its messages; the bot is not told."""
        del room.topics[topic]
        for message in [*room.messages.values()]:
            if room.topic_of(message) == topic:
                self._stage.delete(room, message.message_id)
        self._stage.journal.add("chats")


def administrator(room: ChatRoom, user: User) -> ChatMemberAdministrator:
    """Return the part of an administrator with the rights that Telegram grants by default."""
    in_channel = {"can_post_messages": True, "can_edit_messages": True, "can_pin_messages": None}
    return ChatMemberAdministrator(status="administrator", user=user).model_copy(
        update={"can_manage_topics": None, **in_channel} if room.is_channel else {}
    )
