"""The people's side, for tests and the demo: who they are, what they say, and what they are answered."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from bot.emulator.entities import Formatted, formatted
from bot.emulator.files import StoredFile, Upload, described
from bot.emulator.journal import CallbackAnswer
from bot.emulator.objects import CallbackQuery, Chat, Message, PhotoSize, Sticker, User, Voice
from bot.emulator.rooms import Room
from bot.emulator.world import World, spoken

Topic = str | int | None
Found = TypeVar("Found")
_SHOWN = 8


class Conversation:
    """A chat as the people in it use it.

    Args:
        world: Where it takes place.
        room: The chat.
    """

    def __init__(self, world: World, room: Room) -> None:
        self._world = world
        self._room = room

    @property
    def id(self) -> int:
        """The chat's id."""
        return self._room.chat.id

    @property
    def chat(self) -> Chat:
        """The chat as messages name it."""
        return self._room.chat

    @property
    def messages(self) -> list[Message]:
        """All messages that are there, oldest first, as they are now."""
        return list(self._room.messages.values())

    @property
    def bot_messages(self) -> list[Message]:
        """What the bot said here, oldest first, as it is now."""
        return [message for message in self.messages if self._is_from_bot(message)]

    def message(self, message: Message | int) -> Message:
        """Return a message as it is now.

        Raises:
            KeyError: It is gone.
        """
        return self._room.messages[message if isinstance(message, int) else message.message_id]

    def reactions(self, message: Message) -> list[str]:
        """Return the emoji with which the bot reacted to a message."""
        return [reaction.emoji for reaction in self._room.reactions.get(message.message_id, ())]

    # Saying

    def say(
        self, text: str, sender: User | None = None, reply_to: Message | None = None, topic: Topic = None
    ) -> Message:
        """Send a text.

        Args:
            text: What somebody types; commands, mentions and links in it are marked as Telegram marks them.
            sender: Who; may be left out where there is one person only, and means the first member otherwise.
            reply_to: The message it answers.
            topic: The topic of a forum, by name or id.

        Returns:
            The message that was sent.

        Raises:
            ValueError: Telegram's apps would not send such a text.
        """
        words = spoken(text)
        return self._send(sender, reply_to, topic, text=words.text, entities=words.entities_or_none())

    def send_document(
        self, content: bytes, name: str = "file.txt", mime_type: str = "text/plain", *, caption: str = ""
    ) -> Message:
        """Send a file; the first member does."""
        stored = self._store(content, "documents", name, mime_type)
        return self._send_media(formatted(caption), document=described(stored))

    def send_photo(self, content: bytes = b"\xff\xd8\xff\xd9", *, caption: str = "") -> Message:
        """Send a photo; the first member does."""
        stored = self._store(content, "photos", "photo.jpg", "image/jpeg")
        photo = PhotoSize(
            file_id=stored.file_id, file_unique_id=stored.unique_id, file_size=len(content), width=640, height=480
        )
        return self._send_media(formatted(caption), photo=(photo,))

    def send_voice(self, content: bytes = b"OggS", *, duration: int = 3, caption: str = "") -> Message:
        """Send a voice note; the first member does."""
        stored = self._store(content, "voice", "voice.oga", "audio/ogg")
        voice = Voice(
            file_id=stored.file_id, file_unique_id=stored.unique_id, file_size=len(content), duration=duration
        )
        return self._send_media(formatted(caption), voice=voice)

    def send_sticker(self, content: bytes = b"RIFF", *, emoji: str = "🙂") -> Message:
        """Send a sticker; the first member does."""
        stored = self._store(content, "stickers", "sticker.webp", "image/webp")
        return self._send_media(
            formatted(""),
            sticker=Sticker(
                file_id=stored.file_id, file_unique_id=stored.unique_id, file_size=len(content), emoji=emoji
            ),
        )

    def _send_media(self, caption: Formatted, **content: object) -> Message:
        words = {"caption": caption.text or None, "caption_entities": caption.entities_or_none()}
        return self._send(None, None, None, **words, **content)

    def _store(self, content: bytes, folder: str, name: str, mime_type: str) -> StoredFile:
        return self._world.files.add(Upload(content=content, name=name, mime_type=mime_type), folder)

    def _send(self, sender: User | None, reply_to: Message | None, topic: Topic, **content: object) -> Message:
        answered = self.message(reply_to) if reply_to else None
        return self._world.say(self._room, sender or self._first(), answered, self.topic(topic), **content)

    def _first(self) -> User:
        return next(iter(self._room.people.values()))

    def topic(self, topic: Topic) -> int | None:
        """Return the id of a topic that may be named by its title.

        Raises:
            KeyError: There is no such topic.
        """
        if isinstance(topic, str):
            return {name: number for number, name in self._room.topics.items()}[topic]
        return topic

    def edit(self, message: Message, text: str) -> Message:
        """Change the text of a message; its sender does.

        Raises:
            ValueError: Telegram's apps would not send such a text.
        """
        words = spoken(text)
        return self._world.edit(self._room, self.message(message), text=words.text, entities=words.entities_or_none())

    def delete(self, message: Message) -> None:
        """Delete a message; the bot is not told."""
        self._world.delete(self._room, message.message_id)

    def press(self, message: Message, button: str, by: User | None = None) -> CallbackQuery:
        """Press a button under a message.

        Args:
            message: The message; the buttons it has now count.
            button: The words on the button, or the data it sends.
            by: Who presses; the first member when left out.

        Raises:
            LookupError: There is no such button, or it does not call the bot.
        """
        current = self.message(message)
        data = _data(current, button)
        return self._world.press(self._room, by or self._first(), current, data)

    def promote_bot(self) -> None:
        """Make the bot an administrator."""
        self._room.bot_part = "administrator"

    # Waiting

    async def next_reply(
        self,
        after: Message | None = None,
        timeout: float = 10,  # noqa: ASYNC109 - the limit is what a test tunes, and the error must say what was seen
    ) -> Message:
        """Wait for the first message of the bot that comes after another message.

        Args:
            after: Any message of this chat; when left out, any message of the bot will do.
            timeout: In seconds.

        Raises:
            AssertionError: It did not come in time.
        """
        last = after.message_id if after else 0
        return await self._wait(lambda: self._from_bot_after(last), timeout, f"a message after number {last}")

    async def reply_to(
        self,
        question: Message,
        timeout: float = 10,  # noqa: ASYNC109 - see next_reply
    ) -> Message:
        """Wait for the bot's first message that answers (quotes) exactly this message.

        Raises:
            AssertionError: It did not come in time.
        """
        wanted = question.message_id
        return await self._wait(lambda: self._answering(wanted), timeout, f"a reply to number {wanted}")

    async def next_edit(
        self,
        message: Message,
        timeout: float = 10,  # noqa: ASYNC109 - see next_reply
    ) -> Message:
        """Wait until a message is no longer what it was when it was handed out, and return what it is now.

        Raises:
            AssertionError: It did not change in time.
        """
        return await self._wait(lambda: self._changed(message), timeout, f"a change of number {message.message_id}")

    async def answered(
        self,
        pressed: CallbackQuery,
        timeout: float = 10,  # noqa: ASYNC109 - see next_reply
    ) -> CallbackAnswer:
        """Wait until the bot answers the press of a button.

        Raises:
            AssertionError: It did not in time.
        """
        return await self._wait(lambda: self._world.answers.get(pressed.id), timeout, "an answer to the button")

    async def quiet(
        self,
        after: Message,
        probe: "Conversation | None" = None,
        text: str = "/help",
        timeout: float = 10,  # noqa: ASYNC109 - see next_reply
    ) -> None:
        """Make sure that the bot says nothing here after a message.

        Nothing can be seen to never happen, so somebody asks the bot something afterwards in another chat and waits
        for that reply. A bot that takes updates in their order has then dealt with this chat's message too. For one
        that does not, ask something that takes longer than what you want to exclude.

        Args:
            after: The message that should stay unanswered.
            probe: The other chat; a private one with somebody new when left out.
            text: What to ask there; the bot must answer it.
            timeout: In seconds, for the reply to the probe.

        Raises:
            AssertionError: The bot did say something here, or did not answer the probe.
        """
        other = probe or self._stranger()
        await other.next_reply(other.say(text), timeout)
        if said := self._from_bot_after(after.message_id):
            raise AssertionError(f"the bot should have stayed quiet, but said: {_shown(said)}")

    def _stranger(self) -> "Conversation":
        return Conversation(self._world, self._world.private_room(self._world.add_person("Stranger")))

    async def _wait(self, look: Callable[[], Found | None], seconds: float, wanted: str) -> Found:
        found = await self._world.bell.until(look, seconds)
        if found is None:
            raise AssertionError(self._unseen(wanted, seconds))
        return found

    def _unseen(self, wanted: str, seconds: float) -> str:
        seen = "\n".join(f"  {_shown(message)}" for message in self.messages[-_SHOWN:]) or "  nothing"
        calls = "\n".join(f"  {call.method} {call.error or ''}".rstrip() for call in self._world.calls[-_SHOWN:])
        return f"no {wanted} within {seconds} s. The chat:\n{seen}\nThe bot's latest calls:\n{calls or '  none'}"

    def _is_from_bot(self, message: Message) -> bool:
        return message.from_user is not None and message.from_user.id == self._world.bot.id

    def _from_bot_after(self, last: int) -> Message | None:
        return next((said for said in self.messages if said.message_id > last and self._is_from_bot(said)), None)

    def _answering(self, message_id: int) -> Message | None:
        return next((said for said in self.bot_messages if _answers(said, message_id)), None)

    def _changed(self, message: Message) -> Message | None:
        current = self.message(message)
        return current if current != message else None


