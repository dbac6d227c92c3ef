"""A chat from within: who is in it, what was said, and where in it a new message belongs."""

from dataclasses import dataclass, field
from typing import Literal

from bot.emulator.errors import RefusedError, bad_request
from bot.emulator.objects import (
    Chat,
    ChatMember,
    ChatMemberAdministrator,
    Message,
    ReactionType,
    ReplyParameters,
    User,
)

BotPart = Literal["member", "administrator", "left"]


@dataclass
class Room:
    """One chat and everything in it."""

    chat: Chat
    people: dict[int, User] = field(default_factory=dict)
    owner: int | None = None
    bot_part: BotPart = "member"
    topics: dict[int, str] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    reactions: dict[int, tuple[ReactionType, ...]] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    last_id: int = 0

    @property
    def is_private(self) -> bool:
        """Whether it is between one person and the bot."""
        return self.chat.type == "private"

    def new_id(self) -> int:
        """Return the id for the next message; ids are never used twice."""
        self.last_id += 1
        return self.last_id

    def keep(self, message: Message) -> Message:
        """Keep a message, new or changed."""
        self.messages[message.message_id] = message
        self.versions[message.message_id] = self.versions.get(message.message_id, 0) + 1
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
        """Refuse what a bot does in a chat it has left.

        Raises:
            RefusedError: It has left.
        """
        if self.bot_part == "left":
            raise RefusedError(403, f"Forbidden: bot is not a member of the {self.chat.type} chat")

    def check_topic(self, topic: int | None) -> None:
        """Refuse a topic that bots can not write to.

        Raises:
            RefusedError: There is no such topic; in a chat without topics there never is one.
        """
        if topic is not None and topic not in self.topics:
            raise bad_request("message thread not found")

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

        In a topic of a forum a message answers the topic's first message unless it answers another; in another
        supergroup an answer names the first message of its thread, and is no topic message.
        """
        if topic is None and answered and answered.is_topic_message:
            topic = answered.message_thread_id
        if topic is not None:
            answered = answered or self.messages[topic]
        return {
            "reply_to_message": answered.as_answered() if answered else None,
            "message_thread_id": self._thread(answered) if topic is None else topic,
            "is_topic_message": None if topic is None else True,
        }

    def _thread(self, answered: Message | None) -> int | None:
        if answered is None or self.chat.type != "supergroup":
            return None
        return answered.message_thread_id or answered.message_id

    def member(self, user_id: int, bot: User) -> ChatMember:
        """Describe somebody's part in the chat.

        Raises:
            RefusedError: Nobody has that id.
        """
        if user_id == bot.id:
            return _part(bot, self.bot_part)
        if user_id not in self.people:
            raise bad_request("PARTICIPANT_ID_INVALID")
        if user_id == self.owner:
            return ChatMember(status="creator", user=self.people[user_id], is_anonymous=False)
        return ChatMember(status="member", user=self.people[user_id])

    def administrators(self, bot: User) -> list[ChatMember]:
        """Describe the owner, and the bot when it is an administrator.

        Raises:
            RefusedError: It is a private chat.
        """
        if self.is_private:
            raise bad_request("there are no administrators in the private chat")
        ids = [] if self.owner is None else [self.owner]
        return [self.member(user_id, bot) for user_id in ids + [bot.id] * (self.bot_part == "administrator")]


def _part(bot: User, part: BotPart) -> ChatMember:
    if part == "administrator":
        return ChatMemberAdministrator(status="administrator", user=bot)
    return ChatMember(status=part, user=bot)
