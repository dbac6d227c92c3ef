"""Waiting in a chat for what the bot does there."""

from collections.abc import Callable
from typing import TypeVar

from bot.emulator.objects import CallbackQuery, Chat, InlineAnswer, InlineQuery, Message, User
from bot.emulator.world.chat_room import ChatRoom
from bot.emulator.world.journal import CallbackAnswer
from bot.emulator.world.world import World

Found = TypeVar("Found")
_SHOWN = 8


class WatchedChat:
    """A chat as somebody sees it who waits for the bot.

    Args:
        world: Where it is.
        room: The chat.
    """

    def __init__(self, world: World, room: ChatRoom) -> None:
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

    def reactions(self, message: Message, by: User | None = None) -> list[str]:
        """Return the emoji with which the bot, or somebody else, reacted to a message."""
        given = self._room.reactions.get(message.message_id, {})
        return [reaction.emoji for reaction in given.get(by.id if by else self._room.bot, ())]

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
        return await self._wait(lambda: self.from_bot_after(last), timeout, f"a message after number {last}")

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
        return await self._wait(lambda: self._world.queries.answers.get(pressed.id), timeout, "an answer to the button")

    async def offered(
        self,
        typed: InlineQuery,
        timeout: float = 10,  # noqa: ASYNC109 - see next_reply
    ) -> InlineAnswer:
        """Wait for what the bot offers to somebody who typed behind its name.

        Raises:
            AssertionError: It offered nothing in time.
        """
        return await self._wait(lambda: self._world.queries.offered.get(typed.id), timeout, "an inline answer")

    async def _wait(self, look: Callable[[], Found | None], seconds: float, wanted: str) -> Found:
        found = await self._world.bell.until(look, seconds)
        if found is None:
            raise AssertionError(self._unseen(wanted, seconds))
        return found

    def _unseen(self, wanted: str, seconds: float) -> str:
        seen = "\n".join(f"  {shown(message)}" for message in self.messages[-_SHOWN:]) or "  nothing"
        calls = "\n".join(f"  {call.method} {call.error or ''}".rstrip() for call in self._world.calls[-_SHOWN:])
        return f"no {wanted} within {seconds} s. The chat:\n{seen}\nThe bot's latest calls:\n{calls or '  none'}"

    def _is_from_bot(self, message: Message) -> bool:
        return self._room.authors.get(message.message_id) == self._room.bot

    def from_bot_after(self, last: int) -> Message | None:
        """Return the bot's first message after one of a number."""
        return next((said for said in self.messages if said.message_id > last and self._is_from_bot(said)), None)

    def _answering(self, message_id: int) -> Message | None:
        return next((said for said in self.bot_messages if _answers(said, message_id)), None)

    def _changed(self, message: Message) -> Message | None:
        current = self.message(message)
        return current if current != message else None


def _answers(message: Message, message_id: int) -> bool:
    return message.reply_to_message is not None and message.reply_to_message.message_id == message_id


def shown(message: Message) -> str:
    """Return a message in one line, to say what was seen."""
    sender = message.from_user.first_name if message.from_user else "?"
    return f"{message.message_id} {sender}: {message.words()!r}"
