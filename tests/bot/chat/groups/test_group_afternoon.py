"""A busy group: exactly what is asked of the bot is answered, each question once, in its topic."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest

from bot.app import open_access
from bot.desk.desk import Desk
from bot.emulator.web.server import Emulator
from bot.settings import read_settings
from bot.telegram_app import running
from storage.database.connection import DeskDatabase
from storage.record.exchanges import ExchangeLog
from tests.support.desk import whole_bot
from tests.support.scripts.afternoon import FOR_THE_BOT, MESSAGES, PEOPLE, TOPICS, WAYS, Afternoon, script


@pytest.fixture
async def telegram(desk: Desk, database: DeskDatabase) -> AsyncIterator[Emulator]:
    """The bot on a local Telegram; what a group says in hours is said at once here, so nothing is limited."""
    settings = read_settings(open=True, limit_person=MESSAGES, limit_chat=MESSAGES, busy=MESSAGES, pace=False)
    access = open_access(settings, database)
    async with (
        Emulator() as emulator,
        running(whole_bot(emulator.token, emulator.url, desk, access, settings, database), desk),
    ):
        yield emulator


def test_the_script_is_what_it_says() -> None:
    lines = script()
    assert len(lines) == MESSAGES == 400
    assert sum(line.way is not None for line in lines) == FOR_THE_BOT == 120
    assert {line.person for line in lines} == set(PEOPLE)
    assert {line.topic for line in lines} == set(TOPICS)
    assert {line.way for line in lines} == {None, *WAYS}


async def test_of_400_messages_exactly_the_120_for_the_bot_are_answered_each_once_in_its_topic(
    telegram: Emulator, log: ExchangeLog
) -> None:
    afternoon = Afternoon(telegram)
    said = await afternoon.play(script())
    replies = afternoon.forum.bot_messages
    quoted = Counter(reply.reply_to_message.message_id for reply in replies if reply.reply_to_message)
    assert quoted == Counter(exchange.asked.message_id for exchange in said)
    assert (len(said), len(replies), set(quoted.values())) == (120, 120, {1})
    assert all(exchange.reply.message_thread_id == exchange.asked.message_thread_id for exchange in said)
    assert len(afternoon.small_talk) == 280
    entries = log.history(limit=1_000)
    assert {(entry.message_id, entry.thread_id) for entry in entries} == {
        (exchange.asked.message_id, exchange.asked.message_thread_id) for exchange in said
    }
    assert len(entries) == 120