class Group(Conversation):
    """A chat of several people and the bot."""

    def add_topic(self, name: str) -> int:
        """Add a topic (in a forum) and return its id."""
        return self._world.add_topic(self._room, name, self._first())

    def join(self, person: User) -> None:
        """Let somebody in."""
        self._room.people[person.id] = person


class People:
    """Makes people and chats.

    Args:
        world: Where they are to be.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def person(self, first_name: str, *, username: str | None = None, language_code: str | None = "en") -> User:
        """Add a person."""
        return self._world.add_person(first_name, username, language_code)

    def private_chat(self, person: User) -> Conversation:
        """Return the chat between a person and the bot."""
        return Conversation(self._world, self._world.private_room(person))

    def group(self, title: str, members: Iterable[User], *, basic: bool = False) -> Group:
        """Add a group with the bot in it: a supergroup, or a basic group. The first member is the owner."""
        return Group(self._world, self._world.add_group(title, members, basic=basic))

    def forum(self, title: str, members: Iterable[User], topics: Iterable[str]) -> Group:
        """Add a group with topics and the bot in it. The first member is the owner."""
        group = Group(self._world, self._world.add_group(title, members, forum=True))
        for name in topics:
            group.add_topic(name)
        return group


def _data(message: Message, wanted: str) -> str:
    for button in message.buttons():
        if wanted in {button.text, button.callback_data} and button.callback_data:
            return button.callback_data
    shown = ", ".join(repr(button.text) for button in message.buttons()) or "no buttons"
    raise LookupError(f"no button {wanted!r} that calls the bot under message {message.message_id}: {shown}")


def _answers(message: Message, message_id: int) -> bool:
    return message.reply_to_message is not None and message.reply_to_message.message_id == message_id


def _shown(message: Message) -> str:
    sender = message.from_user.first_name if message.from_user else "?"
    return f"{message.message_id} {sender}: {message.words()!r}"
