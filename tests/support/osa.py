"""The question that most tests ask of the shipped articles, and the words of the passage that answers it."""

from bot.emulator.objects import Message, User
from bot.emulator.people.people import Conversation

QUESTION = "Which countries were the first to receive OSA?"
ANSWERED = "the Philippines, Malaysia, Bangladesh and Fiji"
ARTICLE, LINE = "001_dd85be5707bc16ac.txt", 17
SOURCE = f"{ARTICLE}:{LINE}"
READ_AS = "Read as: and Malaysia, with countries, first, receive, OSA from the question before."
"""How the bot reads "and Malaysia?" after it."""


async def check_answered(chat: Conversation, text: str = QUESTION, sender: User | None = None) -> Message:
    """Ask, and find the answer in the reply."""
    reply = await chat.reply_to(chat.say(text, sender), timeout=30)
    assert ANSWERED in (reply.text or "")
    return reply
