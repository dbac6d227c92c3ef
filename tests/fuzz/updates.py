"""Updates made up from bytes, and the whole bot that takes them."""

import asyncio
import contextlib
import copy
import json
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.app import open_access, open_desk
from bot.delivery.raw_updates import read_update
from bot.emulator.web.server import Emulator
from bot.settings import SEEDS, read_settings
from bot.telegram_app import RunningBot, running
from retrieval.library import Library
from storage.database.connection import DeskDatabase
from tests.support.desk import whole_bot
from tests.support.osa import QUESTION

_PERSON = {"id": 1001, "is_bot": False, "first_name": "Aiko", "username": "aiko", "language_code": "en"}
_CHAT = {"id": 1001, "type": "private", "first_name": "Aiko"}
_GROUP = {"id": -1001, "type": "supergroup", "title": "Desk", "is_forum": True}
_MESSAGE = {
    "message_id": 5,
    "date": 1_800_000_000,
    "chat": _CHAT,
    "from": _PERSON,
    "text": QUESTION,
}
BASES: tuple[dict[str, Any], ...] = (
    {"message": _MESSAGE},
    {"message": {**_MESSAGE, "text": "/ask@policydesk_bot Who? in:x", "chat": _GROUP, "message_thread_id": 3}},
    {"message": {**_MESSAGE, "text": "/start x", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]}},
    {"message": {**_MESSAGE, "text": "and Fiji?", "reply_to_message": {**_MESSAGE, "message_id": 4}}},
    {"message": {**_MESSAGE, "text": "/use all", "sender_chat": _GROUP}},
    {"message": {**_MESSAGE, "text": "/history", "chat": _GROUP, "is_topic_message": True}},
    {"edited_message": {**_MESSAGE, "edit_date": 1_800_000_009, "text": "Who won?"}},
    {"message": {k: v for k, v in _MESSAGE.items() if k != "text"} | {"caption": "in:x", "document": {
        "file_id": "f", "file_unique_id": "u", "file_name": "../a.pdf", "mime_type": "x/pdf", "file_size": 9}}},
    {"callback_query": {"id": "7", "from": _PERSON, "chat_instance": "c", "data": "history-buttons:older:1001:1",
                        "message": _MESSAGE}},
    {"inline_query": {"id": "8", "from": _PERSON, "query": "ships to Fiji", "offset": ""}},
    {"chosen_inline_result": {"result_id": "r", "from": _PERSON, "query": "ships", "inline_message_id": "i"}},
    {"message_reaction": {"chat": _CHAT, "message_id": 6, "user": _PERSON, "date": 1_800_000_000, "old_reaction": [],
                          "new_reaction": [{"type": "emoji", "emoji": "👍"}]}},
    {"my_chat_member": {"chat": _GROUP, "from": _PERSON, "date": 1_800_000_000,
                        "old_chat_member": {"status": "left", "user": _PERSON},
                        "new_chat_member": {"status": "member", "user": _PERSON}}},
    {"channel_post": {**_MESSAGE, "chat": {"id": -1002, "type": "channel", "title": "News"}}},
)  # fmt: skip
"""An update of each kind that the bot hears, and some that it does not."""
_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 2**31, 2**52, 2**63, 10**400, 1.5, "", "x" * 5000, "\0", "\ud800", "/ask", "<b>",
    "{{ 7*7 }}", "' or 1=1 --", "../..", [], {}, [[]], [None], {"id": 1}, {"type": "x"},
    "history-buttons:older:1001:999999999", "👎",
)  # fmt: skip
_TEXTS = ("", "/ask ", "/use ", "/source ", "/history ", "/forget ", "@policydesk_bot ", "in:", "after:2023 ")


class _Choices:
    """Bytes read as a row of choices; when they are used up, everything is the first of its kind."""

    def __init__(self, data: bytes) -> None:
        self._data, self._place = data, 0

    def below(self, limit: int) -> int:
        self._place += 1
        return self._data[self._place - 1] % limit if self._place <= len(self._data) else 0

    def rest(self) -> str:
        return self._data[self._place :].decode("utf-8", "replace")


