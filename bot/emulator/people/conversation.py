"""A chat as the people in it use it."""

import re

from bot.emulator.objects import (
    CallbackQuery,
    InlineQuery,
    InlineQueryResultArticle,
    Message,
    PhotoSize,
    Sticker,
    User,
    Voice,
)
from bot.emulator.people.waiting import WatchedChat, shown
from bot.emulator.text.entities import Formatted, formatted
from bot.emulator.text.html_parser import parse_text
from bot.emulator.world.files import StoredFile, Upload, described
from bot.emulator.world.people_messages import spoken

Topic = str | int | None
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Conversation(WatchedChat):
    """What people say and do in a chat, and what they are answered."""

    def say(
        self,
        text: str,
        sender: User | None = None,
        reply_to: Message | None = None,
        topic: Topic = None,
        mentioned: User | None = None,
    ) -> Message:
        """Send a text.

        Args:
            text: What somebody types; commands, mentions and links in it are marked as Telegram marks them.
            sender: Who; may be left out where there is one person only, and means the first member otherwise.
            reply_to: The message it answers.
            topic: The topic of a forum, by name or id.
            mentioned: Somebody whose first name stands in the text and was picked from the list (`text_mention`).

        Returns:
            The message that was sent.

        Raises:
            ValueError: Telegram's apps would not send such a text, or not there.
        """
        words = spoken(text, mentioned)
        return self._send(sender, reply_to, topic, text=words.text, entities=words.entities_or_none())

    def start(self, payload: str = "", sender: User | None = None) -> Message:
        """Follow a link to the bot (``t.me/BOT?start=PAYLOAD``): the app sends /start with what the link carries.

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
        """Send a file; the first member does when nobody is named."""
        stored = self._store(content, "documents", name, mime_type)
        return self._send_media(formatted(caption), sender, topic, document=described(stored))

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

    def _send_media(
        self, caption: Formatted, sender: User | None = None, topic: Topic = None, **content: object
    ) -> Message:
        words = {"caption": caption.text or None, "caption_entities": caption.entities_or_none()}
        return self._send(sender, None, topic, **words, **content)

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

    # Doing something with a message

    def edit(self, message: Message, text: str) -> Message:
        """Change the text (or the words under a file) of a message; its sender does.

        Raises:
            ValueError: Telegram's apps would not send such a text.
        """
        current = self.message(message)
        if current.text is None:
            caption = formatted(text)
            changes = {"caption": caption.text or None, "caption_entities": caption.entities_or_none()}
            return self._world.speech.edit(self._room, current, **changes)
        words = spoken(text)
        return self._world.speech.edit(self._room, current, text=words.text, entities=words.entities_or_none())

    def delete(self, message: Message) -> None:
        """Delete a message; the bot is not told."""
        self._world.delete(self._room, message.message_id)

    def react(self, message: Message, emoji: str | None, by: User | None = None) -> None:
        """React to a message, or (`None`) take the reaction back; the first member does when nobody is named."""
        self._world.speech.react(self._room, by or self.first(), self.message(message), emoji)

    def press(self, message: Message, button: str, by: User | None = None, *, stale: bool = False) -> CallbackQuery:
        """Press a button under a message.

        Args:
            message: The message; the buttons it has now count. One that was deleted meanwhile can still be on screen.
            button: The words on the button, or the data it sends.
            by: Who presses; the first member when left out.
            stale: Press what the message had when it was handed out, as somebody does whose screen is behind.

        Raises:
            LookupError: There is no such button, or it does not call the bot.
        """
        shown_now = message if stale else self._room.messages.get(message.message_id, message)
        return self._world.queries.press(self._room, by or self.first(), message, _data(shown_now, button))

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
        """Send a result that the bot offered, named by its title or id.

        Raises:
            LookupError: It offered no such result.
        """
        offer = self._world.queries.offered.get(typed.id)
        for offered in offer.results if offer else ():
            if result in {offered.id, offered.title}:
                return self._world.queries.choose(self._room, typed, offered, _sent(offered))
        raise LookupError(f"no result {result!r} was offered for {typed.query!r}")

    # The bot's part

    def block_bot(self) -> None:
        """Have the person of a private chat block the bot."""
        self._world.membership.block(self.first(), blocked=True)

    def unblock_bot(self) -> None:
        """Have them let it in again."""
        self._world.membership.block(self.first(), blocked=False)

    # Waiting for nothing

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
        if said := self.from_bot_after(after.message_id):
            raise AssertionError(f"the bot should have stayed quiet, but said: {shown(said)}")

    def _stranger(self) -> "Conversation":
        return Conversation(self._world, self._world.private_room(self._world.add_person("Stranger")))


def _data(message: Message, wanted: str) -> str:
    for button in message.buttons():
        if wanted in {button.text, button.callback_data} and button.callback_data:
            return button.callback_data
    shown = ", ".join(repr(button.text) for button in message.buttons()) or "no buttons"
    raise LookupError(f"no button {wanted!r} that calls the bot under message {message.message_id}: {shown}")


def _sent(result: InlineQueryResultArticle) -> dict[str, object]:
    content = result.input_message_content
    words = parse_text(content.message_text, content.parse_mode, content.entities)
    return {
        "text": words.text,
        "entities": words.entities_or_none(),
        "link_preview_options": content.link_preview_options,
    }
