"""The bot's actions on messages: post, change and react."""

from bot.emulator.errors import bad_request, unsupported
from bot.emulator.objects.messages import Message
from bot.emulator.objects.texts import ReplyParameters, TextQuote
from bot.emulator.text.entities import quote_position, utf16_length
from bot.emulator.world.chat_room import ChatRoom, Reactions
from bot.emulator.world.people_messages import show_reactions
from bot.emulator.world.state import WorldState

_UNCHANGED = (
    "message is not modified: specified new message content and reply markup "
    "are exactly the same as a current content and reply markup of the message"
)


_KEPT_IN_QUOTES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler", "custom_emoji"})
"""Marks that a quote must hold just as the message does (Bot API, ReplyParameters)."""


class BotMessages:
    """The messages of the bot."""

    def __init__(self, state: WorldState) -> None:
        self._state = state

    def post(
        self, room: ChatRoom, reply: ReplyParameters | None, topic: int | None, content: dict[str, object]
    ) -> Message:
        """Have the bot send a message; refuse where it may not write, or the topic or answered message is gone."""
        room.check_bot_may_write()
        answered = room.reply_target(reply)
        room.check_topic(room.topic_of(answered) if topic is None else topic)
        quote = _quote(answered, reply) if answered and reply else None
        sender = {"sender_chat": room.chat} if room.is_channel else {"from_user": self._state.bot.as_user()}
        message = self._state.new(room, **sender, quote=quote, **room.place(answered, topic), **content)
        return self._state.show(room, message, room.bot)

    def revise(self, room: ChatRoom, message: Message, changes: dict[str, object]) -> Message:
        """Have the bot change a message; refuse one that is not its own, or would not change."""
        if not self.is_own(room, message) or message.is_service:
            raise bad_request("message can't be edited")
        if all(getattr(message, name) == value for name, value in changes.items()):
            raise bad_request(_UNCHANGED)
        edited = {"edit_date": self._state.now()} if set(changes) != {"reply_markup"} else {}
        return self._state.change(room, message, **(changes | edited))

    def is_own(self, room: ChatRoom, message: Message) -> bool:
        """Tell whether the bot posted a message, itself or through a person who chose a result of it."""
        if message.via_bot and message.via_bot.id == room.bot:
            return True
        return room.authors.get(message.message_id) == room.bot

    def react(self, room: ChatRoom, message_id: int, reactions: Reactions) -> None:
        """Have the bot react to a message; no reaction takes the earlier one back."""
        room.message(message_id, "message to react")
        room.reactions.setdefault(message_id, {})[room.bot] = reactions
        show_reactions(self._state, room, message_id)


def _quote(answered: Message, reply: ReplyParameters) -> TextQuote | None:
    if not reply.quote:
        return None
    if reply.quote_parse_mode:
        raise unsupported("quotes with a parse mode are not supported")
    position, marks = quote_position(answered.words(), reply.quote), tuple(reply.quote_entities or ())
    end = position + utf16_length(reply.quote)
    there = {
        (mark.type, max(mark.offset, position) - position, min(mark.end, end) - position)
        for mark in answered.marks()
        if mark.type in _KEPT_IN_QUOTES and mark.offset < end and mark.end > position
    }
    if there != {(mark.type, mark.offset, mark.end) for mark in marks if mark.type in _KEPT_IN_QUOTES}:
        raise bad_request("QUOTE_TEXT_INVALID")
    return TextQuote(text=reply.quote, position=position, entities=marks or None, is_manual=True)