class Made(NamedTuple):
    """An update that was made up.

    Attributes:
        update: As Telegram would send it.
        is_well_typed: Whether each of its parts is of the type that Telegram promises, whatever it says.
    """

    update: dict[str, Any]
    is_well_typed: bool


def made_of(data: bytes) -> Made:
    """An update with up to three of its parts replaced, removed, repeated or filled with any text."""
    choices = _Choices(data)
    update: dict[str, Any] = {"update_id": 7, **copy.deepcopy(BASES[choices.below(len(BASES))])}
    changes = [_change(update, choices) for _ in range(choices.below(4))]
    return Made(update, all(changes))


def _change(update: dict[str, Any], choices: _Choices) -> bool:
    """Change one part; whether its type stays what it was."""
    places = list(_places(update))
    if not places:
        return False
    part, name = places[choices.below(len(places))]
    before, act = part[name], choices.below(4)
    if act == 0:
        part[name] = copy.deepcopy(_VALUES[choices.below(len(_VALUES))])
    elif act == 1 and isinstance(part, dict):
        del part[name]
        return False
    elif act == 2:
        part[name] = [copy.deepcopy(before)]
    else:
        part[name] = _TEXTS[choices.below(len(_TEXTS))] + choices.rest()
    return type(part[name]) is type(before) and not isinstance(before, dict | list) and _is_in_range(part[name])


def _is_in_range(value: Any) -> bool:
    """Whether a number has at most 52 significant bits, as the Bot API promises of its ids."""
    return not isinstance(value, int) or abs(value) <= 2**52


def _places(part: Any) -> Iterator[tuple[Any, Any]]:
    names = part.keys() if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ()
    for name in list(names):
        yield part, name
        yield from _places(part[name])


class Taking:
    """The whole bot on a local Telegram in a loop of its own, taking one update after the other."""

    def __init__(self) -> None:
        self._stack = contextlib.AsyncExitStack()
        self._loop = asyncio.new_event_loop()
        self._failures: list[BaseException] = []
        self._loop.run_until_complete(self._open())

    async def _open(self) -> None:
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        settings = read_settings(
            database=folder / "fuzz.db", open=True, pace=False, limit_person=10**6, limit_chat=10**6
        )
        database = self._stack.enter_context(closing(DeskDatabase(settings.database)))
        desk = open_desk(settings, Library.open(SEEDS), database)
        telegram = await self._stack.enter_async_context(Emulator())
        telegram.private_chat(telegram.person("Aiko"))
        self._bot: RunningBot = whole_bot(
            telegram.token, telegram.url, desk, open_access(settings, database), settings, database
        )
        self._bot.application.add_error_handler(self._failed)
        await self._stack.enter_async_context(running(self._bot, desk))

    async def _failed(self, _: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        if context.error is not None and not isinstance(context.error, TelegramError):
            self._failures.append(context.error)

    def take(self, data: bytes) -> None:
        """Have the bot take an update; a handler may fail by Telegram's refusal, or where Telegram breaks its word.

        Raises:
            AssertionError: A handler failed.
        """
        raw, is_well_typed = made_of(data)
        with contextlib.suppress(ValueError, RecursionError):  # as JSON, which is how it comes
            raw = json.loads(json.dumps(raw))
        if read_update(raw) is None:  # whatever came, it can be kept, unless it has no number and is no update
            return
        try:
            update = Update.de_json(raw, self._bot.application.bot)
        except Exception:  # noqa: BLE001 - python-telegram-bot raises whatever it stumbles over; such an update is no update
            return
        self._failures.clear()
        try:
            self._loop.run_until_complete(self._bot.application.process_update(update))
        except Exception as error:  # noqa: BLE001 - python-telegram-bot's own, on parts of the wrong type
            self._failures.append(error)
        if self._failures and is_well_typed:
            raise AssertionError(f"{self._failures[0]!r} on {raw}") from self._failures[0]

    def close(self) -> None:
        """Stop the bot."""
        self._loop.run_until_complete(self._stack.aclose())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
