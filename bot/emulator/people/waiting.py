"""Waiting in a chat for the bot."""

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from bot.emulator.objects.chats import Chat, User
from bot.emulator.objects.inline import InlineAnswer
from bot.emulator.objects.messages import Message
from bot.emulator.objects.updates import CallbackQuery, InlineQuery
from bot.emulator.world.chat_room import ChatRoom
from bot.emulator.world.journal import CallbackAnswer
from bot.emulator.world.world import World

Found = TypeVar("Found")
Arguments = TypeVarTuple("Arguments")
_SHOWN = 8
PATIENCE = 30.0
"""How many seconds are waited for what is to come, unless told otherwise: a busy machine stands still for ten."""


class WatchedChat:
    """A chat as its people see it, who wait for the bot."""

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
        """The messages of the bot, oldest first, as they are now."""
        return [message for message in self.messages if self._is_from_bot(message)]

    def message(self, message: Message | int) -> Message:
        """Return a message as it is now.

        Raises:
            KeyError: It is gone.
        """
        return self._room.messages[message if isinstance(message, int) else message.message_id]

    def reactions(self, message: Message, by: User | None = None) -> list[str]:
        """Return the emoji with which the bot, or a person, reacted to a message."""
        given = self._room.reactions.get(message.message_id, {})
        return [reaction.emoji for reaction in given.get(by.id if by else self._room.bot, ())]

    async def next_reply(self, after: Message | None = None, timeout: float = PATIENCE) -> Message:
        """Wait for the bot's first message, or (`after`) its first after another message.

        Raises:
            AssertionError: It did not come in time.
        """
        last = after.message_id if after else 0
        return await self._wait(f"a message after number {last}", timeout, self.from_bot_after, last)

    async def reply_to(self, question: Message, timeout: float = PATIENCE) -> Message:
        """Wait for the bot's first message that answers (quotes) exactly this message.

        Raises:
            AssertionError: It did not come in time.
        """
        wanted = question.message_id
        return await self._wait(f"a reply to number {wanted}", timeout, self._answer_to, wanted)

    async def next_edit(self, message: Message, timeout: float = PATIENCE) -> Message:
        """Wait until a message differs from its former self, and return it.

        Raises:
            AssertionError: It did not change in time.
        """
        return await self._wait(f"a change of number {message.message_id}", timeout, self._change_of, message)

    async def callback_answer(self, pressed: CallbackQuery, timeout: float = PATIENCE) -> CallbackAnswer:
        """Wait until the bot answers the press of a button.

        Raises:
            AssertionError: It did not in time.
        """
        return await self._wait(
            "an answer to the button", timeout, self._world.queries.callback_answers.get, pressed.id
        )

    async def inline_answer(self, typed: InlineQuery, timeout: float = PATIENCE) -> InlineAnswer:
        """Wait for the bot's offer to words typed behind its name.

        Raises:
            AssertionError: It offered nothing in time.
        """
        return await self._wait("an inline answer", timeout, self._world.queries.inline_answers.get, typed.id)

    async def _wait(
        self, wanted: str, seconds: float, look: Callable[[*Arguments], Found | None], *arguments: *Arguments
    ) -> Found:
        found = await self._world.bell.until(look, seconds, *arguments)
        if found is None:
            raise AssertionError(self._report(wanted, seconds))
        return found

    def _report(self, wanted: str, seconds: float) -> str:
        seen = "\n".join(f"  {transcript(message)}" for message in self.messages[-_SHOWN:]) or "  nothing"
        calls = "\n".join(f"  {call.method} {call.error or ''}".rstrip() for call in self._world.calls[-_SHOWN:])
        return f"no {wanted} within {seconds} s. The chat:\n{seen}\nThe bot's latest calls:\n{calls or '  none'}"

    def _is_from_bot(self, message: Message) -> bool:
        return self._room.authors.get(message.message_id) == self._room.bot

    def from_bot_after(self, last: int) -> Message | None:
        """Return the bot's first message after a number."""
        return next((said for said in self.messages if said.message_id > last and self._is_from_bot(said)), None)

    def _answer_to(self, message_id: int) -> Message | None:
        targets = ((said, said.reply_to_message) for said in self.bot_messages)
        return next((said for said, target in targets if target and target.message_id == message_id), None)

    def _change_of(self, message: Message) -> Message | None:
        current = self.message(message)
        return current if current != message else None


def transcript(message: Message) -> str:
    """Return a message with its sender in one line."""
    sender = message.from_user.first_name if message.from_user else "?"
    return f"{message.message_id} {sender}: {message.words()!r}"
