"""The events in the chats and the bot's calls, for onlookers: the chat page and the tests."""

import time
from typing import Literal

from pydantic import Field

from bot.emulator.notifier import Notifier
from bot.emulator.objects.base import TelegramObject
from bot.emulator.objects.inline import InlineAnswer
from bot.emulator.objects.messages import Message
from bot.emulator.objects.updates import ReactionCount

EventKind = Literal["message", "edited", "deleted", "action", "answer", "reaction", "commands", "chats", "inline"]


class CallbackAnswer(TelegramObject):
    """The bot's answer to the press of a button."""

    callback_query_id: str
    text: str | None = None
    show_alert: bool = False
    url: str | None = None


class ChatEvent(TelegramObject):
    """A change that a person can see in a chat; ``chat_id`` 0 means everywhere, ``person`` only they."""

    number: int
    kind: EventKind
    chat_id: int = 0
    person: int | None = None
    message: Message | None = None
    author: int | None = None
    message_id: int | None = None
    message_thread_id: int | None = None
    action: str | None = None
    answer: CallbackAnswer | None = None
    reactions: tuple[ReactionCount, ...] | None = None
    inline: InlineAnswer | None = None


class Call(TelegramObject):
    """One call of the Bot API that the bot made.

    ``parameters`` are those given, as the method reads them (as they were sent, where their form was refused).
    """

    method: str
    parameters: dict[str, object]
    error: str | None = None
    at: float = Field(default_factory=time.time)


class Journal:
    """The events in their order."""

    def __init__(self, bell: Notifier) -> None:
        self._bell = bell
        self._events: list[ChatEvent] = []

    @property
    def last(self) -> int:
        """The number of the latest event; 0 before the first."""
        return len(self._events)

    def add(self, kind: EventKind, chat_id: int = 0, **details: object) -> ChatEvent:
        """Write down an event and wake all who wait for it."""
        event = ChatEvent.model_validate({"number": self.last + 1, "kind": kind, "chat_id": chat_id, **details})
        self._events.append(event)
        self._bell.ring()
        return event

    def after(self, number: int) -> list[ChatEvent]:
        """Return the events that came after the one with a number."""
        return self._events[number:]

    async def next_events(self, number: int) -> list[ChatEvent]:
        """Wait for events after the one with a number; there are none when the world ends."""
        return await self._bell.until(self.after, None, number) or []
