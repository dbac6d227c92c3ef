"""A closed desk on a local Telegram, for the tests of who may ask: its owners, strangers, and what is on record."""

import datetime as dt
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from bot.access.decisions import Decisions
from bot.access.policy import Access
from bot.app import open_access
from bot.desk.desk import Desk
from bot.emulator.objects import Message
from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from bot.settings import read_settings
from bot.telegram_app import running
from storage.database.connection import DeskDatabase
from storage.record.exchanges import ExchangeLog
from tests.support.desk import whole_bot
from tests.support.osa import QUESTION

BUTTONS = ["Approve", "Deny"]


class Clock:
    """A clock that stands still until it is put forward or back."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.seconds, dt.UTC)


@dataclass(frozen=True)
class ClosedDesk:
    """A bot that is running, and its owners' chats with it."""

    telegram: Emulator
    owners: tuple[Conversation, ...]
    access: Access
    database: DeskDatabase
    clock: Clock

    @property
    def owner(self) -> Conversation:
        return self.owners[0]

    def stranger(self, name: str = "Binh") -> Conversation:
        return self.telegram.private_chat(self.telegram.person(name))

    def shell(self) -> Decisions:
        return Decisions(self.access.book, self.access.owners)

    async def an_hour_later(self, chat: Conversation) -> Message:
        """What somebody refused is told who asks again an hour later; in a chat all that came before is dealt with."""
        self.clock.seconds += 3600
        return await chat.reply_to(chat.say(f"/ask {QUESTION}"))

    def asked(self) -> int:
        """How many questions are on record."""
        return len(ExchangeLog(self.database).history())

    def refusals(self) -> list[tuple[object, ...]]:
        return self.rows("select kind, reason, chat_id, user_id, attempts from refusals order by id")

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with self.database.reading() as db:
            return db.execute(query).fetchall()


@asynccontextmanager
async def closed_desk(
    desk: Desk, database: DeskDatabase, *, owners: int = 1, clock: Clock | None = None, **settings: object
) -> AsyncIterator[ClosedDesk]:
    """A closed desk (unless the settings open it) whose owners have all written to the bot before."""
    clock = clock or Clock()
    async with Emulator(clock=clock) as telegram:
        people = [telegram.person(name) for name in ("Olga", "Otto", "Omar")[:owners]]
        chats = tuple(telegram.private_chat(person) for person in people)
        here = read_settings(pace=False, **settings)
        given = open_access(here, database, *(person.id for person in people))
        access = Access(database, given.rules, clock.now)
        application = whole_bot(telegram.token, telegram.url, desk, access, here, database)
        async with running(application, desk):
            yield ClosedDesk(telegram, chats, access, database, clock)


def serving(
    telegram: Emulator, desk: Desk, database: DeskDatabase, access: Access
) -> AbstractAsyncContextManager[object]:
    """The bot as it runs until it is stopped."""
    application = whole_bot(telegram.token, telegram.url, desk, access, read_settings(), database)
    return running(application, desk)


def code_in(message: Message) -> str:
    """The six-character code that a message names."""
    found = re.search(r"\b[A-Z][2-9A-Z]{5}\b", message.text or "")
    assert found, message.text
    return found.group()


async def ask(chat: Conversation, text: str = QUESTION) -> str:
    """What the bot replies."""
    return (await chat.reply_to(chat.say(text))).text or ""
