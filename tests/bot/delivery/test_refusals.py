"""What Telegram refuses: by its kind, not its words, it is tried again, given up or told to somebody."""

from collections.abc import Callable

import pytest

from bot.app import Office
from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from bot.emulator.world.faults import InjectedFault
from bot.settings import SEEDS
from storage.delivery.inbox import Inbox
from storage.delivery.outbox import Outbox
from tests.support.desk import serving
from tests.support.osa import ANSWERED, QUESTION, check_answered

NEVER = [
    (400, "Bad Request: CHAT_RESTRICTED"),
    (400, "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN"),
    (400, "Bad Request: USER_IS_BLOCKED"),
    (400, "Bad Request: MESSAGE_ID_INVALID"),
    (400, "Bad Request: words that nobody has seen yet"),
    (402, "Payment Required"),
    (404, "Not Found"),
    (406, "Not Acceptable: CHANNEL_PRIVATE"),
    (413, "Request Entity Too Large"),
]


@pytest.fixture
def office(office_of: Callable[..., Office]) -> Office:
    return office_of(SEEDS)


def private(telegram: Emulator, name: str) -> Conversation:
    return telegram.private_chat(telegram.person(name))


def calls(telegram: Emulator, method: str, chat: Conversation) -> int:
    return sum(str(call.parameters.get("chat_id")) == str(chat.id) for call in telegram.calls_of(method))


@pytest.mark.parametrize(("code", "description"), NEVER)
async def test_what_would_be_refused_again_is_tried_once_said_once_an_hour_and_the_chat_goes_on(
    office: Office, code: int, description: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(office) as telegram:
        owner, chat = private(telegram, "Owner"), private(telegram, "Binh")
        refused = InjectedFault(kind="refused", code=code, description=description)
        telegram.faults.arrange("sendMessage", refused, times=3, chat_id=chat.id)
        for number in range(3):
            chat.say(f"{QUESTION} {number}")
        await check_answered(chat)
        told = await owner.next_reply()
        await owner.reply_to(owner.say("/help"))
    assert calls(telegram, "sendMessage", chat) == 4
    assert len(owner.bot_messages) == 2
    assert "would refuse it again" in (told.text or "")
    assert sum("could not be answered" in record.getMessage() for record in caplog.records) == 3
    assert Inbox(office.database).list_set_aside() == []
    assert Outbox(office.database).failures() == 3


async def test_who_blocked_the_bot_is_nothing_to_tell_the_owners(office: Office) -> None:
    async with serving(office) as telegram:
        owner, chat = private(telegram, "Owner"), private(telegram, "Binh")
        telegram.faults.arrange("sendMessage", InjectedFault(kind="blocked"), chat_id=chat.id)
        chat.say(QUESTION)
        await check_answered(chat)
        await owner.reply_to(owner.say("/help"))
    assert len(owner.bot_messages) == 1


@pytest.mark.parametrize(
    ("code", "description"),
    [
        (401, "Unauthorized"),
        (409, "Conflict: something else goes on"),
        (420, "FLOOD_WAIT_1"),
        (429, "Too Many Requests"),
        (500, "Internal Server Error"),
        (503, "Service Unavailable"),
    ],
)
async def test_what_passes_by_itself_only_delays_an_answer(office: Office, code: int, description: str) -> None:
    async with serving(office) as telegram:
        chat = private(telegram, "Binh")
        passing = InjectedFault(kind="refused", code=code, description=description)
        telegram.faults.arrange("sendMessage", passing, times=2, chat_id=chat.id)
        await check_answered(chat)
    assert len(chat.bot_messages) == 1


@pytest.mark.parametrize(("code", "description"), NEVER)
async def test_a_file_that_is_refused_is_tried_once_and_its_asker_is_told(
    office: Office, code: int, description: str
) -> None:
    async with serving(office) as telegram:
        _, chat = private(telegram, "Owner"), private(telegram, "Binh")
        refused = InjectedFault(kind="refused", code=code, description=description)
        telegram.faults.arrange("sendDocument", refused, times=2, chat_id=chat.id)
        answer = await check_answered(chat)
        pressed = await chat.callback_answer(chat.press(answer, "Open source"))
        assert "went wrong" in (pressed.text or "")
        assert "went wrong" in ((await chat.reply_to(chat.say("/source 1"))).text or "")
        await check_answered(chat)
    assert calls(telegram, "sendDocument", chat) == 2


@pytest.mark.parametrize(("code", "description"), NEVER)
async def test_an_answer_that_cannot_be_changed_stays_and_the_chat_goes_on(
    office: Office, code: int, description: str
) -> None:
    async with serving(office) as telegram:
        chat = private(telegram, "Binh")
        asked = chat.say(QUESTION)
        assert ANSWERED in ((await chat.reply_to(asked)).text or "")
        refused = InjectedFault(kind="refused", code=code, description=description)
        telegram.faults.arrange("editMessageText", refused, times=9, chat_id=chat.id)
        chat.edit(asked, "Who is Nobuo Kishi?")
        await check_answered(chat)
    assert calls(telegram, "editMessageText", chat) == 1
    assert Inbox(office.database).list_set_aside() == []
