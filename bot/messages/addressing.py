"""Which messages ask the bot a question: any words in a private chat; in a group those addressed to it."""

from telegram import Bot, Message, MessageEntity
from telegram.constants import ChatType

_MENTIONS: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION]


def question_in(message: Message, bot: Bot) -> str | None:
    """The question of a message without command or mention, maybe empty; None where the bot is not asked."""
    command = command_of(message)
    if command is not None:
        return _behind(message, command) if _is_ask(command, bot) else None
    if message.chat.type == ChatType.PRIVATE:
        return (message.text or message.caption or "").strip()
    if _is_reply_to(message, bot) or _mentions_of(message, bot):
        return _without_mention(message, bot).strip()
    return None


def command_of(message: Message) -> str | None:
    """The command that a message begins with, as written."""
    first = message.entities[0] if message.entities else None
    if first is None or first.type != MessageEntity.BOT_COMMAND or first.offset:
        return None
    return message.parse_entity(first)


def _is_ask(command: str, bot: Bot) -> bool:
    name, _, addressee = command.removeprefix("/").lower().partition("@")
    return name == "ask" and addressee in {"", bot.username.lower()}


def _behind(message: Message, command: str) -> str:
    return (message.text or "").removeprefix(command).strip()


def _is_reply_to(message: Message, bot: Bot) -> bool:
    """Whether a message replies to one of the bot's; every message of a topic the bot opened names that opening."""
    earlier = replied_to(message)
    return earlier is not None and earlier.from_user is not None and earlier.from_user.id == bot.id


def replied_to(message: Message) -> Message | None:
    """The message that a message replies to; the opening of its topic, which every message there names, is none."""
    earlier = message.reply_to_message
    return None if earlier is None or earlier.forum_topic_created is not None else earlier


def _mentions_of(message: Message, bot: Bot) -> list[str]:
    """The words of a message that mention the bot, as written."""
    entities = message.parse_entities(_MENTIONS) | message.parse_caption_entities(_MENTIONS)
    return [
        words
        for entity, words in entities.items()
        if words.lower() == f"@{bot.username}".lower() or (entity.user is not None and entity.user.id == bot.id)
    ]


def _without_mention(message: Message, bot: Bot) -> str:
    text = message.text or message.caption or ""
    for mention in _mentions_of(message, bot):
        text = text.replace(mention, " ", 1)
    return text
