"""A chat from within: who is in it, what was said, and where in it a new message belongs."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.emulator.errors import bad_request, forbidden, migrated
from bot.emulator.objects import (
    Chat,
    ChatMember,
    ChatMemberAdministrator,
    Message,
    ReactionType,
    ReplyParameters,
    User,
)

Reactions = tuple[ReactionType, ...]


@dataclass
class ChatRoom:
    """One chat and everything in it. ``bot`` is the bot's id, ``authors`` who really wrote a message."""

    chat: Chat
    bot: int
    parts: dict[int, ChatMember] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    messages: dict[int, Message] = field(default_factory=dict)
    authors: dict[int, int] = field(default_factory=dict)
    reactions: dict[int, dict[int, Reactions]] = field(default_factory=dict)
    last_id: int = 0
    linked: int | None = None
    migrated_to: int | None = None

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
        return {part.user.id: part.user for part in self.parts.values() if part.is_in and part.user.id != self.bot}

    @property
    def bot_part(self) -> ChatMember:
        """The bot's part in it."""
        return self.parts[self.bot]

    def let_in(self, members: Iterable[User]) -> None:
        """Make people plain members, without a word about it."""
        for user in members:
            self.parts[user.id] = ChatMember(status="member", user=user)

    def part(self, user: User) -> ChatMember:
        """Return somebody's part; who never was in it has left."""
        return self.parts.get(user.id) or ChatMember(status="left", user=user)

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

    def message(self, message_id: int, called: str) -> Message:
        """Return a message.

        Args:
            message_id: Its id.
            called: What Telegram calls it in the refusal, such as ``message to edit``.

        Raises:
            RefusedError: It is not there.
        """
        if message_id not in self.messages:
            raise bad_request(f"{called} not found")
        return self.messages[message_id]

    def check_bot_is_in(self) -> None:
        """Refuse what a bot does in a chat it has left, or that has moved.

        Raises:
            RefusedError: It has left or was removed, or the chat became a supergroup with another id.
        """
        if self.migrated_to is not None:
            raise migrated(self.migrated_to)
        if self.is_private:
            return
        if self.bot_part.status == "left":
            raise forbidden(f"bot is not a member of the {self.chat.type} chat")
        if self.bot_part.status == "kicked":
            raise forbidden(f"bot was kicked from the {self.chat.type} chat")

    def check_bot_may_write(self) -> None:
        """Refuse what a bot says where it may not.

        Raises:
            RefusedError: The person blocked it, it was muted, or it is a plain member of a channel.
        """
        if self.bot_part.status == "kicked":
            raise forbidden("bot was blocked by the user")
        if self.bot_part.status == "restricted":
            raise bad_request("not enough rights to send text messages to the chat")
        if self.is_channel and not self._may_bot("can_post_messages"):
            raise bad_request("need administrator rights in the channel chat")

    def check_topic(self, topic: int | None) -> None:
        """Refuse a topic that bots can not write to.

        Raises:
            RefusedError: There is no such topic (in a chat without topics there never is one; the General topic has
                no number), or it is closed and the bot does not run it.
        """
        if topic is None:
            return
        if topic not in self.topics:
            raise bad_request("message thread not found")
        if topic in self.closed and not self._may_bot("can_manage_topics"):
            raise bad_request("TOPIC_CLOSED")

    def _may_bot(self, right: str) -> bool:
        part = self.bot_part
        return isinstance(part, ChatMemberAdministrator) and bool(getattr(part, right))

    def replied(self, wanted: ReplyParameters | None) -> Message | None:
        """Return the message that is to be answered, or `None`.

        Raises:
            RefusedError: It is not there and the answer must not go without it.
        """
        if wanted is None or (wanted.allow_sending_without_reply and wanted.message_id not in self.messages):
            return None
        return self.message(wanted.message_id, "message to be replied")

    def place(self, answered: Message | None, topic: int | None) -> dict[str, object]:
        """Return the fields that say where a new message belongs.

        In a topic of a forum a message answers the topic's first message unless it answers another. In the General
        topic, as in any other supergroup, an answer names the first message of its thread and is no topic message.
        """
        topic = self.topic_of(answered) if topic is None else topic
        if topic is not None:
            answered = answered or self.messages[topic]
        return {
            "reply_to_message": answered.as_answered() if answered else None,
            "message_thread_id": self._thread(answered) if topic is None else topic,
            "is_topic_message": None if topic is None else True,
        }

    def topic_of(self, message: Message | None) -> int | None:
        """Return the topic a message belongs to, or `None`."""
        return message.message_thread_id if message and message.is_topic_message else None

    def _thread(self, answered: Message | None) -> int | None:
        if answered is None or self.chat.type != "supergroup":
            return None
        return answered.message_thread_id or answered.message_id

    def administrators(self) -> list[ChatMember]:
        """Describe the owner and the administrators, the bot among them.

        Raises:
            RefusedError: It is a private chat, or a channel that the bot does not run.
        """
        if self.is_private:
            raise bad_request("there are no administrators in the private chat")
        if self.is_channel and not self.bot_part.runs_it:
            raise bad_request("member list is inaccessible")
        running = (part for part in self.parts.values() if part.runs_it)
        return sorted(running, key=lambda part: part.status != "creator")
