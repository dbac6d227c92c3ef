"""Which messages ask the bot a question: any words in a private chat; in a group those addressed to it."""

from cachetools import LRUCache
from telegram import Bot, Message, MessageEntity
from telegram.constants import ChatType
from telegram.ext import filters

from retrieval.brief.request import BRIEF_OF
from retrieval.side_by_side.request import COMPARISON_OF
from retrieval.timeline.request import TIMELINE_OF

_MENTIONS: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION]

LEADS = {"ask": "", "timeline": TIMELINE_OF, "compare": COMPARISON_OF, "brief": BRIEF_OF}
"""The commands that questions stand behind, and the words that they put before them."""
REMEMBERED = 10_000
"""Of how many albums it is known which part speaks for all."""


def question_in(message: Message, bot: Bot) -> str | None:
    """The question of a message without command or mention, maybe empty; None where the bot is not asked."""
    command = command_of(message)
    if command is not None:
        lead, behind = _lead(command, bot), _behind(message, command)
        if lead is None:
            return None
        is_said = behind if lead == LEADS["ask"] else any(map(str.isalnum, behind))
        return f"{lead}{behind}" if is_said else ""
    words = addressed_words(message, bot)
    return words if words or _wants_words(message) else None


def addressed_words(message: Message, bot: Bot) -> str | None:
    """The words of a message that is addressed to the bot, without mention, maybe none; None where it is not."""
    if message.chat.type == ChatType.PRIVATE:
        return _words(message).strip()
    if _is_reply_to(message, bot) or _mentions_of(message, bot):
        return _without_mention(message, bot).strip()
    return None


def _wants_words(message: Message) -> bool:
    """Whether to say of a message whose question is empty that one asks in words.

    Not of a sticker in reply to an answer, nor of a part of an album; and what holds nothing that is known tells of a
    change of the chat, or is of a kind that is newer than this program.
    """
    if _words(message):
        return True
    is_sent = message.effective_attachment is not None and message.successful_payment is None
    return is_sent and message.media_group_id is None and replied_to(message) is None


def command_of(message: Message) -> str | None:
    """The command that a message or its caption begins with, as written."""
    first = next(iter(message.entities or message.caption_entities), None)
    if first is None or first.type != MessageEntity.BOT_COMMAND or first.offset:
        return None
    return message.parse_entity(first) if message.entities else message.parse_caption_entity(first)


class CommandFilter(filters.MessageFilter):
    """Messages and captions that begin with a command."""

    def filter(self, message: Message) -> bool:
        """Whether a message is one."""
        return command_of(message) is not None


class Albums:
    """Remembers the speaking part of each album, for Telegram tells the parts one by one."""

    def __init__(self) -> None:
        self._speaking: LRUCache[tuple[int, str], int] = LRUCache(REMEMBERED)

    def is_further(self, message: Message | None) -> bool:
        """Whether a message is a part of an album of which another, the first with words or a document, speaks."""
        if message is None or message.media_group_id is None or not (_words(message) or message.document):
            return False
        album = message.chat_id, message.media_group_id
        return self._speaking.setdefault(album, message.message_id) != message.message_id


def _lead(command: str, bot: Bot) -> str | None:
    """The words that a command puts before its text; None for a command without a question, or to another bot."""
    name, _, addressee = command.removeprefix("/").lower().partition("@")
    return LEADS.get(name) if addressee in {"", bot.username.lower()} else None


def _behind(message: Message, command: str) -> str:
    return _words(message).removeprefix(command).strip()


def _words(message: Message) -> str:
    return message.text or message.caption or ""


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
    text = _words(message)
    for mention in _mentions_of(message, bot):
        text = text.replace(mention, " ", 1)
    return text
