"""Every door with every role: whatever somebody does, only what their role allows reaches a handler."""

import itertools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest
from telegram import Update
from telegram.ext import BaseHandler, CommandHandler, TypeHandler

from bot.access.decisions import Decisions
from bot.app import open_access
from bot.desk.asker import Asker
from bot.desk.desk import Desk
from bot.emulator.web.server import Emulator
from bot.settings import read_settings
from bot.telegram_app import GATE, PtbApplication
from prompts.models import Channel
from storage.access.models import AttemptKind, Role
from storage.database.connection import DeskDatabase
from storage.record.sent_messages import MessagePurpose, SentMessages
from tests.support.desk import whole_bot

Json = dict[str, Any]
Handler = BaseHandler[Any, Any, Any]

OWNER, CURATOR, ASKER, STRANGER, DENIED, REVOKED, ANONYMOUS = 501, 502, 503, 504, 505, 506, 1087968824
PEOPLE = {
    "owner": OWNER,
    "curator": CURATOR,
    "asker": ASKER,
    "stranger": STRANGER,
    "denied": DENIED,
    "revoked": REVOKED,
    "anonymous administrator": ANONYMOUS,
}
LET_IN, UNKNOWN_GROUP, DENIED_GROUP = -1001, -1002, -1003
BARRED = {DENIED, REVOKED}
ROLES = {OWNER, CURATOR, ASKER}
ASKED_WHY = 77
"""The message of the bot that asks what is wrong with an answer."""
PRESSES = [
    "access:approve:AAAAAA",
    "context:AAAAAA",
    "up:AAAAAA",
    "draft-buttons:keep:AAAAAAAA",
    "history-buttons:older:7:1",
    "forget-buttons:forget:7",
    "language-buttons:ja:7",
    "briefchoose:AAAAAA",
    "watch-buttons:less:7",
    "watch-list:stop:7",
    "anything:else",
]
"""What buttons send; a new kind of button is added here, or this test says that nothing reached its handler."""


class Door(NamedTuple):
    """Something that can be done, what Telegram then tells the bot, and whether that passes whoever does it."""

    name: str
    update: Json
    always: bool | None = None


