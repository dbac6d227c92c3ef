"""The ground of the local Telegram: people, chats, the clock, and the messages that the bot is told of."""

import secrets
import time
from collections.abc import Callable, Iterable
from itertools import count
from typing import TypedDict

from bot.emulator.errors import bad_request, forbidden
from bot.emulator.notifier import Notifier
from bot.emulator.objects.chats import Bot, Chat, User
from bot.emulator.objects.messages import Message
from bot.emulator.objects.updates import UpdateKind
from bot.emulator.world.chat_room import ChatRoom
from bot.emulator.world.files import FileStore
from bot.emulator.world.journal import Call, Journal
from bot.emulator.world.update_queue import UpdateQueue

FIRST_PERSON = 1001
FIRST_GROUP = 2001
_SUPERGROUPS_BELOW = 1_000_000_000_000
_BOT_ID = 7_000_000_001

Clock = Callable[[], float]


class WorldOptions(TypedDict, total=False):
    """The settings of a local Telegram, all with a default."""

    token: str | None  # made up when there is none
    name: str  # the bot's
    username: str  # the bot's, without ``@``
    privacy: bool  # the bot is kept from messages in groups that are not addressed to it
    inline: bool  # the bot may be asked in any chat by typing its name
    suggestions: Iterable[str]  # questions that the chat page offers
    clock: Clock  # in seconds since 1970; a test may put it forward
    after: int  # messages and updates are numbered from here on: a record may outlive this Telegram


