"""The state of the local Telegram: who there is, what was said, and what the bot has yet to learn."""

import secrets
import time
from collections.abc import Callable, Iterable
from itertools import count

from bot.emulator.bell import Bell
from bot.emulator.commands import CommandBook
from bot.emulator.entities import Formatted, formatted, quoted, utf16_length
from bot.emulator.errors import bad_request, unsupported
from bot.emulator.files import FileStore
from bot.emulator.journal import Call, CallbackAnswer, Journal
from bot.emulator.markup import TEXT_LIMIT
from bot.emulator.objects import (
    Bot,
    CallbackQuery,
    Chat,
    ForumTopicCreated,
    Message,
    ReactionType,
    ReplyParameters,
    TextQuote,
    UpdateKind,
    User,
)
from bot.emulator.rooms import Room
from bot.emulator.updates import UpdateQueue

FIRST_PERSON = 1001
FIRST_GROUP = 2001
_SUPERGROUPS_BELOW = 1_000_000_000_000
_BOT_ID = 7_000_000_001
_UNCHANGED = (
    "message is not modified: specified new message content and reply markup "
    "are exactly the same as a current content and reply markup of the message"
)


class World:
    """All of the local Telegram but its doors.

    Args:
        token: The bot's token; one is made up when there is none.
        name: The bot's name.
        username: The bot's username, without ``@``.
        privacy: Whether the bot is kept from what people say in groups without addressing it.
        suggestions: Questions the chat page offers to ask.
        clock: Returns the time in seconds since 1970.
    """

    def __init__(
        self,
        token: str | None = None,
        *,
        name: str = "Policy desk",
        username: str = "policydesk_bot",
        privacy: bool = False,
        suggestions: Iterable[str] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.token = token or f"{_BOT_ID}:{secrets.token_urlsafe(26)[:35]}"
        bot_id = int(self.token.partition(":")[0])
        self.bot = Bot(
            id=bot_id, is_bot=True, first_name=name, username=username, can_read_all_group_messages=not privacy
        )
        self.suggestions = tuple(suggestions)
        self.descriptions: dict[str, str] = {}
        self.short_descriptions: dict[str, str] = {}
        self.bell = Bell()
        self.updates = UpdateQueue(self.bell)
        self.journal = Journal(self.bell)
        self.commands = CommandBook()
        self.files = FileStore()
        self.calls: list[Call] = []
        self.people: dict[int, User] = {}
        self.rooms: dict[int, Room] = {}
        self.pressed: dict[str, CallbackQuery] = {}
        self.answers: dict[str, CallbackAnswer] = {}
        self._told: dict[tuple[int, int], int] = {}
        self._clock = clock
        self._numbers = count(FIRST_PERSON)
        self._groups = count(FIRST_GROUP)
        self._queries = count(4_000_000_001)

    def now(self) -> int:
        """Return the time as Telegram gives it: whole seconds since 1970."""
        return int(self._clock())

    # Who there is

    def add_person(self, first_name: str, username: str | None = None, language_code: str | None = "en") -> User:
        """Add a person."""
        user = User(
            id=next(self._numbers),
            is_bot=False,
            first_name=first_name,
            username=username,
            language_code=language_code,
        )
        self.people[user.id] = user
        return user

    def private_room(self, person: User) -> Room:
        """Return the chat between a person and the bot; it has the person's id."""
        if person.id not in self.rooms:
            chat = Chat(id=person.id, type="private", first_name=person.first_name, username=person.username)
            self.rooms[person.id] = Room(chat, {person.id: person})
        return self.rooms[person.id]

    def add_group(self, title: str, members: Iterable[User], *, basic: bool = False, forum: bool = False) -> Room:
        """Add a group with the bot in it; the first member is its owner."""
        number = next(self._groups)
        chat = Chat(
            id=-number if basic else -_SUPERGROUPS_BELOW - number,
            type="group" if basic else "supergroup",
            title=title,
            is_forum=True if forum else None,
        )
        people = {person.id: person for person in members}
        self.rooms[chat.id] = Room(chat, people, owner=next(iter(people), None))
        return self.rooms[chat.id]

    def add_topic(self, room: Room, name: str, by: User) -> int:
        """Add a topic to a forum and return its id, which is that of its first message."""
        made = self._new(room, by, forum_topic_created=ForumTopicCreated(name=name))
        topic = room.keep(made.model_copy(update={"message_thread_id": made.message_id, "is_topic_message": True}))
        room.topics[topic.message_id] = name
        return topic.message_id

    def room(self, chat_id: int | str) -> Room:
        """Return a chat as the bot names it.

        Raises:
            RefusedError: There is no such chat, or the bot has left it.
        """
        if chat_id == "":
            raise bad_request("chat_id is empty")
        room = self.rooms.get(int(chat_id)) if str(chat_id).removeprefix("-").isdecimal() else None
        if room is None:
            raise bad_request("chat not found")
        room.check_bot_is_in()
        return room

    # What is said

    def _new(self, room: Room, sender: User, **fields: object) -> Message:
        basics = {"message_id": room.new_id(), "date": self.now(), "from": sender, "chat": room.chat}
        return Message.model_validate(basics | fields)

    def say(self, room: Room, sender: User, answered: Message | None, topic: int | None, **content: object) -> Message:
        """Have a person send a message, and tell the bot if it may know."""
        message = room.keep(self._new(room, sender, **room.place(answered, topic), **content))
        self.journal.add("message", room.chat.id, message=message)
        self.tell(room, "message", message)
        return message

    def tell(self, room: Room, kind: UpdateKind, message: Message) -> None:
        """Tell the bot of a message, if it is in the chat and may read it."""
        if room.bot_part != "left" and self._may_read(room, message):
            update_id = self.updates.put(kind, message)
            if update_id is not None:
                self._told[room.chat.id, message.message_id] = update_id

    def told(self, message: Message) -> int | None:
        """Return the id of the latest update about a message, or `None` when the bot was not told of it."""
        return self._told.get((message.chat.id, message.message_id))

    def _may_read(self, room: Room, message: Message) -> bool:
        if room.is_private or self.bot.can_read_all_group_messages or room.bot_part == "administrator":
            return True
        return self._is_meant_for_bot(room, message)

    def _is_meant_for_bot(self, room: Room, message: Message) -> bool:
        if _is_command_for(self.bot.username or "", message):
            return True
        answered = message.reply_to_message
        if answered is None or answered.forum_topic_created:
            return False
        whole = room.messages.get(answered.message_id, answered)
        return whole.from_user == self.bot.as_user() or self._is_meant_for_bot(room, whole)

    def edit(self, room: Room, message: Message, **content: object) -> Message:
        """Have a person change a message of theirs."""
        changed = self._change(room, message, content | {"edit_date": self.now()})
        self.tell(room, "edited_message", changed)
        return changed

    def _change(self, room: Room, message: Message, changes: dict[str, object]) -> Message:
        fields = {name: getattr(message, name) for name in Message.model_fields} | changes
        changed = room.keep(Message.model_validate(fields))
        self.journal.add("edited", room.chat.id, message=changed)
        return changed

    def delete(self, room: Room, message_id: int) -> None:
        """Take a message away; the bot is never told when a person does it."""
        del room.messages[message_id]
        self.journal.add("deleted", room.chat.id, message_id=message_id)

    def press(self, room: Room, person: User, message: Message, data: str) -> CallbackQuery:
        """Have a person press a button that calls the bot."""
        query = CallbackQuery(
            id=str(next(self._queries)),
            from_user=person,
            message=message,
            chat_instance=str(abs(room.chat.id) * 7919),
            data=data,
        )
        self.pressed[query.id] = query
        self.updates.put("callback_query", query)
        return query

    # What the bot does

    def post(self, room: Room, reply: ReplyParameters | None, topic: int | None, content: dict[str, object]) -> Message:
        """Have the bot send a message.

        Raises:
            RefusedError: The topic or the message it answers is not there.
        """
        room.check_topic(topic)
        answered = room.replied(reply)
        quote = _quote(answered, reply) if answered and reply else None
        place = room.place(answered, topic)
        message = room.keep(self._new(room, self.bot.as_user(), quote=quote, **place, **content))
        self.journal.add("message", room.chat.id, message=message)
        return message

    def revise(self, room: Room, message: Message, changes: dict[str, object]) -> Message:
        """Have the bot change a message of its own.

        Raises:
            RefusedError: It is not its own, or would not change.
        """
        if message.from_user != self.bot.as_user() or message.forum_topic_created:
            raise bad_request("message can't be edited")
        if all(getattr(message, name) == value for name, value in changes.items()):
            raise bad_request(_UNCHANGED)
        edited = {"edit_date": self.now()} if set(changes) != {"reply_markup"} else {}
        return self._change(room, message, changes | edited)

    def remove(self, room: Room, message_id: int) -> None:
        """Have the bot delete a message.

        Raises:
            RefusedError: It is not there, or not the bot's to delete.
        """
        message = room.message(message_id, "message to delete")
        own = message.from_user == self.bot.as_user()
        if not (own or room.is_private or room.bot_part == "administrator"):
            raise bad_request("message can't be deleted")
        self.delete(room, message_id)

    def answer(self, answer: CallbackAnswer) -> None:
        """Have the bot answer a pressed button.

        Raises:
            RefusedError: It was answered already, or never pressed.
        """
        query = self.pressed.pop(answer.callback_query_id, None)
        if query is None:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        self.answers[query.id] = answer
        self.journal.add("answer", query.message.chat.id, answer=answer)

    def react(self, room: Room, message_id: int, reactions: tuple[ReactionType, ...]) -> None:
        """Have the bot react to a message; no reaction takes the earlier one back."""
        room.message(message_id, "message to react")
        room.reactions[message_id] = reactions
        self.journal.add("reaction", room.chat.id, message_id=message_id, reactions=reactions)

    def leave(self, room: Room) -> None:
        """Have the bot leave a group.

        Raises:
            RefusedError: It is a private chat.
        """
        if room.is_private:
            raise bad_request("chat member status can't be changed in private chats")
        room.bot_part = "left"
        self.bell.ring()


def spoken(text: str) -> Formatted:
    """Return what a person typed as Telegram sends it.

    Raises:
        ValueError: It is empty or too long for one message; Telegram's apps would not send it.
    """
    result = formatted(text)
    if not result.text:
        raise ValueError("nobody can send an empty message")
    if utf16_length(result.text) > TEXT_LIMIT:
        raise ValueError(f"nobody can send more than {TEXT_LIMIT} characters in a message")
    return result


def _is_command_for(username: str, message: Message) -> bool:
    first = next(iter(message.marks()), None)
    if first is None or first.type != "bot_command" or first.offset:
        return False
    _, at, addressee = message.marked("bot_command")[0].partition("@")
    return not at or addressee.lower() == username.lower()


def _quote(answered: Message, reply: ReplyParameters) -> TextQuote | None:
    if not reply.quote:
        return None
    if reply.quote_parse_mode or reply.quote_entities:
        raise unsupported("quotes with formatting are not supported")
    return TextQuote(text=reply.quote, position=quoted(answered.words(), reply.quote), is_manual=True)
