"""Arrivals, departures, promotions and changes of chats, as people see them and as the bot is told."""

from typing import Literal

from bot.emulator.objects.chats import (
    GROUP_ANONYMOUS,
    Chat,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberRestricted,
    ChatMemberUpdated,
    Status,
    User,
)
from bot.emulator.objects.messages import ForumTopicClosed, ForumTopicCreated, ForumTopicReopened
from bot.emulator.world.chat_room import ChatRoom
from bot.emulator.world.state import WorldState


class ChatMembership:
    """The membership of people and of the bot in chats."""

    def __init__(self, state: WorldState) -> None:
        self._state = state

    def create(
        self,
        title: str,
        people: list[User],
        kind: Literal["group", "supergroup", "channel"] = "supergroup",
        *,
        forum: bool = False,
    ) -> ChatRoom:
        """Begin a group or a channel; the first person owns it. In a channel the bot is an administrator."""
        chat_id = self._state.new_chat_id(basic=kind == "group")
        room = self._state.open_room(Chat(id=chat_id, type=kind, title=title, is_forum=forum or None))
        room.add_members(people)
        for owner in people[:1]:
            room.members[owner.id] = ChatMember(status="creator", user=owner, is_anonymous=False)
        if room.is_channel:
            room.members[room.bot] = administrator(room, self._state.bot.as_user())
        # The first message of a forum is that of its General topic, which bots never address by number.
        room.last_id += forum
        self._state.journal.add("chats")
        return room

    # Arrivals, departures and promotions

    def join(self, room: ChatRoom, user: User, by: User | None = None) -> None:
        """Let a person in, or have another person add them."""
        self._change(room, ChatMember(status="member", user=user), by or user)
        self._announce(room, by or user, new_chat_members=(user,))

    def leave(self, room: ChatRoom, user: User, by: User | None = None) -> None:
        """Have a person go, or (by another person) be removed."""
        status: Status = "kicked" if by and by.id != user.id else "left"
        gone = ChatMember(status=status, user=user, until_date=0 if status == "kicked" else None)
        removed_bot = status == "kicked" and user.id == room.bot
        self._change(room, gone, by or user)
        self._announce(room, by or user, reaches_bot=removed_bot, left_chat_member=user)

    def promote(self, room: ChatRoom, user: User, by: User, **rights: object) -> None:
        """Make a person an administrator; rights are fields of that object, `is_anonymous` and `custom_title` too."""
        member = room.member(user)
        rank = member if member.status == "creator" else administrator(room, user)
        self._change(room, rank.model_copy(update=rights), by)

    def demote(self, room: ChatRoom, user: User, by: User) -> None:
        """Make an administrator a plain member again."""
        self._change(room, ChatMember(status="member", user=user), by)

    def mute(self, room: ChatRoom, user: User, by: User) -> None:
        """Keep a member of a supergroup from writing."""
        self._change(room, ChatMemberRestricted(status="restricted", user=user), by)

    def block(self, person: User, *, blocked: bool) -> None:
        """Have a person block the bot, or let it in again."""
        room, bot = self._state.private_room(person), self._state.bot.as_user()
        gone = ChatMember(status="kicked", user=bot, until_date=0)
        self._change(room, gone if blocked else ChatMember(status="member", user=bot), person)

    def _change(self, room: ChatRoom, member: ChatMember, by: User) -> None:
        former = room.member(member.user)
        if former == member:
            return
        room.members[member.user.id] = member
        self._state.journal.add("chats")
        change = ChatMemberUpdated(
            chat=room.chat, from_user=by, date=self._state.now(), old_chat_member=former, new_chat_member=member
        )
        if member.user.id == room.bot:
            self._state.updates.put("my_chat_member", change)
        elif room.bot_member.runs_it:
            self._state.updates.put("chat_member", change)

    def _announce(self, room: ChatRoom, by: User, *, reaches_bot: bool = False, **content: object) -> None:
        if room.is_channel:
            return
        message = self._state.show(room, self._state.new(room, from_user=by, **content), by.id)
        if reaches_bot:
            self._state.updates.put("message", message)
        else:
            self._state.tell(room, message)

    # Upgrades and topics

    def upgrade(self, room: ChatRoom, by: User) -> ChatRoom:
        """Turn a basic group into a supergroup, which has another id; the old one is closed for good."""
        chat = room.chat.model_copy(update={"id": self._state.new_chat_id(), "type": "supergroup"})
        new = self._state.open_room(chat)
        new.members = dict(room.members)
        self._announce(room, by, migrate_to_chat_id=chat.id)
        room.migrate_to_chat_id = chat.id
        note = self._state.new(new, from_user=GROUP_ANONYMOUS, sender_chat=chat, migrate_from_chat_id=room.chat.id)
        self._state.tell(new, self._state.show(new, note))
        self._state.journal.add("chats")
        return new

    def add_topic(self, room: ChatRoom, name: str, by: User, *, tell: bool = True) -> int:
        """Add a topic to a forum and return its id, which is that of its first message.

        Raises:
            ValueError: The chat has no topics.
        """
        if not room.chat.is_forum:
            raise ValueError(f"{room.chat.title} has no topics")
        message = self._state.new(room, from_user=by, forum_topic_created=ForumTopicCreated(name=name))
        topic = message.model_copy(update={"message_thread_id": message.message_id, "is_topic_message": True})
        room.topics[topic.message_id] = name
        self._state.show(room, topic, by.id)
        self._state.journal.add("chats")
        if tell:
            self._state.tell(room, topic)
        return topic.message_id

    def close_topic(self, room: ChatRoom, topic: int, by: User, *, closed: bool) -> None:
        """Close a topic, so that only administrators write there, or open it again."""
        room.closed_topics = room.closed_topics | {topic} if closed else room.closed_topics - {topic}
        note = {"forum_topic_closed": ForumTopicClosed()} if closed else {"forum_topic_reopened": ForumTopicReopened()}
        message = self._state.new(room, from_user=by, **room.place(None, topic), **note)
        self._state.tell(room, self._state.show(room, message, by.id))
        self._state.journal.add("chats")

    def delete_topic(self, room: ChatRoom, topic: int) -> None:
        """Delete a topic with all its messages; the bot is not told."""
        del room.topics[topic]
        for message in [*room.messages.values()]:
            if room.topic_of(message) == topic:
                self._state.delete(room, message.message_id)
        self._state.journal.add("chats")


def administrator(room: ChatRoom, user: User) -> ChatMemberAdministrator:
    """Return an administrator with the rights that Telegram grants by default."""
    in_channel = {"can_post_messages": True, "can_edit_messages": True, "can_pin_messages": None}
    return ChatMemberAdministrator(status="administrator", user=user).model_copy(
        update={"can_manage_topics": None, **in_channel} if room.is_channel else {}
    )