class WorldState:
    """People, chats and the bot, and the books of everything that happened."""

    def __init__(  # noqa: PLR0913 - see WorldOptions
        self,
        *,
        token: str | None = None,
        name: str = "Policy desk",
        username: str = "policydesk_bot",
        privacy: bool = False,
        inline: bool = True,
        suggestions: Iterable[str] = (),
        clock: Clock = time.time,
        after: int = 0,
    ) -> None:
        self.token = token or f"{_BOT_ID}:{secrets.token_urlsafe(26)[:35]}"
        self.bot = Bot(
            id=int(self.token.partition(":")[0]),
            is_bot=True,
            first_name=name,
            username=username,
            can_read_all_group_messages=not privacy,
            supports_inline_queries=inline,
        )
        self.suggestions = tuple(suggestions)
        self.bell = Notifier()
        self.updates = UpdateQueue(self.bell, after)
        self.journal = Journal(self.bell)
        self.files = FileStore()
        self.calls: list[Call] = []
        self.people: dict[int, User] = {}
        self.rooms: dict[int, ChatRoom] = {}
        self.clock = clock
        self._after = after
        self._updates_about: dict[tuple[int, int], int] = {}
        self._numbers = count(FIRST_PERSON)
        self._groups = count(FIRST_GROUP)
        self._queries = count(4_000_000_001)

    def now(self) -> int:
        """Return the time as Telegram gives it: whole seconds since 1970."""
        return int(self.clock())

    def new_query_id(self) -> str:
        """Return the id for a query that the bot is to answer."""
        return str(next(self._queries))

    # People and chats

    def add_person(self, first_name: str, username: str | None = None, language_code: str | None = "en") -> User:
        """Add a person."""
        person = User(
            id=next(self._numbers),
            is_bot=False,
            first_name=first_name,
            username=username,
            language_code=language_code,
        )
        return self.know(person)

    def know(self, user: User) -> User:
        """Remember a person as they are now: their name and language may change."""
        self.people[user.id] = user
        for room in self.rooms.values():
            if member := room.members.get(user.id):
                room.members[user.id] = member.model_copy(update={"user": user})
        return user

    def private_room(self, person: User) -> ChatRoom:
        """Return the chat between a person and the bot; it has the person's id."""
        if person.id not in self.rooms:
            chat = Chat(id=person.id, type="private", first_name=person.first_name, username=person.username)
            self.open_room(chat, person)
        return self.rooms[person.id]

    def open_room(self, chat: Chat, *people: User) -> ChatRoom:
        """Add a chat with people and the bot in it."""
        self.rooms[chat.id] = ChatRoom(chat, self.bot.id, last_id=self._after)
        self.rooms[chat.id].add_members([*people, self.bot.as_user()])
        return self.rooms[chat.id]

    def new_chat_id(self, *, basic: bool = False) -> int:
        """Return the id for a new group; basic groups and the others lie in different ranges."""
        number = next(self._groups)
        return -number if basic else -_SUPERGROUPS_BELOW - number

    def room(self, chat_id: int | str) -> ChatRoom:
        """Return a chat by the bot's name for it; refuse a missing chat, or one without the bot."""
        if chat_id == "":
            raise bad_request("chat_id is empty")
        room = self._room_by_name(str(chat_id))
        room.check_bot_is_in()
        return room

    def _room_by_name(self, name: str) -> ChatRoom:
        if not name.removeprefix("-").isdecimal():
            public = (room for room in self.rooms.values() if not room.is_private and f"@{room.chat.username}" == name)
            found = next(public, None)
        else:
            found = self.rooms.get(int(name))
            if found is None and int(name) in self.people:
                raise forbidden("bot can't initiate conversation with a user")
        if found is None:
            raise bad_request("chat not found")
        return found

    # Messages

    def new(self, room: ChatRoom, **fields: object) -> Message:
        """Make a message that is not yet in its chat."""
        return Message.model_validate({"message_id": room.new_id(), "date": self.now(), "chat": room.chat} | fields)

    def show(self, room: ChatRoom, message: Message, author: int | None = None) -> Message:
        """Put a new message into its chat, where people see it."""
        room.keep(message, author)
        self.journal.add("message", room.chat.id, message=message, author=author)
        return message

    def change(self, room: ChatRoom, message: Message, **changes: object) -> Message:
        """Change a message; people see it change."""
        fields = {name: getattr(message, name) for name in Message.model_fields} | changes
        changed = room.keep(Message.model_validate(fields))
        self.journal.add("edited", room.chat.id, message=changed)
        return changed

    def delete(self, room: ChatRoom, message_id: int) -> None:
        """Take a message away; the bot is never told when a person does it."""
        del room.messages[message_id]
        self.journal.add("deleted", room.chat.id, message_id=message_id)

    # Telling the bot

    def tell(self, room: ChatRoom, message: Message, *, edited: bool = False) -> None:
        """Tell the bot of a message, if it is in the chat and may read it."""
        if not room.bot_member.is_in or not self._may_read(room, message):
            return
        update_id = self.updates.put(_kind(room, edited=edited), message)
        if update_id is not None:
            self._updates_about[room.chat.id, message.message_id] = update_id

    def update_about(self, message: Message) -> int | None:
        """Return the id of the latest update about a message, or `None` when the bot was not told of it."""
        return self._updates_about.get((message.chat.id, message.message_id))

    def _may_read(self, room: ChatRoom, message: Message) -> bool:
        if room.is_private or self.bot.can_read_all_group_messages or room.bot_member.runs_it:
            return True
        return message.is_service or self._is_meant_for_bot(room, message)

    def _is_meant_for_bot(self, room: ChatRoom, message: Message) -> bool:
        if message.via_bot or _is_command_for(self.bot.username or "", message):
            return True
        answered = message.reply_to_message
        if answered is None or answered.forum_topic_created:
            return False
        whole = room.messages.get(answered.message_id, answered)
        return self.is_from_bot(whole) or self._is_meant_for_bot(room, whole)

    def is_from_bot(self, message: Message) -> bool:
        """Tell whether the bot sent a message."""
        return message.from_user is not None and message.from_user.id == self.bot.id


def _kind(room: ChatRoom, *, edited: bool) -> UpdateKind:
    if room.is_channel:
        return "edited_channel_post" if edited else "channel_post"
    return "edited_message" if edited else "message"


def _is_command_for(username: str, message: Message) -> bool:
    first = next(iter(message.marks()), None)
    if first is None or first.type != "bot_command" or first.offset:
        return False
    _, at, addressee = message.marked("bot_command")[0].partition("@")
    return not at or addressee.lower() == username.lower()
