"""This machine's clock may be wrong: what goes by Telegram's dates goes by the difference that is seen."""

import datetime as dt
import time
from collections.abc import Callable

import pytest

import bot.delivery.webhook
from bot.app import Office
from bot.clock import TelegramClock
from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from bot.settings import SEEDS
from tests.chaos.storm import free_port
from tests.support.desk import serving
from tests.support.osa import ANSWERED, QUESTION, READ_AS

MINUTES = [25, -25]
"""How far this machine's clock is ahead of Telegram's."""


@pytest.fixture(params=["polling", "webhook"])
def office(office_of: Callable[..., Office], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Office:
    for name in ("BACKLOG_SECONDS", "LOOK_SECONDS"):
        monkeypatch.setattr(bot.delivery.webhook, name, 0.1)
    port = free_port()
    webhook = {"webhook": f"http://127.0.0.1:{port}/hook", "webhook_secret": "s", "webhook_listen": f"127.0.0.1:{port}"}
    return office_of(SEEDS, **webhook if request.param == "webhook" else {})


async def started(telegram: Emulator, office: Office) -> Conversation:
    await telegram.call_of("getWebhookInfo" if office.settings.webhook else "getUpdates")
    return telegram.private_chat(telegram.person("Aiko"))


async def text_of_reply(chat: Conversation, text: str) -> str:
    return (await chat.reply_to(chat.say(text))).text or ""


@pytest.mark.parametrize("minutes", MINUTES)
async def test_a_wrong_clock_ages_no_question_and_breaks_no_follow_up(office: Office, minutes: int) -> None:
    async with Emulator(clock=lambda: time.time() - minutes * 60) as telegram, serving(office, telegram=telegram):
        chat = await started(telegram, office)
        for _ in range(2):
            reply = await text_of_reply(chat, QUESTION)
            assert "ago" not in reply
            assert ANSWERED in reply
        assert READ_AS in await text_of_reply(chat, "and Malaysia?")


@pytest.mark.parametrize("minutes", MINUTES)
async def test_a_wrong_clock_lets_nobody_ask_more_or_less_who_presses_in_between(office: Office, minutes: int) -> None:
    """Presses bear no date, so they are counted by this machine's clock."""
    async with (
        Emulator(clock=lambda: time.time() - minutes * 60) as telegram,
        serving(office, telegram=telegram, limit_person=3, owners=()),
    ):
        chat = await started(telegram, office)
        first = await chat.reply_to(chat.say(QUESTION))
        for thumb in ("👍", "👍 ✓") * 3:
            await chat.callback_answer(chat.press(first, thumb))
            await chat.reply_to(chat.say(QUESTION))
            if ANSWERED not in (chat.bot_messages[-1].text or ""):
                break
        answered = [said for said in chat.bot_messages if ANSWERED in (said.text or "")]
    assert len(answered) == 3  # presses use up no questions


@pytest.mark.parametrize("minutes", [*MINUTES, 0])
async def test_what_comes_late_is_told_from_a_wrong_clock(office: Office, minutes: int) -> None:
    async with Emulator(clock=lambda: time.time() - minutes * 60) as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        telegram.world.clock = lambda: time.time() - minutes * 60 - 3_600
        waited = chat.say(QUESTION)
        telegram.world.clock = lambda: time.time() - minutes * 60
        async with serving(office, telegram=telegram):
            before = (await chat.reply_to(waited)).text or ""
            assert "ago" in before  # nothing has come yet by which the clock could be known
            asked = len(telegram.calls_of("getWebhookInfo"))
            if office.settings.webhook:
                assert await telegram.world.bell.until(
                    lambda: len(telegram.calls_of("getWebhookInfo")) > asked or None, 10
                )
            assert "ago" not in await text_of_reply(chat, QUESTION)


def test_the_difference_is_the_last_that_was_seen() -> None:
    now = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
    clock = TelegramClock(lambda: now)
    assert (clock.now(), clock.here(now)) == (now, now)
    clock.note(now - dt.timedelta(minutes=25))
    assert clock.now() == now - dt.timedelta(minutes=25)
    assert clock.here(clock.now()) == now
    clock.note(now - dt.timedelta(seconds=2))
    assert clock.now() == now
