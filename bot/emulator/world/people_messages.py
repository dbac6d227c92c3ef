"""What people do with messages: say, edit, delete them, react to them and press the buttons under them."""

from bot.emulator.objects import (
    CHANNEL,
    GROUP_ANONYMOUS,
    TELEGRAM,
    Message,
    MessageEntity,
    MessageOriginChannel,
    MessageReactionCountUpdated,
    MessageReactionUpdated,
    ReactionCount,
    ReactionType,
    User,
)
from bot.emulator.text.entities import Formatted, formatted, utf16_length
from bot.emulator.text.html_parser import TEXT_LIMIT
from bot.emulator.world.chat_room import ChatRoom, Reactions
from bot.emulator.world.state import WorldState


class PeopleMessages:
    """What people say.

    Args:
        stage: Where they say it.
    """

    def __init__(self, stage: WorldState) -> None:
        self._stage = stage

    def say(
        self, room: ChatRoom, sender: User, answered: Message | None, topic: int | None, **content: object
    ) -> Message:
        """Have a person send a message, and tell the bot if it may know.

        Raises:
            ValueError: They may not write there.
        """
        self._check(room, sender, answered, topic)
        message = self._stage.new(room, **self._signed(room, sender), **room.place(answered, topic), **content)
        return self._publish(room, message, sender.id)

    def say_as_channel(
        self, room: ChatRoom, sender: User, channel: ChatRoom, answered: Message | None, words: str
    ) -> Message:
        """Have a person say something in a group under the name of a channel they run.

        Raises:
            ValueError: They may not write there, or do not run the channel.
        """
        self._check(room, sender, answered, None)
        if not channel.part(sender).runs_it:
            raise ValueError(f"{sender.first_name} does not run {channel.chat.title}")
        text = spoken(words)
        message = self._stage.new(
            room,
            from_user=CHANNEL,
            sender_chat=channel.chat,
            text=text.text,
            entities=text.entities_or_none(),
            **room.place(answered, None),
        )
        return self._publish(room, message, sender.id)

    def _check(self, room: ChatRoom, sender: User, answered: Message | None, topic: int | None) -> None:
        part = room.part(sender)
        if not part.is_in or room.migrated_to is not None:
            raise ValueError(f"{sender.first_name} is not in {room.chat.title or 'this chat'}")
        if room.is_channel and not part.runs_it:
            raise ValueError(f"{sender.first_name} may not post in {room.chat.title}")
        topic = room.topic_of(answered) if topic is None else topic
        if topic is not None and topic not in room.topics:
            raise ValueError(f"there is no topic {topic} in {room.chat.title}")
        if topic in room.closed and not part.runs_it:
            raise ValueError(f"the topic {room.topics[topic]} is closed" if topic else "the topic is closed")

    def _signed(self, room: ChatRoom, sender: User) -> dict[str, object]:
        part = room.part(sender)
        if room.is_channel:
            return {"sender_chat": room.chat, "author_signature": part.custom_title}
        if part.is_anonymous:
            return {"from_user": GROUP_ANONYMOUS, "sender_chat": room.chat, "author_signature": part.custom_title}
        return {"from_user": part.user}

    def _publish(self, room: ChatRoom, message: Message, author: int) -> Message:
        self._stage.show(room, message, author)
        self._stage.tell(room, message)
        if room.linked is not None:
            self.forward(message, self._stage.rooms[room.linked])
        return message

    def forward(self, post: Message, group: ChatRoom) -> Message:
        """Have Telegram repeat a post of a channel in the group that is linked to it."""
        origin = MessageOriginChannel(date=post.date, chat=post.chat, message_id=post.message_id)
        carried = {name: getattr(post, name) for name in _CARRIED}
        message = self._stage.new(
            group,
            from_user=TELEGRAM,
            sender_chat=post.chat,
            is_automatic_forward=True,
            forward_origin=origin,
            **carried,
        )
        self._stage.show(group, message)
        self._stage.tell(group, message)
        return message

    def edit(self, room: ChatRoom, message: Message, **content: object) -> Message:
        """Have a person change a message of theirs."""
        changed = self._stage.change(room, message, **content, edit_date=self._stage.now())
        self._stage.tell(room, changed, edited=True)
        return changed

    def react(self, room: ChatRoom, person: User, message: Message, emoji: str | None) -> None:
        """Have a person react to a message; `None` takes the reaction back.

        In a group the bot is told only when it is an administrator; of posts in a channel it is told the counts.
        """
        given = room.reactions.setdefault(message.message_id, {})
        former, latter = given.get(person.id, ()), (ReactionType(type="emoji", emoji=emoji),) if emoji else ()
        if former == latter:
            return
        given[person.id] = latter
        show_reactions(self._stage, room, message.message_id)
        if room.is_private or room.bot_part.runs_it:
            self._tell_reaction(room, person, message.message_id, (former, latter))

    def _tell_reaction(
        self, room: ChatRoom, person: User, message_id: int, change: tuple[Reactions, Reactions]
    ) -> None:
        now = self._stage.now()
        if room.is_channel:
            counted = MessageReactionCountUpdated(
                chat=room.chat, message_id=message_id, date=now, reactions=counts(room, message_id)
            )
            self._stage.updates.put("message_reaction_count", counted)
            return
        part = room.part(person)
        happened = MessageReactionUpdated(
            chat=room.chat,
            message_id=message_id,
            user=None if part.is_anonymous else part.user,
            actor_chat=room.chat if part.is_anonymous else None,
            date=now,
            old_reaction=change[0],
            new_reaction=change[1],
        )
        self._stage.updates.put("message_reaction", happened)


_CARRIED = ("text", "entities", "document", "photo", "voice", "sticker", "caption", "caption_entities")


def counts(room: ChatRoom, message_id: int) -> tuple[ReactionCount, ...]:
    """Return how many gave each reaction to a message, the bot among them."""
    given = [reaction for mine in room.reactions.get(message_id, {}).values() for reaction in mine]
    return tuple(ReactionCount(type=kind, total_count=given.count(kind)) for kind in dict.fromkeys(given))


def show_reactions(stage: WorldState, room: ChatRoom, message_id: int) -> None:
    """Let people see what is thought of a message now."""
    stage.journal.add("reaction", room.chat.id, message_id=message_id, reactions=counts(room, message_id))


def spoken(text: str, mentioned: User | None = None) -> Formatted:
    """Return what a person typed as Telegram sends it.

    Args:
        text: What they typed.
        mentioned: Somebody whose name in it was picked from the list, which people without a username need.

    Raises:
        ValueError: It is empty or too long for one message; Telegram's apps would not send it.
    """
    result = formatted(text, _mention(text, mentioned) if mentioned else ())
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