class Walker:
    """Makes the updates of one person in one chat."""

    def __init__(self, user_id: int, chat_id: int, commands: list[str]) -> None:
        self._user: Json = {"id": user_id, "is_bot": user_id == ANONYMOUS, "first_name": f"Person {user_id}"}
        self._chat: Json = {"id": chat_id, "type": "private" if chat_id > 0 else "supergroup", "title": "Desk"}
        self._commands = commands
        self._as_group: Json = {"sender_chat": self._chat} if user_id == ANONYMOUS else {}

    def doors(self) -> list[Door]:
        """All that can be done in a chat."""
        message, command = self._message, self._command
        document = {"file_id": "f", "file_unique_id": "u", "file_name": "report.pdf", "mime_type": "application/pdf"}
        media: Json = {"caption": "@policydesk_bot see", "caption_entities": [_mark("mention", 15)]}
        voice = {"file_id": "f", "file_unique_id": "u", "duration": 1}
        return [
            Door("words", {"message": message(text="@policydesk_bot who?", entities=[_mark("mention", 15)])}),
            Door("edit", {"edited_message": message(text="@policydesk_bot who?", entities=[_mark("mention", 15)])}),
            *(Door(f"/{name}", {"message": command(f"/{name}")}) for name in self._commands),
            Door("unknown command", {"message": command("/weather@policydesk_bot")}),
            Door("deep link", {"message": command("/start@policydesk_bot", " access")}),
            Door("document", {"message": message(document=document, **media)}),
            Door("voice", {"message": message(voice=voice, **media)}),
            Door(
                "caption",
                {"message": message(voice=voice, caption="/ask who?", caption_entities=[_mark("bot_command", 4)])},
            ),
            *(Door(f"button {data}", {"callback_query": self._press(data)}) for data in PRESSES),
            Door("explanation", {"message": message(text="@policydesk_bot old", reply_to_message=self._asking_why())}),
            Door("reaction", {"message_reaction": self._reaction()}),
            Door("post", {"channel_post": message(text="@policydesk_bot who?", entities=[_mark("mention", 15)])}),
            Door("turned", {"my_chat_member": self._turned()}, always=True),
            Door("moved", {"message": message(migrate_from_chat_id=-77)}, always=True),
        ]

    def doors_elsewhere(self) -> list[Door]:
        """All that can be done outside of the bot's chats."""
        inline: Json = {"id": "1", "from": self._user, "query": "OSA", "offset": ""}
        pressed: Json = {"id": "1", "from": self._user, "chat_instance": "1", "inline_message_id": "i"}
        chosen: Json = {"result_id": "1", "from": self._user, "query": "OSA"}
        return [
            Door("inline query", {"inline_query": inline}),
            Door("inline result", {"chosen_inline_result": chosen}),
            *(Door(f"inline button {data}", {"callback_query": {**pressed, "data": data}}) for data in PRESSES),
            Door("own notice", {"update_id": -1, "policydesk_watch": 1}, always=True),  # which its handler checks
            Door("telepathy", {"telepathy": {"from": self._user}}, always=False),
        ]

    def _message(self, **content: object) -> Json:
        head = {"message_id": 1, "date": 1_800_000_000, "chat": self._chat, "from": self._user}
        return head | self._as_group | content

    def _command(self, command: str, behind: str = "") -> Json:
        return self._message(text=command + behind, entities=[_mark("bot_command", len(command))])

    def _press(self, data: str) -> Json:
        return {"id": "1", "from": self._user, "chat_instance": "1", "data": data, "message": self._message(text="x")}

    def _asking_why(self) -> Json:
        bot = {"id": 7, "is_bot": True, "first_name": "Policy desk"}
        return {"message_id": ASKED_WHY, "date": 1_800_000_000, "chat": self._chat, "from": bot, "text": "Why?"}

    def _reaction(self) -> Json:
        who = {"actor_chat": self._chat} if self._as_group else {"user": self._user}
        given = {"old_reaction": [], "new_reaction": [{"type": "emoji", "emoji": "👍"}]}
        return {"chat": self._chat, "message_id": 1, "date": 1_800_000_000} | who | given

    def _turned(self) -> Json:
        member = {"status": "member", "user": {"id": 7, "is_bot": True, "first_name": "Policy desk"}}
        change = {"old_chat_member": member, "new_chat_member": member}
        return {"chat": self._chat, "from": self._user, "date": 1_800_000_000} | change


def _mark(kind: str, length: int) -> Json:
    return {"type": kind, "offset": 0, "length": length}


def is_allowed(user_id: int, chat_id: int | None) -> bool:
    """What README says, in a line: the group decides in groups, the person elsewhere, and the denied nowhere."""
    if user_id in BARRED:
        return False
    return user_id in ROLES if chat_id is None or chat_id > 0 else chat_id == LET_IN


class Walk:
    """The real bot, whose handlers only note that something reached them, and one last that everything can reach."""

    def __init__(self, application: PtbApplication) -> None:
        self._application = application
        self._numbers = itertools.count(1)
        self.reached: list[Handler | None] = []
        handlers = [(place, handler) for place, group in application.handlers.items() for handler in group]
        self.handlers = [handler for place, handler in handlers if place != GATE]
        for handler in self.handlers:
            handler.callback = self._noting(handler)
        last: Handler = TypeHandler(Update, self._noting(None))
        application.add_handler(last, max(application.handlers) + 1)

    def _noting(self, handler: Handler | None) -> Callable[..., Coroutine[Any, Any, None]]:
        async def note(*_: object) -> None:
            self.reached.append(handler)

        return note

    @property
    def commands(self) -> list[str]:
        """The names of all commands."""
        commands = [handler.commands for handler in self.handlers if isinstance(handler, CommandHandler)]
        return sorted({name for names in commands for name in names})

    async def passes(self, door: Door) -> bool:
        """Whether what somebody does gets past the gate."""
        update = Update.de_json({"update_id": next(self._numbers), **door.update}, self._application.bot)
        before = len(self.reached)
        await self._application.process_update(update)
        return len(self.reached) > before


