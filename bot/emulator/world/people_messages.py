"""People's actions on messages: say, edit, delete and react."""

from bot.emulator.objects.chats import CHANNEL, GROUP_ANONYMOUS, TELEGRAM, User
from bot.emulator.objects.messages import Message, MessageOriginChannel, ReactionType
from bot.emulator.objects.texts import MessageEntity
from bot.emulator.objects.updates import MessageReactionCountUpdated, MessageReactionUpdated, ReactionCount
from bot.emulator.text.entities import FormattedText, fix_formatted_text, utf16_length
from bot.emulator.text.html_parser import TEXT_LIMIT
from bot.emulator.world.chat_room import ChatRoom
from bot.emulator.world.state import WorldState

_FORWARDED = ("text", "entities", "document", "photo", "voice", "sticker", "caption", "caption_entities")


class PeopleMessages:
    """The messages of people."""

    def __init__(self, state: WorldState) -> None:
        self._state = state

    def say(
        self, room: ChatRoom, sender: User, answered: Message | None, topic: int | None, **content: object
    ) -> Message:
        """Have a person send a message, and tell the bot if it may know.

        Raises:
            ValueError: They may not write there.
        """
        self._check(room, sender, answered, topic)
        message = self._state.new(room, **self._signature(room, sender), **room.place(answered, topic), **content)
        return self._publish(room, message, sender.id)

    def say_as_channel(
        self, room: ChatRoom, sender: User, channel: ChatRoom, answered: Message | None, words: str
    ) -> Message:
        """Have a person write in a group under the name of a channel they run.

        Raises:
            ValueError: They may not write there, or do not run the channel.
        """
        self._check(room, sender, answered, None)
        if not channel.member(sender).runs_it:
            raise ValueError(f"{sender.first_name} does not run {channel.chat.title}")
        speaker = {"from_user": CHANNEL, "sender_chat": channel.chat}
        message = self._state.new(room, **speaker, **sendable(words).as_text(), **room.place(answered, None))
        return self._publish(room, message, sender.id)

    def _check(self, room: ChatRoom, sender: User, answered: Message | None, topic: int | None) -> None:
        member = room.member(sender)
        if not member.is_in or room.migrate_to_chat_id is not None:
            raise ValueError(f"{sender.first_name} is not in {room.chat.title or 'this chat'}")
        if room.is_channel and not member.runs_it:
            raise ValueError(f"{sender.first_name} may not post in {room.chat.title}")
        topic = room.topic_of(answered) if topic is None else topic
        if topic is not None and topic not in room.topics:
            raise ValueError(f"there is no topic {topic} in {room.chat.title}")
        if topic in room.closed_topics and not member.runs_it:
            raise ValueError(f"the topic {room.topics[topic]} is closed" if topic else "the topic is closed")

    def _signature(self, room: ChatRoom, sender: User) -> dict[str, object]:
        member = room.member(sender)
        if room.is_channel:
            return {"sender_chat": room.chat, "author_signature": member.custom_title}
        if member.is_anonymous:
            return {"from_user": GROUP_ANONYMOUS, "sender_chat": room.chat, "author_signature": member.custom_title}
        return {"from_user": member.user}

    def _publish(self, room: ChatRoom, message: Message, author: int) -> Message:
        self._state.show(room, message, author)
        self._state.tell(room, message)
        if room.linked_chat_id is not None:
            self.forward(message, self._state.rooms[room.linked_chat_id])
        return message

    def forward(self, post: Message, group: ChatRoom) -> Message:
        """Have Telegram repeat a post of a channel in the group that is linked to it."""
        origin = MessageOriginChannel(date=post.date, chat=post.chat, message_id=post.message_id)
        sender = {"from_user": TELEGRAM, "sender_chat": post.chat}
        content = {name: getattr(post, name) for name in _FORWARDED}
        message = self._state.new(group, **sender, is_automatic_forward=True, forward_origin=origin, **content)
        self._state.show(group, message)
        self._state.tell(group, message)
        return message

    def edit(self, room: ChatRoom, message: Message, **content: object) -> Message:
        """Have a person change a message of theirs."""
        changed = self._state.change(room, message, **content, edit_date=self._state.now())
        self._state.tell(room, changed, edited=True)
        return changed

    def react(self, room: ChatRoom, person: User, message: Message, emoji: str | None) -> None:
        """Have a person react to a message; `None` takes the reaction back.

        In a group the bot is told only when it is an administrator; of posts in a channel it is told the counts.
        """
        reactions = room.reactions.setdefault(message.message_id, {})
        former, latter = reactions.get(person.id, ()), (ReactionType(type="emoji", emoji=emoji),) if emoji else ()
        if former == latter:
            return
        reactions[person.id] = latter
        show_reactions(self._state, room, message.message_id)
        place = {"chat": room.chat, "message_id": message.message_id, "date": self._state.now()}
        if room.is_channel and room.bot_member.runs_it:
            counted = MessageReactionCountUpdated.model_validate(
                {**place, "reactions": counts(room, message.message_id)}
            )
            self._state.updates.put("message_reaction_count", counted)
        elif room.is_private or room.bot_member.runs_it:
            member = room.member(person)
            who = {"actor_chat": room.chat} if member.is_anonymous else {"user": member.user}
            change = {"old_reaction": former, "new_reaction": latter}
            update = MessageReactionUpdated.model_validate({**place, **who, **change})
            self._state.updates.put("message_reaction", update)


def counts(room: ChatRoom, message_id: int) -> tuple[ReactionCount, ...]:
    """Return how many people gave each reaction to a message, the bot among them."""
    reactions = [reaction for mine in room.reactions.get(message_id, {}).values() for reaction in mine]
    return tuple(ReactionCount(type=kind, total_count=reactions.count(kind)) for kind in dict.fromkeys(reactions))


def show_reactions(state: WorldState, room: ChatRoom, message_id: int) -> None:
    """Let people see the reactions to a message."""
    state.journal.add("reaction", room.chat.id, message_id=message_id, reactions=counts(room, message_id))


def sendable(text: str, mentioned: User | None = None) -> FormattedText:
    """Return typed words as Telegram sends them.

    `mentioned` is a person whose name in the text was picked from the list, as people without a username need.

    Raises:
        ValueError: The text is empty or too long for one message; Telegram's apps would not send it.
    """
    result = fix_formatted_text(text, _mention(text, mentioned) if mentioned else ())
    if not result.text:
        raise ValueError("nobody can send an empty message")
    if utf16_length(result.text) > TEXT_LIMIT:
        raise ValueError(f"nobody can send more than {TEXT_LIMIT} characters in a message")
    return result


def _mention(text: str, mentioned: User) -> list[MessageEntity]:
    place = text.find(mentioned.first_name)
    if place < 0:
        raise ValueError(f"{mentioned.first_name} is not in the text")
    offset, length = utf16_length(text[:place]), utf16_length(mentioned.first_name)
    return [MessageEntity(type="text_mention", offset=offset, length=length, user=mentioned)]
