"""A chat from the side of the people in it."""

import re

from bot.emulator.objects.chats import User
from bot.emulator.objects.inline import InlineQueryResultArticle
from bot.emulator.objects.messages import Location, Message, PhotoSize, Sticker, Voice
from bot.emulator.objects.updates import CallbackQuery, InlineQuery
from bot.emulator.people.waiting import PATIENCE, WatchedChat, transcript
from bot.emulator.text.entities import fix_formatted_text
from bot.emulator.text.html_parser import parse_text
from bot.emulator.world.files import StoredFile, Upload
from bot.emulator.world.people_messages import sendable

Topic = str | int | None
JPEG = b"\xff\xd8\xff\xd9"
"""The shortest picture."""
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Conversation(WatchedChat):
    """The messages and actions of people in a chat; where nobody is named, the first member acts."""

    def say(
        self,
        text: str,
        sender: User | None = None,
        reply_to: Message | None = None,
        topic: Topic = None,
        mentioned: User | None = None,
    ) -> Message:
        """Send a text and return the message; commands, mentions and links in it are marked as Telegram marks them.

        `topic` is a topic of a forum by name or id; `mentioned` is a person whose first name stands in the text and was
        picked from the list (`text_mention`).

        Raises:
            ValueError: Telegram's apps would not send such a text, or not there.
        """
        return self._send(sender, reply_to, topic, **sendable(text, mentioned).as_text())

    def start(self, payload: str = "", sender: User | None = None) -> Message:
        """Follow a link to the bot (``t.me/BOT?start=PAYLOAD``): the app sends /start with the payload.

        Raises:
            ValueError: No such link can be made.
        """
        if payload and not _PAYLOAD.fullmatch(payload):
            raise ValueError("a link carries 1 to 64 of A-Z, a-z, 0-9, _ and -")
        command = "/start" if self._room.is_private else f"/start@{self._world.bot.username}"
        return self.say(f"{command} {payload}".strip(), sender)

    def send_document(
        self,
        content: bytes,
        name: str = "file.txt",
        mime_type: str | None = "text/plain",
        *,
        caption: str = "",
        sender: User | None = None,
        topic: Topic = None,
    ) -> Message:
        """Send a file."""
        document = self._store(content, "documents", name, mime_type).as_document()
        return self._send_media(caption, sender, topic, document=document)

    def send_photo(
        self, content: bytes = JPEG, *, caption: str = "", sender: User | None = None, reply_to: Message | None = None
    ) -> Message:
        """Send a photo."""
        return self._send_media(caption, sender, reply_to=reply_to, photo=self._photo(content))

    def send_album(
        self, *captions: str, sender: User | None = None, reply_to: Message | None = None, documents: bool = False
    ) -> list[Message]:
        """Send photos or documents as one message in the app; the bot is told of each."""
        group = {"media_group_id": self._world.new_query_id()}
        content = [
            {"document": self._store(b"text", "documents", "a.txt", "text/plain").as_document()}
            if documents
            else {"photo": self._photo(JPEG)}
            for _ in captions
        ]
        return [
            self._send_media(caption, sender, reply_to=reply_to, **group, **media)
            for caption, media in zip(captions, content, strict=True)
        ]

    def send_live_location(self, *, sender: User | None = None, reply_to: Message | None = None) -> Message:
        """Share where one is for an hour; `move` tells of each movement."""
        return self._send(sender, reply_to, None, location=Location(latitude=35.6, longitude=139.7, live_period=3600))

    def move(self, message: Message) -> Message:
        """Move on while a location is shared: the app edits the message."""
        current = self.message(message)
        assert current.location is not None  # noqa: S101 - a mistake of the test
        place = current.location.model_copy(update={"latitude": current.location.latitude + 0.001})
        return self._world.speech.edit(self._room, current, location=place)

    def _photo(self, content: bytes) -> tuple[PhotoSize]:
        stored = self._store(content, "photos", "photo.jpg", "image/jpeg")
        return (stored.as_media(PhotoSize, width=640, height=480),)

    def send_voice(self, content: bytes = b"OggS", *, duration: int = 3, caption: str = "") -> Message:
        """Send a voice note; the duration is in seconds."""
        stored = self._store(content, "voice", "voice.oga", "audio/ogg")
        return self._send_media(caption, voice=stored.as_media(Voice, duration=duration))

    def send_sticker(
        self,
        content: bytes = b"RIFF",
        *,
        emoji: str = "🙂",
        sender: User | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """Send a sticker."""
        stored = self._store(content, "stickers", "sticker.webp", "image/webp")
        return self._send_media("", sender, reply_to=reply_to, sticker=stored.as_media(Sticker, emoji=emoji))

    def _send_media(
        self,
        caption: str,
        sender: User | None = None,
        topic: Topic = None,
        reply_to: Message | None = None,
        **content: object,
    ) -> Message:
        return self._send(sender, reply_to, topic, **fix_formatted_text(caption).as_caption(), **content)

    def _store(self, content: bytes, folder: str, name: str, mime_type: str | None) -> StoredFile:
        return self._world.files.add(Upload(content=content, name=name, mime_type=mime_type), folder)

    def _send(self, sender: User | None, reply_to: Message | None, topic: Topic, **content: object) -> Message:
        answered = self.message(reply_to) if reply_to else None
        return self._world.speech.say(self._room, sender or self.first(), answered, self.topic(topic), **content)

    def first(self) -> User:
        """Return the first member."""
        return next(iter(self._room.people.values()))

    def topic(self, topic: Topic) -> int | None:
        """Return the id of a topic that may be named by its title.

        Raises:
            KeyError: There is no such topic.
        """
        if isinstance(topic, str):
            return {name: number for number, name in self._room.topics.items()}[topic]
        return topic

    # Actions on a message

    def edit(self, message: Message, text: str) -> Message:
        """Change the text (or the caption of a file) of a message; its sender does.

        Raises:
            ValueError: Telegram's apps would not send such a text.
        """
        current = self.message(message)
        changes = fix_formatted_text(text).as_caption() if current.text is None else sendable(text).as_text()
        return self._world.speech.edit(self._room, current, **changes)

    def delete(self, message: Message) -> None:
        """Delete a message; the bot is not told."""
        self._world.delete(self._room, message.message_id)

    def react(self, message: Message, emoji: str | None, by: User | None = None) -> None:
        """React to a message, or (`None`) take the reaction back."""
        self._world.speech.react(self._room, by or self.first(), self.message(message), emoji)

    def press(self, message: Message, button: str, by: User | None = None, *, stale: bool = False) -> CallbackQuery:
        """Press a button under a message, named by its words or the data it sends.

        The buttons count that the message has now, or (`stale`) had when it was handed out, as on a screen that is
        behind. A message that was deleted meanwhile can still be on screen.

        Raises:
            LookupError: There is no such button, or it does not call the bot.
        """
        on_screen = message if stale else self._room.messages.get(message.message_id, message)
        return self._world.queries.press(self._room, by or self.first(), message, _data(on_screen, button))

    def forge(self, message: Message, data: str, by: User | None = None) -> CallbackQuery:
        """Send any data as that of a button under a message, as a changed app can (Bot API, CallbackQuery, `data`)."""
        return self._world.queries.press(self._room, by or self.first(), self.message(message), data)

    def expire(self, query: CallbackQuery | InlineQuery) -> None:
        """Let the time in which the bot could have answered be up."""
        self._world.queries.expire(query.id)

    # Inline mode

    def type_inline(self, words: str, by: User | None = None, *, offset: str = "") -> InlineQuery:
        """Type words behind the bot's name; the bot need not be in the chat.

        Raises:
            ValueError: The bot has no inline mode.
        """
        return self._world.queries.type(self._room, by or self.first(), words, offset)

    def choose(self, typed: InlineQuery, result: str) -> Message:
        """Send a result of the bot's offer, named by its title or id.

        Raises:
            LookupError: It offered no such result.
        """
        offer = self._world.queries.inline_answers.get(typed.id)
        for article in offer.results if offer else ():
            if result in {article.id, article.title}:
                return self._world.queries.choose(self._room, typed, article, _content(article))
        raise LookupError(f"no result {result!r} was offered for {typed.query!r}")

    # Blocking the bot

    def block_bot(self) -> None:
        """Have the person of a private chat block the bot."""
        self._world.membership.block(self.first(), blocked=True)

    def unblock_bot(self) -> None:
        """Have them let it in again."""
        self._world.membership.block(self.first(), blocked=False)

    # Waiting for nothing

    async def quiet(
        self, after: Message, probe: "Conversation | None" = None, text: str = "/help", timeout: float = PATIENCE
    ) -> None:
        """Make sure that the bot sends no message here after another message.

        No absence can be seen, so a person asks the bot afterwards in another chat (`probe`, or a stranger's) and waits
        for that reply. A bot that takes updates in their order has then dealt with this chat's message too. For a bot
        that does not, let the text take longer than the reply to exclude.

        Raises:
            AssertionError: The bot did send a message here, or did not answer the probe.
        """
        other = probe or self._stranger()
        await other.next_reply(other.say(text), timeout)
        if said := self.from_bot_after(after.message_id):
            raise AssertionError(f"the bot should have stayed quiet, but said: {transcript(said)}")

    def _stranger(self) -> "Conversation":
        return Conversation(self._world, self._world.private_room(self._world.add_person("Stranger")))


def _data(message: Message, wanted: str) -> str:
    for button in message.buttons():
        if wanted in {button.text, button.callback_data} and button.callback_data:
            return button.callback_data
    buttons = ", ".join(repr(button.text) for button in message.buttons()) or "no buttons"
    raise LookupError(f"no button {wanted!r} that calls the bot under message {message.message_id}: {buttons}")


def _content(result: InlineQueryResultArticle) -> dict[str, object]:
    content = result.input_message_content
    words = parse_text(content.message_text, content.parse_mode, content.entities)
    return {**words.as_text(), "link_preview_options": content.link_preview_options}