@asynccontextmanager
async def walking(desk: Desk, database: DeskDatabase, **settings: object) -> AsyncIterator[Walk]:
    here = read_settings(limit_person=1_000_000, limit_chat=1_000_000, pace=False, **settings)
    access = open_access(here, database, OWNER)
    shell = Decisions(access.book, access.owners)
    shell.approve(str(CURATOR), Role.CURATOR)
    shell.approve(str(ASKER), Role.ASKER)
    shell.approve(str(REVOKED), Role.CURATOR)
    shell.revoke(str(REVOKED))
    shell.approve(str(LET_IN), Role.ASKER)
    for barred in (DENIED, DENIED_GROUP):
        shell.deny(str(barred))
    for chat_id in (OWNER, LET_IN):
        asked = desk.ask("When was OSA launched?", Asker(channel=Channel.TELEGRAM, chat_id=chat_id))
        SentMessages(database).add(asked.id or 0, ASKED_WHY, MessagePurpose.ASKS_WHY)
    async with Emulator() as telegram:
        application = whole_bot(telegram.token, telegram.url, desk, access, here, database).application
        async with application:
            yield Walk(application)


@pytest.fixture
async def walk(desk: Desk, database: DeskDatabase) -> AsyncIterator[Walk]:
    async with walking(desk, database) as ready:
        yield ready


async def wrongly(walk: Walk, doors: Iterable[Door], *, allowed: bool) -> list[str]:
    """The doors that are open and should not be, or the other way round."""
    return [door.name for door in doors if await walk.passes(door) != (allowed if door.always is None else door.always)]


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize(
    "chat_id", [None, LET_IN, UNKNOWN_GROUP, DENIED_GROUP], ids="private let-in new denied".split()
)
async def test_every_door_opens_only_for_whom_it_should(walk: Walk, person: str, chat_id: int | None) -> None:
    user_id = PEOPLE[person]
    walker = Walker(user_id, chat_id or user_id, walk.commands)
    assert await wrongly(walk, walker.doors(), allowed=is_allowed(user_id, chat_id)) == []
    assert await wrongly(walk, walker.doors_elsewhere(), allowed=is_allowed(user_id, None)) == []


async def test_the_walk_comes_by_every_handler_there_is(walk: Walk) -> None:
    for place in (OWNER, LET_IN):
        walker = Walker(OWNER, place, walk.commands)
        await wrongly(walk, [*walker.doors(), *walker.doors_elsewhere()], allowed=True)
    assert [handler for handler in walk.handlers if handler not in walk.reached] == []


@pytest.mark.parametrize("person", PEOPLE)
async def test_an_open_desk_opens_every_door_but_to_the_denied(desk: Desk, database: DeskDatabase, person: str) -> None:
    user_id = PEOPLE[person]
    async with walking(desk, database, open=True) as walk:
        for chat_id in (LET_IN, UNKNOWN_GROUP, DENIED_GROUP):
            allowed = user_id not in BARRED and chat_id != DENIED_GROUP
            assert await wrongly(walk, Walker(user_id, chat_id, walk.commands).doors(), allowed=allowed) == []


async def test_what_was_refused_is_on_record_by_kind(walk: Walk, database: DeskDatabase) -> None:
    walker = Walker(STRANGER, STRANGER, walk.commands)
    await wrongly(walk, [*walker.doors(), *walker.doors_elsewhere()], allowed=False)
    with database.reading() as db:
        kinds = {row["kind"] for row in db.query("select kind from refusals where user_id = ?", [STRANGER])}
    assert kinds == {kind.value for kind in AttemptKind if kind is not AttemptKind.UNKNOWN}
