"""A chat from within: its members, its messages, and the place of a new message in it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.emulator.errors import bad_request, forbidden, moved_to_supergroup
from bot.emulator.objects.chats import Chat, ChatMember, ChatMemberAdministrator, User
from bot.emulator.objects.messages import Message, ReactionType
from bot.emulator.objects.texts import ReplyParameters

Reactions = tuple[ReactionType, ...]


@dataclass
class ChatRoom:
    """One chat with its members, topics and messages."""

    chat: Chat
    bot: int  # the bot's id
    members: dict[int, ChatMember] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    closed_topics: set[int] = field(default_factory=set)
    messages: dict[int, Message] = field(default_factory=dict)
    authors: dict[int, int] = field(default_factory=dict)  # who really wrote a message
    reactions: dict[int, dict[int, Reactions]] = field(default_factory=dict)
    last_id: int = 0
    linked_chat_id: int | None = None
    migrate_to_chat_id: int | None = None

    @property
    def is_private(self) -> bool:
        """Whether it is between one person and the bot."""
        return self.chat.type == "private"

    @property
    def is_channel(self) -> bool:
        """Whether it is a channel, in which only administrators post."""
        return self.chat.type == "channel"

    @property
    def people(self) -> dict[int, User]:
        """The people who are in it."""
        people = (member for member in self.members.values() if member.user.id != self.bot)
        return {member.user.id: member.user for member in people if member.is_in}

    @property
    def bot_member(self) -> ChatMember:
        """The bot as a member of it."""
        return self.members[self.bot]

    def add_members(self, people: Iterable[User]) -> None:
        """Make people plain members, without a service message."""
        for user in people:
            self.members[user.id] = ChatMember(status="member", user=user)

    def member(self, user: User) -> ChatMember:
        """Return a person as a member; a person who never was in the chat has left."""
        return self.members.get(user.id) or ChatMember(status="left", user=user)

    # Messages and their places

    def new_id(self) -> int:
        """Return the id for the next message; ids are never used twice."""
        self.last_id += 1
        return self.last_id

    def keep(self, message: Message, author: int | None = None) -> Message:
        """Keep a message, new or changed."""
        self.messages[message.message_id] = message
        if author is not None:
            self.authors[message.message_id] = author
        return message

    def message(self, message_id: int, role: str) -> Message:
        """Return a message, or refuse; the role is Telegram's, such as ``message to edit``."""
        if message_id not in self.messages:
            raise bad_request(f"{role} not found")
        return self.messages[message_id]

    def reply_target(self, wanted: ReplyParameters | None) -> Message | None:
        """Return the message to answer, or `None`; refuse where it is gone and must not be."""
        if wanted is None or (wanted.allow_sending_without_reply and wanted.message_id not in self.messages):
            return None
        return self.message(wanted.message_id, "message to be replied")

    def place(self, answered: Message | None, topic: int | None) -> dict[str, object]:
        """Return the fields with the place of a new message.

        In a topic of a forum a message answers the topic's first message unless it answers another. In the General
        topic, as in any other supergroup, an answer names the first message of its thread and is no topic message.
        """
        topic = self.topic_of(answered) if topic is None else topic
        if topic is not None:
            answered = answered or self.messages[topic]
        return {
            "reply_to_message": answered.as_reply_target() if answered else None,
            "message_thread_id": self._thread(answered) if topic is None else topic,
            "is_topic_message": None if topic is None else True,
        }

    def topic_of(self, message: Message | None) -> int | None:
        """Return the topic of a message, or `None`."""
        return message.message_thread_id if message and message.is_topic_message else None

    def _thread(self, answered: Message | None) -> int | None:
        if answered is None or self.chat.type != "supergroup":
            return None
        return answered.message_thread_id or answered.message_id

    # The bot's rights

    def check_bot_is_in(self) -> None:
        """Refuse the bot where it is not or was removed, or where the chat has moved to another id."""
        if self.migrate_to_chat_id is not None:
            raise moved_to_supergroup(self.migrate_to_chat_id)
        if self.is_private:
            return
        if self.bot_member.status == "left":
            raise forbidden(f"bot is not a member of the {self.chat.type} chat")
        if self.bot_member.status == "kicked":
            raise forbidden(f"bot was kicked from the {self.chat.type} chat")

    def check_bot_may_write(self) -> None:
        """Refuse a bot that was blocked or muted, or that is a plain member of a channel."""
        if self.bot_member.status == "kicked":
            raise forbidden("bot was blocked by the user")
        if self.bot_member.status == "restricted":
            raise bad_request("not enough rights to send text messages to the chat")
        if self.is_channel and not self._may_bot("can_post_messages"):
            raise bad_request("need administrator rights in the channel chat")

    def check_topic(self, topic: int | None) -> None:
        """Refuse a topic that is not there, or is closed to the bot; the General topic has no number."""
        if topic is None:
            return
        if topic not in self.topics:
            raise bad_request("message thread not found")
        if topic in self.closed_topics and not self._may_bot("can_manage_topics"):
            raise bad_request("TOPIC_CLOSED")

    def _may_bot(self, right: str) -> bool:
        member = self.bot_member
        return isinstance(member, ChatMemberAdministrator) and bool(getattr(member, right))
