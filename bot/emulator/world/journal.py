"""What happened in the chats, for those who look on: the chat page and the tests."""

import time
from typing import Literal

from pydantic import Field

from bot.emulator.notifier import Notifier
from bot.emulator.objects import InlineAnswer, Message, ReactionCount, TelegramObject

EventKind = Literal["message", "edited", "deleted", "action", "answer", "reaction", "commands", "chats", "inline"]


class CallbackAnswer(TelegramObject):
    """What the bot says to somebody who pressed a button."""

    callback_query_id: str
    text: str | None = None
    show_alert: bool = False
    url: str | None = None


class Event(TelegramObject):
    """One thing a person can see happen in a chat; ``chat_id`` 0 means everywhere, ``person`` only they."""

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

    ``parameters`` holds what was given, as the method understood it (as it was sent, if it was refused for its form).
    """

    method: str
    parameters: dict[str, object]
    error: str | None = None
    at: float = Field(default_factory=time.time)


class Journal:
    """The events in their order."""

    def __init__(self, bell: Notifier) -> None:
        self._bell = bell
        self._events: list[Event] = []

    @property
    def last(self) -> int:
        """The number of the latest event; 0 before the first."""
        return len(self._events)

    def add(self, kind: EventKind, chat_id: int = 0, **details: object) -> Event:
        """Write down what happened and wake all who wait for it."""
        event = Event.model_validate({"number": self.last + 1, "kind": kind, "chat_id": chat_id, **details})
        self._events.append(event)
        self._bell.ring()
        return event

    def after(self, number: int) -> list[Event]:
        """Return the events that came after one of them."""
        return self._events[number:]
